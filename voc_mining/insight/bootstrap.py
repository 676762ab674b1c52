"""Bayesian bootstrap over customers of a difference of log odds.

Every unit (a customer, or the account that holds several) gets one random weight a draw, the same on both
sides, so that customers heard on both are not taken for independent ones. To the weighted sums of those who
raise the topic and those who do not, a Gamma(1/2) amount is added: with plain reach this is Jeffreys'
posterior of a share, which keeps its width where nobody, or everybody, on one side raises the topic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

_DRAWS_AT_ONCE = 50
_HALDANE = 0.5


@dataclass(frozen=True, slots=True)
class SideMatrix:
    """One side: which units were heard, and to what degree (0-1) each customer raises each topic.

    Parameters
    ----------
    unit : array of int, shape (customers,)
        Unit of each customer heard.
    raises : sparse array, shape (customers, topics)
        Degree to which the customer raises the topic.
    """

    unit: npt.NDArray[np.int64]
    raises: sparse.csr_array

    @property
    def odds(self) -> npt.NDArray[np.float64]:
        """Odds of reach per topic with half a customer added to either part (Haldane)."""
        total: npt.NDArray[np.float64] = np.ones(len(self.unit)) @ self.raises
        odds: npt.NDArray[np.float64] = (total + _HALDANE) / (len(self.unit) - total + _HALDANE)
        return odds

    def drawn_odds(self, weights: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
        """Odds under weights of shape (draws, units); shape (draws, topics)."""
        own = weights[:, self.unit]
        total = np.asarray((self.raises.T @ own.T).T)
        shape = total.shape
        rest = np.maximum(own.sum(axis=1, keepdims=True) - total, 0.0)
        odds: npt.NDArray[np.float64] = (total + rng.gamma(_HALDANE, size=shape)) / (
            rest + rng.gamma(_HALDANE, size=shape)
        )
        return odds


def side_matrix(customers: pl.DataFrame, mentions: pl.DataFrame, topics: list[str]) -> SideMatrix:
    """Lay one side out as a matrix.

    Parameters
    ----------
    customers : DataFrame
        ``customer_key`` (unique), ``unit`` (int).
    mentions : DataFrame
        ``customer_key``, ``topic_id``, ``degree``.
    topics : list of str
        Columns, in order.
    """
    rows = customers.select("customer_key", "unit").with_row_index("row")
    columns = pl.DataFrame({"topic_id": topics}, schema={"topic_id": pl.String}).with_row_index("column")
    placed = mentions.join(rows, on="customer_key", how="inner", validate="m:1").join(
        columns, on="topic_id", how="inner", validate="m:1"
    )
    raises = sparse.csr_array(
        (placed["degree"].to_numpy(), (placed["row"].to_numpy(), placed["column"].to_numpy())),
        shape=(rows.height, len(topics)),
    )
    return SideMatrix(rows["unit"].cast(pl.Int64).to_numpy(), raises)


def drawn_log_odds(
    left: SideMatrix, right: SideMatrix, units: int, *, draws: int, seed: int
) -> npt.NDArray[np.float64]:
    """Draws of log odds(left) − log odds(right), shape (draws, topics); the same for the same seed."""
    rng = np.random.default_rng(seed)
    parts = []
    for start in range(0, draws, _DRAWS_AT_ONCE):
        weights = rng.exponential(size=(min(_DRAWS_AT_ONCE, draws - start), units))
        parts.append(np.log(left.drawn_odds(weights, rng)) - np.log(right.drawn_odds(weights, rng)))
    return np.concatenate(parts)
