"""What the words at the opening of a contact suggest about its origin.

Origin is provenance and never decided by words. Where provenance does not tell it, these suggestions are shown to a
person, with the words that say so; only what the person confirms counts.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from io import StringIO

import polars as pl

SUGGESTED = ("reactive", "proactive", "other")
LEAST_POINTS = 2
TURNS = 4
"""Turns of a call that are its opening."""
UTTERANCES = 8
"""Utterances at most, where it is not known who says what."""
_LONGEST = 200
_PART = "／"
_TALK = ("customer", "agent", "unknown")


def openings(utterances: pl.DataFrame) -> pl.DataFrame:
    """Words of the first turns of each contact, announcements left out.

    Parameters
    ----------
    utterances : DataFrame
        ``contact_id``, ``no``, ``role``, ``channel``, ``part``, ``text`` (masked).

    Returns
    -------
    DataFrame
        ``contact_id`` (unique), ``opening``: turns parted by ``／``, sorted.
    """
    said = utterances.filter(pl.col("role").is_in(_TALK) & (pl.col("part") != "note")).sort("contact_id", "no")
    speaker = pl.struct("role", "channel")
    turn = (speaker != speaker.shift(1).over("contact_id")).fill_null(True).cum_sum().over("contact_id")
    return (
        said.with_columns(turn.alias("turn"))
        .filter((pl.col("turn") <= TURNS) & (pl.int_range(pl.len()).over("contact_id") < UTTERANCES))
        .group_by("contact_id", "turn", maintain_order=True)
        .agg(pl.col("text").str.join(" "))
        .group_by("contact_id", maintain_order=True)
        .agg(pl.col("text").str.join(_PART).str.slice(0, _LONGEST).alias("opening"))
        .sort("contact_id")
    )


def suggestions(opened: pl.DataFrame) -> pl.DataFrame:
    """Suggest an origin for each opening, if its words tell one.

    Parameters
    ----------
    opened : DataFrame
        ``contact_id``, ``opening``, as :func:`openings` makes it.

    Returns
    -------
    DataFrame
        ``contact_id``, ``opening``, ``suggestion`` (``reactive``, ``proactive``, ``other``; null where none has
        enough points and more than the others), ``because`` (the words that say so), in the order given.
    """
    plain = (
        pl.col("opening")
        .str.normalize("NFKC")
        .str.replace_all(r"\s*/\s*", "/")
        .str.replace_all(r"[\s、。,.!?！？…「」]+", "")
        .alias("plain")
    )
    table = _patterns()
    read = opened.with_columns(plain)
    points, words = [], []
    for origin in SUGGESTED:
        own = table.filter(pl.col("origin") == origin)
        found = [pl.col("plain").str.extract(f"({pattern})") for pattern in own["pattern"]]
        weights = own["points"].to_list()
        counted = [
            pl.when(match.is_not_null()).then(pl.lit(n)).otherwise(pl.lit(0))
            for match, n in zip(found, weights, strict=True)
        ]
        points.append(pl.sum_horizontal(counted).alias(f"{origin}_points"))
        shown = [match for match, n in zip(found, weights, strict=True) if n > 0]
        words.append(pl.concat_list(shown).list.drop_nulls().list.unique(maintain_order=True).alias(f"{origin}_words"))
    scored = read.with_columns(*points, *words)
    suggested, because = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for origin in SUGGESTED:
        others = [pl.col(f"{other}_points") for other in SUGGESTED if other != origin]
        own_points = pl.col(f"{origin}_points")
        fits = (own_points >= LEAST_POINTS) & (own_points > pl.max_horizontal(others))
        suggested = pl.when(fits).then(pl.lit(origin)).otherwise(suggested)
        because = pl.when(fits).then(pl.col(f"{origin}_words").list.join("・")).otherwise(because)
    return scored.select("contact_id", "opening", suggested.alias("suggestion"), because.alias("because"))


@lru_cache(maxsize=1)
def _patterns() -> pl.DataFrame:
    """Patterns with their origin and points."""
    text = (files("voc_mining.segment") / "data/openings.csv").read_text(encoding="utf-8")
    return pl.read_csv(StringIO(text), comment_prefix="#", schema_overrides={"points": pl.Int32})
