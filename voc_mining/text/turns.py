"""What the turn or the line before asked for: the answer alone may not tell that it is a name or a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import polars as pl

from voc_mining.text import lexicon
from voc_mining.text.mask.asked import NUMBERS, asks, is_label
from voc_mining.text.pieces import SPOKEN

_TURNS, _LINES = 4, 1
"""For how many turns, and lines of a form, a question stands; はい and the like do not count."""
_SHORT = 3
_DIGITS = re.compile("[0-9〇一二三四五六七八九ゼロぜろ]")
_NOUN = lexicon.alternatives(lexicon.column("asks", "noun"))


def with_asked(rows: pl.DataFrame) -> pl.DataFrame:
    """Add to each sentence the kinds that the one before asked for, joined by commas; empty where there are none.

    Parameters
    ----------
    rows : DataFrame
        contact_id, form, sentence; the sentences of a contact one after the other, in their order.
    """
    nouns = rows.select("sentence").unique().filter(pl.col("sentence").str.contains(_NOUN))
    told = [
        (sentence, ",".join(kinds), is_label(sentence))
        for (sentence,) in nouns.iter_rows()
        if (kinds := asks(sentence))
    ]
    if not told:
        return rows.with_columns(asked=pl.lit(""))
    schema = {"sentence": pl.String, "asks": pl.String, "label": pl.Boolean}
    asking = pl.DataFrame(told, schema=schema, orient="row")
    asking = rows.select("contact_id", "form", "sentence").join(
        asking, on="sentence", how="left", maintain_order="left"
    )
    heeded = (pl.col("form") == SPOKEN) | pl.col("label")
    turns = asking.select("contact_id", "form", "sentence", asks=pl.when(heeded).then("asks")).iter_rows()
    return rows.with_columns(asked=pl.Series(_standing(turns), dtype=pl.String))


def _standing(turns: Iterable[tuple[str, str, str, str | None]]) -> Iterator[str]:
    """Questions that stand when each turn is said."""
    contact, question, left = "", "", 0
    for now, form, sentence, asked in turns:
        if now != contact:
            contact, question, left = now, "", 0
        if asked:
            yield ""
            question, left = asked, _TURNS if form == SPOKEN else _LINES
            continue
        yield question if left else ""
        if left and (form != SPOKEN or len(sentence) > _SHORT):
            dictated = form == SPOKEN and _DIGITS.search(sentence) and not NUMBERS.isdisjoint(question.split(","))
            left = max(left, _TURNS) - 1 if dictated else left - 1
