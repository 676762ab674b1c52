"""Rows of ``keyness.csv`` by origin and by silence: words and dependency pairs that one side uses more than the other.

Compared as topics are, by customers (:mod:`voc_mining.insight.comparison`), with the same thresholds: quiet when asked
against inquirers (``silence``) and all proactive against reactive (``origin``). Terms and pairs are tested together.
"""

from __future__ import annotations

import polars as pl

from voc_mining.insight.comparison import Voices, compare, numbered
from voc_mining.insight.facts import in_window
from voc_mining.insight.params import InsightParams
from voc_mining.insight.reach import heard, sides_of
from voc_mining.insight.sides import sides_apart

KEYNESS_SCHEMA = pl.Schema(
    {
        "group_by": pl.String(), "group": pl.String(), "term": pl.String(), "n": pl.Int64(), "rate": pl.Float64(),
        "log_odds": pl.Float64(), "q_value": pl.Float64(), "word_type": pl.String(), "customers": pl.Int64(),
        "heard": pl.Int64(), "reach": pl.Float64(), "ci_low": pl.Float64(), "ci_high": pl.Float64(),
    }
)  # fmt: skip
"""Columns of ``keyness.csv``, in order."""
_READ = ("voc_id", "customer_key", "origin", "silence", "question", "class", "business_date")
_DIGITS = 6
_KINDS = {"term": "terms", "pair": "pairs"}
_MOST = 2000
_PLACEHOLDER = "［"


def voice_words(
    statements: pl.DataFrame, words: pl.DataFrame, profiles: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    """Compare the words of the two sides, both ways of taking them.

    Parameters
    ----------
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`, with ``class``.
    words : DataFrame
        ``voc_id`` (unique), ``terms``, ``pairs``, synonyms resolved.
    profiles : DataFrame
        As for :func:`voc_mining.insight.contrast.contrast_table`.
    params : InsightParams
        Window, thresholds, draws, seed.

    Returns
    -------
    DataFrame
        :data:`KEYNESS_SCHEMA`: for each way of taking sides and each side (``group``), the words that at least
        ``min_raising`` customers have, of these the most frequent 2,000. ``log_odds`` is the side's minus the other's, above zero
        where the side uses the word more; null, and so is its q, where nothing was compared. ``n`` and ``rate`` are of
        statements, ``customers``, ``heard`` and ``reach`` of customers.
    """
    told, profiles = numbered(in_window(statements, params).select(_READ), profiles)
    sides, apart = sides_of(told, params), sides_apart(told, params)
    ways = {
        "silence": {"quiet": apart.quiet, "inquirer": apart.inquirers},
        "origin": {"proactive": sides["proactive"], "reactive": sides["reactive"]},
    }
    tables = [_of_way(name, groups, words, profiles, params) for name, groups in ways.items()]
    return pl.concat([KEYNESS_SCHEMA.to_frame(), *tables])


def _of_way(
    way: str, groups: dict[str, pl.DataFrame], words: pl.DataFrame, profiles: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    (left_name, left_rows), (right_name, right_rows) = groups.items()
    left_said, right_said = (_having(rows, words) for rows in (left_rows, right_rows))
    entries = _frequent(pl.concat([left_said, right_said]), params)
    left, right = (
        Voices(heard(rows), _mentions(said, entries))
        for rows, said in ((left_rows, left_said), (right_rows, right_said))
    )
    found = compare(left, right, entries["number"].to_list(), profiles, params).table
    found = entries.join(found.rename({"entry": "number"}), on="number", validate="1:1")
    measures = found.select("entry", "log_odds", "ci_low", "ci_high", "q_value")
    turned = found.select(
        "entry",
        -pl.col("log_odds"),
        (-pl.col("ci_high")).alias("ci_low"),
        (-pl.col("ci_low")).alias("ci_high"),
        "q_value",
    )
    return pl.concat(
        _group(way, name, rows, said, entries.join(told, on="entry", validate="1:1"))
        for name, rows, said, told in (
            (left_name, left_rows, left_said, measures),
            (right_name, right_rows, right_said, turned),
        )
    )


def _group(way: str, name: str, rows: pl.DataFrame, said: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Rows of one side, the words it uses more first."""
    counts = said.group_by("entry").agg(
        pl.col("m").sum().cast(pl.Int64).alias("n"), pl.col("customer_key").count().cast(pl.Int64).alias("customers")
    )
    n_heard = rows["customer_key"].drop_nulls().n_unique()
    return (
        told.join(counts, on="entry", how="left", validate="1:1")
        .with_columns(pl.col("n", "customers").fill_null(0))
        .with_columns(
            pl.lit(way).alias("group_by"),
            pl.lit(name).alias("group"),
            pl.lit(n_heard, pl.Int64).alias("heard"),
            (pl.col("n") / max(rows.height, 1)).round(_DIGITS).alias("rate"),
            (pl.col("customers") / max(n_heard, 1)).round(_DIGITS).alias("reach"),
            pl.col("entry").alias("term"),
        )
        .sort("log_odds", "customers", "term", descending=[True, True, False], nulls_last=True)
        .select(KEYNESS_SCHEMA.names())
    )


def _having(rows: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Statements of each customer, or of nobody known, with each word: ``customer_key``, ``entry``, ``word_type``, ``m``."""
    told = rows.select("voc_id", "customer_key").join(words, on="voc_id", validate="1:1")
    return pl.concat(
        told.lazy()
        .select("customer_key", pl.col(column).list.unique().alias("entry"))
        .explode("entry", empty_as_null=True)
        .filter(pl.col("entry").is_not_null() & ~pl.col("entry").str.contains(_PLACEHOLDER, literal=True))
        .group_by("customer_key", "entry")
        .agg(pl.len().cast(pl.Int64).alias("m"))
        .with_columns(pl.lit(kind).alias("word_type"))
        .collect()
        for kind, column in _KINDS.items()
    )


def _frequent(said: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Words that enough customers have: ``entry`` (unique), ``word_type``, ``number``."""
    return (
        said.drop_nulls("customer_key")
        .group_by("entry", "word_type")
        .agg(pl.col("customer_key").n_unique().alias("n"))
        .filter(pl.col("n") >= params.min_raising)
        .sort("n", "entry", descending=[True, False])
        .head(_MOST)
        .select("entry", "word_type")
        .with_row_index("number")
    )


def _mentions(said: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Take what known customers said of frequent words, which stand as their numbers."""
    return (
        said.drop_nulls("customer_key")
        .join(entries.select("entry", "number"), on="entry", validate="m:1")
        .select("customer_key", pl.col("number").alias("entry"), "m")
        .sort("customer_key", "entry")
    )
