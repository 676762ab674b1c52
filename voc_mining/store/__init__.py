"""Delta Lake tables, the vault of raw words, and run manifests."""
