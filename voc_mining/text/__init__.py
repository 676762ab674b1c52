"""Stage 3: normalize, mask and tokenize spoken and written words alike."""
