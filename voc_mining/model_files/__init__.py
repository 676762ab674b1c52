"""Model folders: what models.toml lists, where they are, how the embedded ones are put together."""
