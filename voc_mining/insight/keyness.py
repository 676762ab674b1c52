"""What tells groups of texts apart: for each group, how much more often a term or a topic stands in its texts.

The unit is the contact: of two statements in one text the second says little about the group. A thing that k of the
group's n contacts have, and K of the N others, has the log odds

    ln((k + ½) / (n − k + ½)) − ln((K + ½) / (N − K + ½))

(Haldane 1956, Anscombe 1956), above zero where the group has more of it. p is Fisher's exact test, two-sided by doubling the
smaller tail; q is p corrected for all that is tested at once (Benjamini–Hochberg).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

_HALF = 0.5
_DIGITS = 6
_MEASURES = ("log_odds", "ci_low", "ci_high", "p_value", "q_value")
_OF_CUSTOMERS = {"customers": pl.Int64, "heard": pl.Int64, "reach": pl.Float64}
"""Columns that are null where texts are compared and not customers."""
_Z = 1.959964  # of a 95 % interval, in standard deviations


@dataclass(frozen=True, slots=True)
class KeynessParams:
    """What is compared.

    Parameters
    ----------
    min_contacts : int
        Contacts that must have a thing before it is listed.
    min_group : int
        Contacts a group must have, and the others together, before they are compared.
    """

    min_contacts: int = 3
    min_group: int = 10


def group_contrast(having: pl.DataFrame, groups: pl.DataFrame, params: KeynessParams | None = None) -> pl.DataFrame:
    """Compare each group with all others together, thing by thing.

    Parameters
    ----------
    having : DataFrame
        ``contact_id``, ``entry``: who has what (a term, a topic); repeated rows count once.
    groups : DataFrame
        ``contact_id`` (unique), ``group``; contacts without a group (null) are left out.
    params : KeynessParams, optional
        What is compared.

    Returns
    -------
    DataFrame
        ``group``, ``entry``, ``contacts`` (of the group that have it), ``of`` (contacts of the group), ``others``,
        ``of_others``, ``log_odds``, ``ci_low``, ``ci_high``, ``p_value``, ``q_value``; the last five are null where
        either side is too small. Every group has a row for every entry that is listed. Sorted by group, then by what it
        has more of.
    """
    rules = params or KeynessParams()
    placed = groups.drop_nulls("group").select("contact_id", "group")
    told = having.select("contact_id", "entry").unique().join(placed, on="contact_id", validate="m:1")
    sizes = placed.group_by("group").agg(pl.len().cast(pl.Int64).alias("of"))
    listed = (
        told.group_by("entry").agg(pl.len().cast(pl.Int64).alias("all")).filter(pl.col("all") >= rules.min_contacts)
    )
    counts = told.group_by("group", "entry").agg(pl.len().cast(pl.Int64).alias("contacts"))
    table = (
        sizes.join(listed, how="cross")
        .join(counts, on=["group", "entry"], how="left", validate="1:1")
        .with_columns(pl.col("contacts").fill_null(0))
        .with_columns(
            others=pl.col("all") - pl.col("contacts"),
            of_others=pl.lit(placed.height, pl.Int64) - pl.col("of"),
        )
        .drop("all")
        .sort("group", "entry")
    )
    enough = (pl.min_horizontal("of", "of_others") >= rules.min_group).alias("enough")
    fit = table.with_columns(enough)
    tested = _tested(fit.filter("enough").drop("enough"))
    untested = fit.filter(~pl.col("enough")).drop("enough")
    return (
        pl.concat([tested, untested], how="diagonal")
        .select("group", "entry", "contacts", "of", "others", "of_others", *_MEASURES)
        .sort("group", "log_odds", "contacts", "entry", descending=[False, True, True, False], nulls_last=True)
    )


def _tested(table: pl.DataFrame) -> pl.DataFrame:
    a, n, b, m = (table[name].to_numpy().astype(np.float64) for name in ("contacts", "of", "others", "of_others"))
    cells = (a, n - a, b, m - b)
    log_odds = np.log(a + _HALF) - np.log(n - a + _HALF) - np.log(b + _HALF) + np.log(m - b + _HALF)
    spread = np.sqrt(sum(1.0 / (cell + _HALF) for cell in cells))
    p_value = exact_p(a, n, b, m)
    q_value = stats.false_discovery_control(p_value, method="bh") if len(p_value) else p_value
    measures = (log_odds, log_odds - _Z * spread, log_odds + _Z * spread, p_value, q_value)
    return table.with_columns(
        pl.Series(name, values, dtype=pl.Float64).round(_DIGITS)
        for name, values in zip(_MEASURES, measures, strict=True)
    )


def exact_p(
    a: npt.NDArray[np.float64], n: npt.NDArray[np.float64], b: npt.NDArray[np.float64], m: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Fisher's exact test of a of n against b of m, two-sided by doubling the smaller tail; arrays of one length."""
    tails = stats.hypergeom(n + m, a + b, n)  # type: ignore[attr-defined]
    p_value: npt.NDArray[np.float64] = np.minimum(1.0, 2.0 * np.minimum(tails.cdf(a), tails.sf(a - 1)))
    return p_value


def keyness_table(
    group_by: str,
    statements: pl.DataFrame,
    words: pl.DataFrame,
    groups: pl.DataFrame,
    params: KeynessParams | None = None,
) -> pl.DataFrame:
    """Terms by group: rows of ``keyness.csv``.

    Parameters
    ----------
    group_by : str
        What the groups are told by.
    statements : DataFrame
        ``voc_id``, ``contact_id`` of the statements that count.
    words : DataFrame
        ``voc_id``, ``terms``.
    groups : DataFrame
        ``contact_id`` (unique), ``group``.
    params : KeynessParams, optional
        What is compared.

    Returns
    -------
    DataFrame
        ``group_by``, ``group``, ``term``, ``n`` (statements of the group that have it), ``rate`` (of its statements),
        ``log_odds``, ``q_value``, ``word_type`` (``term``), ``customers``, ``heard``, ``reach`` (null: texts are compared, not
        customers), ``ci_low``, ``ci_high``; terms that a group never has are left out.
    """
    said = statements.select("voc_id", "contact_id").join(groups.drop_nulls("group"), on="contact_id", validate="m:1")
    sizes = said.group_by("group").agg(pl.len().alias("statements"))
    having = (
        said.join(words.select("voc_id", "terms"), on="voc_id", validate="1:1")
        .select("contact_id", "group", pl.col("terms").list.unique().alias("entry"))
        .explode("entry", empty_as_null=True)
        .drop_nulls("entry")
        .filter(~pl.col("entry").str.starts_with("［"))
    )
    counts = having.group_by("group", "entry").agg(pl.len().cast(pl.Int64).alias("n"))
    return (
        group_contrast(having, groups, params)
        .join(counts, on=["group", "entry"], validate="1:1", maintain_order="left")
        .join(sizes, on="group", validate="m:1", maintain_order="left")
        .select(
            pl.lit(group_by).alias("group_by"),
            "group",
            pl.col("entry").alias("term"),
            "n",
            (pl.col("n") / pl.col("statements")).round(_DIGITS).alias("rate"),
            "log_odds",
            "q_value",
            pl.lit("term").alias("word_type"),
            *(pl.lit(None, kind).alias(name) for name, kind in _OF_CUSTOMERS.items()),
            "ci_low",
            "ci_high",
        )
    )


def topic_groups_table(
    group_by: str,
    statements: pl.DataFrame,
    topics: pl.DataFrame,
    groups: pl.DataFrame,
    params: KeynessParams | None = None,
) -> pl.DataFrame:
    """Topics by group: rows of ``topic_groups.csv``.

    Parameters
    ----------
    group_by : str
        What the groups are told by.
    statements : DataFrame
        ``contact_id``, ``topic_id`` of the statements that count.
    topics : DataFrame
        ``topic_id`` (unique), ``label``.
    groups : DataFrame
        ``contact_id`` (unique), ``group``.
    params : KeynessParams, optional
        What is compared.

    Returns
    -------
    DataFrame
        ``group_by``, ``group``, ``topic_id``, ``label``, ``n_contacts``, ``group_contacts``, ``rate``, ``log_odds``,
        ``ci_low``, ``ci_high``, ``q_value``.
    """
    having = statements.drop_nulls("topic_id").select("contact_id", pl.col("topic_id").alias("entry"))
    return (
        group_contrast(having, groups, params)
        .join(
            topics.select(pl.col("topic_id").alias("entry"), "label"), on="entry", validate="m:1", maintain_order="left"
        )
        .select(
            pl.lit(group_by).alias("group_by"),
            "group",
            pl.col("entry").alias("topic_id"),
            "label",
            pl.col("contacts").alias("n_contacts"),
            pl.col("of").alias("group_contacts"),
            (pl.col("contacts") / pl.col("of")).round(_DIGITS).alias("rate"),
            "log_odds",
            "ci_low",
            "ci_high",
            "q_value",
        )
    )
