"""``coding.csv`` and ``coding_topics.csv``: how often each code is there, and which topics its statements have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from voc_mining.insight.bootstrap import shares, side_sums
from voc_mining.insight.coding import Code
from voc_mining.insight.comparison import Voices, compare, units_of, which_side
from voc_mining.insight.examples import EXAMPLE_COLUMNS, in_columns, typical
from voc_mining.insight.params import InsightParams
from voc_mining.insight.reach import heard, mentions, sides_of, with_reach
from voc_mining.insight.sides import sides_apart

_DIGITS = 6
_SIDES = ("reactive", "proactive", "quiet")
_MEASURES = ("log_odds", "ci_low", "ci_high", "q_value")
_NUMBERS = ("n_voc", "n_customers", "n_reactive", "n_proactive", "n_quiet")
_CODES = pl.Schema(
    {"topic_id": pl.String, "label": pl.String, "heading": pl.String, "rule": pl.String, "order": pl.UInt32}
)


def coding_table(  # noqa: PLR0913, PLR0917 - one frame per table it reads
    statements: pl.DataFrame,
    found: pl.DataFrame,
    codes: Sequence[Code],
    not_said: Mapping[str, Sequence[str]],
    profiles: pl.DataFrame,
    params: InsightParams,
) -> pl.DataFrame:
    """Codes with their statements and customers by origin, their reach in the window with intervals, what the sides differ in, and examples.

    The sides are compared as topics are (:mod:`voc_mining.insight.contrast`): proactive with reactive, and those quiet when
    asked with inquirers, by reach thinned to as many statements each.

    Parameters
    ----------
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`.
    found : DataFrame
        Of :func:`voc_mining.insight.coding.coded`.
    codes : sequence of Code
        In the order of the analyst's file.
    not_said : mapping of str to sequence of str
        Of :func:`voc_mining.insight.coding.words_not_said`.
    profiles : DataFrame
        As :func:`voc_mining.insight.contrast.contrast_table` takes them.
    params : InsightParams
        Window of the reach, thresholds, draws, seed.

    Returns
    -------
    DataFrame
        Columns of ``coding.csv`` in order, in the order of the codes. Statements with several codes count for each, so
        numbers do not add up over codes.
    """
    raised = _raised(statements, found)
    listed = [(code.code_id, code.name, code.heading, code.written, nth) for nth, code in enumerate(codes)]
    counts = raised.group_by("topic_id").agg(
        pl.len().alias("n_voc"),
        pl.col("customer_key").drop_nulls().n_unique().alias("n_customers"),
        (pl.col("origin") == "reactive").sum().alias("n_reactive"),
        (pl.col("origin") == "proactive").sum().alias("n_proactive"),
        (pl.col("silence") == "quiet").sum().alias("n_quiet"),
        pl.col("business_date").min().alias("first_seen"),
        pl.col("business_date").max().alias("last_seen"),
    )
    table = (
        pl.DataFrame(listed, schema=_CODES, orient="row")
        .join(counts, on="topic_id", how="left", validate="1:1")
        .join(_examples(raised), on="topic_id", how="left", validate="1:1")
        .with_columns(pl.col(*_NUMBERS).fill_null(0).cast(pl.Int64))
    )
    told = with_reach(table, sides_of(raised, params), sides_of(statements, params)).join(
        _compared(statements, raised, table["topic_id"].to_list(), profiles, params),
        on="topic_id",
        how="left",
        validate="1:1",
    )
    missing = pl.Series("words_not_said", [list(not_said[code.code_id]) for code in codes], dtype=pl.List(pl.String))
    return (
        told.sort("order")
        .with_columns(missing, pl.lit(params.window_from).alias("window_from"), pl.lit(params.as_of).alias("window_to"))
        .rename({"topic_id": "code_id", "label": "name"})
        .select(
            "code_id", "name", "heading", "rule", *_NUMBERS, "first_seen", "last_seen", "window_from", "window_to",
            *[f"{side}_{what}" for side in _SIDES for what in ("customers", "heard", "reach")],
            *EXAMPLE_COLUMNS,
            "words_not_said",
            *(f"{side}_{end}" for side in _SIDES for end in ("low", "high")),
            *(f"{prefix}{name}" for prefix in ("", "quiet_") for name in (*_MEASURES, "side")),
        )
    )  # fmt: skip


def coding_topics_table(
    statements: pl.DataFrame, found: pl.DataFrame, codes: Sequence[Code], topics: pl.DataFrame
) -> pl.DataFrame:
    """Statements with a code and a topic, over those of the code and those of the topic.

    Parameters
    ----------
    statements, found, codes
        As in :func:`coding_table`.
    topics : DataFrame
        ``topic_id`` (unique), ``label``.

    Returns
    -------
    DataFrame
        Columns of ``coding_topics.csv`` in order, by code in the order given, its most frequent topic first; the row
        without a topic is what no topic has.
    """
    raised = _raised(statements, found, "topic_id")
    of_topic = statements.group_by(pl.col("topic_id").alias("had")).agg(pl.len().alias("of_topic"))
    of_code = raised.group_by("topic_id").agg(pl.len().alias("of_code"))
    order = pl.DataFrame(
        [(code.code_id, code.name, nth) for nth, code in enumerate(codes)],
        schema={"topic_id": pl.String, "name": pl.String, "order": pl.UInt32},
        orient="row",
    )
    return (
        raised.group_by("topic_id", "had")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .join(order, on="topic_id", validate="m:1")
        .join(of_code, on="topic_id", validate="m:1")
        .join(of_topic, on="had", how="left", validate="m:1", nulls_equal=True)
        .join(topics.select(pl.col("topic_id").alias("had"), "label"), on="had", how="left", validate="m:1")
        .sort("order", "n", "had", descending=[False, True, False], nulls_last=True)
        .select(
            pl.col("topic_id").alias("code_id"),
            "name",
            pl.col("had").alias("topic_id"),
            "label",
            "n",
            (pl.col("n") / pl.col("of_code")).round(_DIGITS).alias("share_of_code"),
            (pl.col("n") / pl.col("of_topic")).round(_DIGITS).alias("share_of_topic"),
        )
    )


def _compared(
    statements: pl.DataFrame, raised: pl.DataFrame, codes: list[str], profiles: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    """Give intervals of the reach of each code by side, and the two comparisons."""
    sides, apart = sides_of(statements, params), sides_apart(statements, params)

    def said(side: pl.DataFrame) -> Voices:
        mine = raised.join(side.select("voc_id"), on="voc_id", how="semi")
        return Voices(heard(side), mentions(mine))

    table = pl.DataFrame({"topic_id": codes}, schema={"topic_id": pl.String})
    for name, side in sides.items():
        table = table.join(
            _interval(name, said(side), codes, profiles, params), on="topic_id", how="left", validate="1:1"
        )
    for prefix, left, right, names in (
        ("", sides["reactive"], sides["proactive"], ("reactive", "proactive")),
        ("quiet_", apart.inquirers, apart.quiet, ("inquirer", "quiet")),
    ):
        found = compare(said(left), said(right), codes, profiles, params).table
        table = table.join(
            found.select(
                pl.col("entry").alias("topic_id"), *(pl.col(name).alias(f"{prefix}{name}") for name in _MEASURES)
            ),
            on="topic_id",
            how="left",
            validate="1:1",
        ).with_columns(which_side(params, prefix, names).alias(f"{prefix}side"))
    return table


def _interval(name: str, side: Voices, codes: list[str], profiles: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Give the ends of the 95 % interval of each code's reach on a side; null where too few were heard."""
    units = units_of(side.heard, profiles)
    customers = units.with_columns(pl.lit(1.0).alias("weight"))
    ends = {
        "low": pl.Series([None] * len(codes), dtype=pl.Float64),
        "high": pl.Series([None] * len(codes), dtype=pl.Float64),
    }
    if codes and units["unit"].n_unique() >= params.min_heard:
        degrees = side.mentions.with_columns(pl.lit(1.0).alias("degree"))
        sums = side_sums(
            customers, degrees, pl.Series(codes, dtype=pl.String), units=units["unit"].n_unique(), seed=params.seed
        )
        drawn = shares(sums, draws=params.draws, seed=params.seed)
        ends = {end: pl.Series(values).round(_DIGITS) for end, values in zip(ends, drawn, strict=True)}
    return pl.DataFrame({"topic_id": codes, **{f"{name}_{end}": values for end, values in ends.items()}}).cast(
        {"topic_id": pl.String}
    )


def _raised(statements: pl.DataFrame, found: pl.DataFrame, *more: str) -> pl.DataFrame:
    """Statements once for each of their codes, which stands as ``topic_id``; their topic, if it is asked for, as ``had``."""
    columns = ("voc_id", "text", "text_hash", "customer_key", "origin", "silence", "business_date", "started_at")
    told = statements.select(*columns, *(pl.col(name).alias("had") for name in more))
    return found.select("voc_id", pl.col("code_id").alias("topic_id")).join(told, on="voc_id", validate="m:1")


def _examples(raised: pl.DataFrame) -> pl.DataFrame:
    """Take the latest statements of each code, different ones, of several customers and both sides."""
    return in_columns(typical(raised.sort("started_at", "voc_id", descending=[True, False], nulls_last=True)))
