"""Processor time and memory of the contrast of a great many statements, against a ``group_by`` over the same.

    python -m benchmarks.contrast_speed [STATEMENTS]

Statements of five times fewer customers on a hundred topics, a tenth of them quiet ones' when asked; each part in turn, in one
process.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from voc_mining.insight.contrast import contrast_table
from voc_mining.insight.params import InsightParams
from voc_mining.insight.voice_words import voice_words

_TOPICS = 100
_WORDS = 3000
_DAY = datetime(2026, 9, 1, tzinfo=UTC)
_PARAMS = InsightParams(as_of=date(2026, 9, 30))


def statements(n: int, seed: int = 1) -> pl.DataFrame:
    """Statement facts as far as the contrast reads them."""
    rng = np.random.default_rng(seed)
    customer = rng.integers(0, n // 5, n)
    asked = customer % 10 == 0
    topic = np.minimum((rng.pareto(0.7, n) * 3).astype(int), _TOPICS * 2)
    return pl.DataFrame({"customer": customer, "asked": asked, "topic": topic}).select(
        pl.format("v{}", pl.int_range(pl.len())).alias("voc_id"),
        pl.format("C{}", "customer").alias("customer_key"),
        pl.when(pl.col("topic") < _TOPICS).then(pl.format("T{}", "topic")).alias("topic_id"),
        pl.when("asked").then(pl.lit("proactive")).otherwise(pl.lit("reactive")).alias("origin"),
        pl.when("asked").then(pl.lit("quiet")).otherwise(pl.lit("vocal")).alias("silence"),
        pl.lit(None, pl.String).alias("question"),
        pl.lit("trouble").alias("class"),
        pl.lit(_DAY).alias("started_at"),
        pl.lit(_DAY.date()).alias("business_date"),
    )


def profiles(n: int) -> pl.DataFrame:
    """Customers, some of them of one account."""
    return pl.DataFrame({"n": range(n)}).select(
        pl.format("C{}", "n").alias("customer_key"),
        pl.when(pl.col("n") % 3 == 0).then(pl.format("A{}", pl.col("n") // 30)).alias("account_key"),
        pl.format("P{}", pl.col("n") % 4).alias("plan"),
        pl.format("S{}", pl.col("n") % 7 % 3).alias("segment"),
        pl.lit(_PARAMS.as_of - timedelta(days=700)).alias("contract_start"),
        (pl.col("n") % 101).cast(pl.Float64).alias("usage_score"),
        pl.lit(value=True).alias("existing"),
        pl.lit("quiet").alias("silence"),
    )


def words(said: pl.DataFrame, seed: int = 2) -> pl.DataFrame:
    """Five terms and one pair for each statement."""
    rng = np.random.default_rng(seed)
    drawn = np.minimum((rng.pareto(0.8, (said.height, 6)) * 4).astype(int), _WORDS)
    columns = [pl.Series(f"w{i}", drawn[:, i]) for i in range(6)]
    return said.select("voc_id", *columns).select(
        "voc_id",
        pl.concat_list(pl.format("語{}", f"w{i}") for i in range(5)).alias("terms"),
        pl.concat_list(pl.format("語{}→する", "w5")).alias("pairs"),
    )


def timed(name: str, work: Callable[[], pl.DataFrame], unit: float | None = None) -> float:
    """Do it once and print what it took."""
    before = time.process_time()
    rows = work().height
    took = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = f"{took / unit:.1f}" if unit else "1"
    print(f"| {name} | {took:.2f} | {ratio} | {peak:,.0f} | {rows:,} |", flush=True)
    return took


def main(n: int) -> None:
    """Print the table."""
    said, known = statements(n), profiles(n // 5)
    topics = pl.DataFrame({"topic_id": [f"T{i}" for i in range(_TOPICS)]}).with_columns(
        pl.col("topic_id").alias("label"), pl.lit("active").alias("status")
    )
    told = words(said)
    print("| what | CPU s | ratio | peak MiB so far | rows |\n|---|---|---|---|---|")
    unit = timed("group_by customer and topic", lambda: said.group_by("customer_key", "topic_id", "origin").len())
    timed("contrast.csv", lambda: contrast_table(said, topics, known, _PARAMS), unit)
    timed("words of either side", lambda: voice_words(said, told, known, _PARAMS), unit)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
