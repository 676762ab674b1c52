"""The glossary as the lake holds it."""

from __future__ import annotations

from voc_mining.contracts.glossary import Glossary, glossary_of
from voc_mining.store.delta import DeltaStore


def stored_glossary(lake: DeltaStore) -> Glossary:
    """Read the terms in the order of their files and rows: users put the most important first."""
    rows = lake.read("glossary").sort("source_file", "source_row", "term")
    return glossary_of(rows.select("term", "reading", "aliases", "category").iter_rows())
