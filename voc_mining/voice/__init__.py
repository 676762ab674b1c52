"""Stage 4: customer statements with kind, polarity and urgency; the outcome of each contact."""
