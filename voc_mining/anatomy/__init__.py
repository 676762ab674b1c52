"""How a call went: who spoke how long, who waited, where two spoke at once."""
