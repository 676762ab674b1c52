"""Stage 8: the figures that decisions rest on, each with its denominator."""
