"""Stage 2: from sound to who said what, when."""
