"""What users read, in Japanese and English."""
