"""``contrast.csv``: what is raised when customers call us, against what is raised when we ask.

Two comparisons, both within the same window:

- **quiet when asked against inquirers**, the main one, between different customers (:mod:`voc_mining.insight.sides`);
- **all proactive against reactive**, the second: all statements, answers to questions included; customers may be on
  both sides.

The log odds are those of inquirers minus quiet, and reactive minus proactive: below zero, a topic is raised more by those
we asked. A topic is on a side where its q-value says so, on ``both`` else, and ``insufficient`` where too few were heard
or raise it; then nothing is tested.
"""

from __future__ import annotations

import polars as pl

from voc_mining.insight.comparison import Comparison, compare, numbered, voices, which_side
from voc_mining.insight.facts import in_window
from voc_mining.insight.params import InsightParams
from voc_mining.insight.population_reach import population_reach
from voc_mining.insight.proactive import NEEDS
from voc_mining.insight.reach import reach_by_topic, sides_of, with_reach
from voc_mining.insight.sides import led_to_it, sides_apart

_DIGITS = 6
_MEASURES = ("log_odds", "ci_low", "ci_high", "p_value", "q_value")
_LACKING = {"left": "few_inquirers", "right": "few_quiet", "raising": "few_raising"}
_READ = ("customer_key", "topic_id", "origin", "silence", "question", "class", "business_date")
_COLUMNS = (
    "topic_id",
    "label",
    "window_from",
    "window_to",
    *(f"{side}_{what}" for side in ("reactive", "proactive", "quiet") for what in ("customers", "heard", "reach")),
    *_MEASURES,
    "side",
    "reactive_unidentified",
    "proactive_unidentified",
    "rarefied_to",
    "raised_by",
    *(f"inquirer_{what}" for what in ("customers", "heard", "reach")),
    *(f"quiet_unprompted_{what}" for what in ("customers", "heard", "reach")),
    "quiet_prompted_customers",
    "inquirer_compared_reach",
    "quiet_compared_reach",
    *(f"quiet_{name}" for name in _MEASURES),
    "quiet_side",
    "hidden_need",
    "quiet_lacking",
    "quiet_rarefied_to",
    "quiet_stratified_by",
    "quiet_crude_log_odds",
    "quiet_also_inquired",
    *(f"quiet_all_{name}" for name in ("log_odds", "ci_low", "ci_high", "q_value")),
    "proactive_prompted_customers",
    "stratified_by",
    "crude_log_odds",
    *(
        f"{side}_{what}"
        for side in ("quiet", "proactive")
        for what in ("weighted_reach", "weighted_low", "weighted_high", "effective_heard", "weighted_by")
    ),
)
_MOSTLY = 0.5  # share of a topic's statements that tell a need, from which on it is one


def contrast_table(
    statements: pl.DataFrame, topics: pl.DataFrame, profiles: pl.DataFrame, params: InsightParams
) -> pl.DataFrame:
    """Contrast the sides, topic by topic.

    Parameters
    ----------
    statements : DataFrame
        Of :func:`voc_mining.insight.facts.statement_facts`, with ``class``.
    topics : DataFrame
        Effective topics: ``topic_id`` (unique), ``label``, ``status``; hidden ones are left out.
    profiles : DataFrame
        ``customer_key`` (unique), ``account_key`` (customers of one account are drawn together), ``plan``, ``segment``,
        ``contract_start``, ``usage_score``, ``existing`` and ``silence`` on the day of the figures.
    params : InsightParams
        Window, thresholds, draws, seed.

    Returns
    -------
    DataFrame
        Columns of ``contrast.csv`` in order. The topics most proactive come first, those not compared last.
    """
    told, profiles = numbered(in_window(statements, params).select(_READ), profiles)
    sides = sides_of(told, params)
    asked = sides_apart(told, params)
    listed = topics.filter(pl.col("status") != "hidden").select("topic_id", "label")
    table = with_reach(listed, sides, sides)
    table = with_reach(table, asked.by_name(), asked.by_name()).join(
        _also_prompted(sides), on="topic_id", how="left", validate="1:1"
    )
    things = listed["topic_id"].to_list()
    second = compare(voices(sides["reactive"]), voices(sides["proactive"]), things, profiles, params)
    main = compare(voices(asked.inquirers), voices(asked.quiet), things, profiles, params)
    with_answers = compare(voices(asked.inquirers), voices(asked.quiet_with_answers), things, profiles, params)
    everyone = profiles.filter(pl.col("existing").fill_null(value=False))
    for part in (
        _second(second),
        _main(main),
        _with_answers(with_answers),
        *(
            _prefixed(side, population_reach(voices(said), things, everyone=there, profiles=profiles, params=params))
            for side, said, there in (
                ("quiet", asked.quiet, everyone.filter(pl.col("silence") == "quiet")),
                ("proactive", sides["proactive"], everyone),
            )
        ),
        _needs(asked.quiet),
    ):
        table = table.join(part, on="topic_id", how="left", validate="1:1")
    return (
        table.with_columns(
            pl.lit(params.window_from).alias("window_from"),
            pl.lit(params.as_of).alias("window_to"),
            pl.lit(second.rarefied_to, pl.Int64).alias("rarefied_to"),
            pl.lit(main.rarefied_to, pl.Int64).alias("quiet_rarefied_to"),
            pl.lit(asked.also_inquired, pl.Int64).alias("quiet_also_inquired"),
            which_side(params, "", ("reactive", "proactive")).alias("side"),
            which_side(params, "quiet_", ("inquirer", "quiet")).alias("quiet_side"),
            pl.col("proactive_prompted_customers", "quiet_prompted_customers").fill_null(0),
            pl.col("quiet_lacking").replace_strict(_LACKING, default=None, return_dtype=pl.String),
        )
        .with_columns(
            ((pl.col("quiet_side") == "quiet") & (pl.col("need_share") >= _MOSTLY).fill_null(value=False)).alias(
                "hidden_need"
            )
        )
        .sort("log_odds", "raised_by", "topic_id", descending=[False, True, False], nulls_last=True)
        .select(*_COLUMNS)
    )


def _also_prompted(sides: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Count the customers who raise a topic in answer to a question that names a matter."""
    quiet, proactive = (
        reach_by_topic(sides[side].filter(led_to_it()), f"{side}_prompted").drop(f"{side}_prompted_unidentified")
        for side in ("quiet", "proactive")
    )
    return proactive.join(quiet, on="topic_id", how="left", validate="1:1")


def _second(found: Comparison) -> pl.DataFrame:
    return found.table.select(
        pl.col("entry").alias("topic_id"),
        "raised_by",
        *_MEASURES,
        "crude_log_odds",
        _by(found.stratified_by).alias("stratified_by"),
    )


def _main(found: Comparison) -> pl.DataFrame:
    return found.table.select(
        pl.col("entry").alias("topic_id"),
        pl.col("right_reach").alias("quiet_compared_reach"),
        pl.col("left_reach").alias("inquirer_compared_reach"),
        pl.col("lacking").alias("quiet_lacking"),
        *(pl.col(name).alias(f"quiet_{name}") for name in (*_MEASURES, "crude_log_odds")),
        _by(found.stratified_by).alias("quiet_stratified_by"),
    )


def _with_answers(found: Comparison) -> pl.DataFrame:
    return found.table.select(
        pl.col("entry").alias("topic_id"),
        *(pl.col(name).alias(f"quiet_all_{name}") for name in ("log_odds", "ci_low", "ci_high", "q_value")),
    )


def _prefixed(side: str, reach: pl.DataFrame) -> pl.DataFrame:
    return reach.rename({name: f"{side}_{name}" for name in reach.columns if name != "topic_id"})


def _by(columns: tuple[str, ...]) -> pl.Expr:
    """Name what was evened out, where something was compared."""
    return pl.when(pl.col("log_odds").is_not_null()).then(pl.lit(list(columns), dtype=pl.List(pl.String)))


def _needs(quiet: pl.DataFrame) -> pl.DataFrame:
    """Share of the quiet customers' statements on each topic that tell a need, trouble, an unexpected use or a wish to leave."""
    return (
        quiet.drop_nulls("topic_id").group_by("topic_id").agg(pl.col("class").is_in(NEEDS).mean().alias("need_share"))
    )
