"""Synthetic sentence vectors: matters on a sphere, seen in the narrow cone of a sentence encoder."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from voc_mining.contracts import LAKE_TABLES
from voc_mining.ids import text_hash

WIDTH = 128
_SPREAD = 0.75
_CONE = 3.0
MATTERS = {
    "login": ("パスワード", "届かない"),
    "invoice": ("請求書", "再発行"),
    "cancel": ("解約", "手続き"),
    "slow": ("画面", "遅い"),
    "broken": ("商品", "壊れる"),
    "waiting": ("電話", "つながらない"),
    "plan": ("プラン", "変更"),
    "export": ("CSV", "出力"),
}
LATE = {"heat": ("本体", "熱い"), "dark": ("ダークモード", "欲しい")}
_NAMES = [*MATTERS, *LATE, "greeting"]


def _axis(seed: int) -> np.ndarray:
    axis = np.random.default_rng(1000 + seed).normal(size=WIDTH)
    return axis / np.linalg.norm(axis)


def statements(matters: dict[str, tuple[str, str]] | list[str], each: int, *, start: int = 0) -> pl.DataFrame:
    """Texts of each matter with a vector and terms: ``matter``, ``text``, ``text_hash``, ``vector``, ``terms``, ``pairs``."""
    known = {**MATTERS, **LATE}
    rows = []
    for matter in matters:
        noun, verb = known[matter]
        for nth in range(start, start + each):
            noise = np.random.default_rng([_NAMES.index(matter), nth]).normal(size=WIDTH) / np.sqrt(WIDTH)
            rows.append((matter, f"{matter} {nth}", _vector(_axis(_NAMES.index(matter)) + _SPREAD * noise),
                         [noun, verb, f"語{nth % 5}"], [f"{noun}→{verb}"]))  # fmt: skip
    return _framed(rows)


def strays(count: int, *, start: int = 0) -> pl.DataFrame:
    """Texts about nothing in common."""
    rows = []
    for nth in range(start, start + count):
        noise = np.random.default_rng([99, nth]).normal(size=WIDTH)
        rows.append(("stray", f"stray {nth}", _vector(noise / np.linalg.norm(noise)), [f"迷い{nth}"], []))
    return _framed(rows)


def greetings(count: int) -> pl.DataFrame:
    """Texts that are close together and say nothing."""
    rows = []
    for nth in range(count):
        noise = np.random.default_rng([77, nth]).normal(size=WIDTH) / np.sqrt(WIDTH)
        rows.append(("greeting", f"greeting {nth}", _vector(_axis(len(_NAMES)) + 0.2 * noise), ["お願い", "する"], []))
    return _framed(rows)


def mentions(texts: pl.DataFrame, *, proactive: bool = False) -> pl.DataFrame:
    """One contact per text."""
    return texts.select("text_hash", ("contact of " + pl.col("text")).alias("contact_id")).with_columns(
        proactive=pl.lit(proactive)
    )


def voc_rows(texts: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``voc``, one per text."""
    return texts.select(
        ("voc of " + pl.col("text")).alias("voc_id"),
        ("contact of " + pl.col("text")).alias("contact_id"),
        pl.lit(0).alias("first_no"),
        pl.lit(0).alias("last_no"),
        pl.lit("body").alias("part"),
        pl.lit("customer").alias("role"),
        pl.lit(value=False).alias("quoted"),
        "text",
        "text_hash",
        pl.lit("inquiry").alias("kind"),
        pl.lit("").alias("kind_evidence"),
        pl.lit("neutral").alias("polarity"),
        pl.lit("none").alias("urgency"),
        "terms",
        "pairs",
        pl.lit(value=True).alias("counts"),
        pl.lit("2026-09").alias("month"),
    ).pipe(LAKE_TABLES["voc"].conform)


def vector_rows(texts: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``vectors``."""
    return texts.select("text_hash", pl.lit("test-model").alias("model_id"), "vector").pipe(
        LAKE_TABLES["vectors"].conform
    )


def segment_rows(texts: pl.DataFrame, origin: str) -> pl.DataFrame:
    """Rows of ``segments``, one per text."""
    return texts.select(
        ("contact of " + pl.col("text")).alias("contact_id"),
        pl.lit(origin).alias("origin"),
        pl.lit("test").alias("origin_rule"),
        pl.lit("unknown").alias("silence"),
    ).pipe(LAKE_TABLES["segments"].conform)


def moment(minute: int) -> dt.datetime:
    """A minute of one morning."""
    return dt.datetime(2026, 10, 1, 9, minute, tzinfo=dt.UTC)


def _vector(direction: np.ndarray) -> list[float]:
    point = direction + _CONE * _axis(500)
    return (point / np.linalg.norm(point)).astype(np.float32).tolist()


def _framed(rows: list[tuple[str, str, list[float], list[str], list[str]]]) -> pl.DataFrame:
    schema = {
        "matter": pl.String,
        "text": pl.String,
        "vector": pl.List(pl.Float32),
        "terms": pl.List(pl.String),
        "pairs": pl.List(pl.String),
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    hashes = [text_hash(text) for text in frame["text"]]
    return frame.with_columns(pl.Series("text_hash", hashes, dtype=pl.String))
