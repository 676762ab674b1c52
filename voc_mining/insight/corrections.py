"""Words of the glossary that were put right, at their places in the statements."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from voc_mining.full_stops import SENTENCE

CORRECTIONS_SHOWN = "corrections"
SHOWN_AS = "{}→{}"
"""How a correction reads in a CSV: what was heard, and the term."""

STATEMENT_PLACE = ("voc_id", "contact_id", "channel", "role", "first_no", "last_no", "text")
"""What is read of statements to find corrections in them."""

_SAME_SPEECH = ("contact_id", "channel", "role")
_SCHEMA = pl.Schema(
    {"voc_id": pl.String(), "start": pl.Int64(), "end": pl.Int64(), "original": pl.String(), "term": pl.String()}
)


def statement_corrections(voc: pl.DataFrame, utterances: pl.DataFrame) -> pl.DataFrame:
    """Find the corrections of utterances again in the statements made of these.

    Parameters
    ----------
    voc : DataFrame
        Columns of :data:`STATEMENT_PLACE`.
    utterances : DataFrame
        ``contact_id``, ``no``, ``channel``, ``role``, ``text``, ``corrections``; those without any may be left out.

    Returns
    -------
    DataFrame
        ``voc_id``, ``start`` and ``end`` of the term in the statement, in characters, ``original``, ``term``; one row
        per correction, by statement and place.
    """
    made = (
        utterances.filter(pl.col("corrections").list.len() > 0)
        .select(*_SAME_SPEECH, "no", pl.col("text").alias("said"), pl.col("corrections").alias("made"))
        .explode("made")
        .with_columns(pl.col("made").struct.field("start", "end", "original", "term"))
        .drop("made")
    )
    pairs = (
        voc.select(STATEMENT_PLACE)
        .join(made, on=_SAME_SPEECH, how="inner", validate="m:m", nulls_equal=True)
        .filter(pl.col("no").is_between("first_no", "last_no"))
        .sort("voc_id", "no", "start")
    )
    return pl.DataFrame(_placed(pairs), schema=_SCHEMA, orient="row")


def shown_corrections(made: pl.DataFrame) -> pl.DataFrame:
    """List the corrections of each statement as they read in a CSV: ``voc_id`` (unique), ``corrections``."""
    return made.group_by("voc_id", maintain_order=True).agg(
        pl.format(SHOWN_AS, "original", "term").alias(CORRECTIONS_SHOWN)
    )


def _placed(pairs: pl.DataFrame) -> Iterator[tuple[str, int, int, str, str]]:
    """Place each correction in its statement; what went into another statement, or was cut off, is left out."""
    of, after = "", 0
    columns = ("voc_id", "text", "said", "start", "end", "original", "term")
    for voc_id, text, said, start, end, original, term in pairs.select(columns).iter_rows():
        if voc_id != of:
            of, after = voc_id, 0
        place = _find(text, said, start, after)
        if place >= 0:
            after = place + end - start
            yield voc_id, place, after, original, term


def _find(text: str, said: str, start: int, after: int) -> int:
    """Find what was said from a place on: to the end of the utterance, else to that of its sentence.

    A statement may begin within an utterance, and takes whole sentences of it.
    """
    sentence = next((found.end() for found in SENTENCE.finditer(said) if found.end() > start), len(said))
    places = (text.find(said[start:end].strip(), after) for end in (len(said), sentence))
    return next((place for place in places if place >= 0), -1)
