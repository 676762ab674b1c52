"""The language of coding rules: what analysts write in codes.csv, read into trees; evaluated in ``insight.coding``."""
