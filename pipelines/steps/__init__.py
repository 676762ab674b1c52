"""Steps: read, call one stage, check, write, and say what became of every input."""
