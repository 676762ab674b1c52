"""Stage 5: one vector per distinct text."""
