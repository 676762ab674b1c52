"""The insight CSVs and their data package."""
