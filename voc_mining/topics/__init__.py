"""Stage 6: assign statements to the topic registry, discover in what is left, resolve analysts' edits."""
