"""The same mix of segments and plans on two sides, and no account that drowns the others.

Where the mix of two sides differs, a difference in what they raise may be one of who they are (Simpson's paradox). Customers
are then weighted by stratum: of n customers of one side and N of the other in a stratum, those of the one weigh
N / (n + N) and those of the other n / (n + N), so that both sides have the mix of the customers that can be compared
(overlap weights, Li, Morgan and Zaslavsky 2018; the strata count as in Mantel and Haenszel 1959). No weight is above
one, small strata weigh little, and one that only one side has weighs nothing.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from voc_mining.insight.params import InsightParams

STRATA = ("segment", "plan")
_UNKNOWN = "\x00"
Pair = tuple[pl.DataFrame, pl.DataFrame]


def common_mix(sides: Pair, params: InsightParams) -> tuple[Pair, tuple[str, ...]]:
    """Weight the customers of two sides so that both have the same mix of what they differ by.

    Parameters
    ----------
    sides : pair of DataFrame
        ``customer_key``, ``weight``, ``segment``, ``plan`` of those heard on each side.
    params : InsightParams
        ``mix_distance``: share of customers that would have to be of another segment (plan) for the mixes to be equal, from
        which on they differ; ``min_heard``: effective number of customers that must be left on either side.

    Returns
    -------
    sides, by
        The frames with new weights, which add up to the number of customers; and the columns that were evened out. Where
        too few customers would be left that can be compared, fewer columns are taken, in the end none.
    """
    differing = tuple(column for column in STRATA if _distance(sides, column) >= params.mix_distance)
    choices = [differing, *((column,) for column in differing)] if len(differing) > 1 else [differing]
    for by in choices:
        weighted = _overlap(sides, by) if by else sides
        if by and all(effective_number(side["weight"]) >= params.min_heard for side in weighted):
            return weighted, by
    return sides, ()


def evened_accounts(customers: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Give customers the weight 1, and less where one account would drown the others.

    Where the accounts heard tell no more than fewer than ``min_heard`` equally large ones (Kish 1965), the largest are cut:
    none counts for more than as many customers as leaves that many.

    Parameters
    ----------
    customers : DataFrame
        ``unit`` (account, or customer without one), among others.
    params : InsightParams
        ``min_heard``.

    Returns
    -------
    DataFrame
        With ``weight``, which adds up to the number of customers.
    """
    sizes = customers.group_by("unit").agg(pl.len().alias("size"))
    cap = next(
        (
            cap
            for cap in sizes["size"].unique().sort(descending=True)
            if _effective_units(sizes, cap) >= params.min_heard
        ),
        1,
    )
    weighted = customers.join(sizes, on="unit", validate="m:1", maintain_order="left").with_columns(
        (pl.col("size").clip(upper_bound=cap) / pl.col("size")).alias("weight")
    )
    return weighted.drop("size").with_columns(_of_all("weight"))


def _effective_units(sizes: pl.DataFrame, cap: int) -> float:
    return effective_number(sizes["size"].clip(upper_bound=cap))


def effective_number(weights: pl.Series) -> float:
    """Count how many equal weights would tell as much: (Σ w)² / Σ w² (Kish 1965); 0 where there is no weight.

    >>> effective_number(pl.Series([1.0, 1.0, 0.0]))
    2.0
    """
    values = weights.cast(pl.Float64).to_numpy()
    squares = float(np.square(values).sum())
    return float(values.sum()) ** 2 / squares if squares else 0.0


def _of_all(column: str) -> pl.Expr:
    """Scale weights so that they add up to the number of customers."""
    return pl.col(column) * pl.len() / pl.col(column).sum()


def _distance(sides: Pair, column: str) -> float:
    """Total variation between the mixes of two sides, 0-1; 0 where one side knows nothing."""
    if any(side.is_empty() or side[column].null_count() == side.height for side in sides):
        return 0.0
    shares = [
        side.group_by(pl.col(column).fill_null(_UNKNOWN)).agg(
            (pl.col("weight").sum() / side["weight"].sum()).alias("share")
        )
        for side in sides
    ]
    both = shares[0].join(shares[1], on=column, how="full", coalesce=True).fill_null(0.0)
    return float(np.abs((both["share"] - both["share_right"]).to_numpy()).sum() / 2.0)


def _overlap(sides: Pair, by: tuple[str, ...]) -> Pair:
    stratum = pl.concat_list(pl.col(column).fill_null(_UNKNOWN) for column in by).list.join("\x1f")
    placed = [side.with_columns(stratum.alias("stratum")) for side in sides]
    sizes = [side.group_by("stratum").agg(pl.col("weight").sum().alias("size")) for side in placed]
    weighted = []
    for side, others in ((placed[0], sizes[1]), (placed[1], sizes[0])):
        own = sizes[0] if others is sizes[1] else sizes[1]
        told = (
            side.join(own, on="stratum", validate="m:1", maintain_order="left")
            .join(others, on="stratum", how="left", validate="m:1", maintain_order="left", suffix="_others")
            .with_columns(pl.col("size_others").fill_null(0.0))
            .with_columns(
                (pl.col("weight") * pl.col("size_others") / (pl.col("size") + pl.col("size_others"))).alias("weight")
            )
        )
        weighted.append(told.drop("stratum", "size", "size_others").with_columns(_of_all("weight").fill_nan(0.0)))
    return weighted[0], weighted[1]
