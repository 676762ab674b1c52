"""Rejected inputs: reason codes, and details in Japanese that say what to do."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from voc_mining.ingest.kinds import catalogue

SCHEMA = {"row": pl.Int64, "reason": pl.String, "detail": pl.String, "content": pl.String}
_LONGEST_VALUE = 60


def detail(reason: str, *, column: str = "", value: str = "", allowed: str = "") -> str:
    """Say what was found and what to do, by the catalogue of reasons.

    >>> detail("missing_value", column="本文")
    '必須の列「本文」が空です。元のデータを補ってください。'
    """
    short = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    texts = catalogue().reasons
    said = texts.get(reason, texts["bad_audio"]).format(column=column, value=short, allowed=allowed)
    return said if value else said.replace("（）", "")


def file_reject(reason: str, *, column: str = "", value: str = "", content: str = "") -> pl.DataFrame:
    """Reject a whole file: one row of number 0."""
    row = {"row": 0, "reason": reason, "detail": detail(reason, column=column, value=value), "content": content}
    return pl.DataFrame([row], schema=SCHEMA)


def masked_words(words: pl.Series, mask: Callable[[str], str]) -> pl.Series:
    """Mask a column, each distinct text once."""
    distinct = words.drop_nulls().unique().to_list()
    if not distinct:
        return words
    return words.replace_strict({word: mask(word) for word in distinct}, default=None, return_dtype=pl.String)
