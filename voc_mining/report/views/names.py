"""What a topic might have been called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Name:
    """A candidate for a topic's name; ``score`` and what it is made of are None where it was not weighed."""

    name: str
    source: str
    score: float | None = None
    coverage: float | None = None


def topic_names(candidates: pl.DataFrame | None) -> Mapping[str, tuple[Name, ...]]:
    """List the candidates of each topic, the chosen first.

    Parameters
    ----------
    candidates : DataFrame or None
        ``topic_id``, ``candidates`` (JSON array of objects with ``name``, ``source``, ``score``, ``coverage``).
    """
    if candidates is None:
        return {}
    return {
        topic_id: tuple(
            Name(each["name"], each["source"], each.get("score"), each.get("coverage")) for each in json.loads(listed)
        )
        for topic_id, listed in candidates.iter_rows()
    }
