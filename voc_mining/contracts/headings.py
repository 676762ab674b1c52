"""What is under a heading counts for it."""

from __future__ import annotations

import polars as pl


def with_headings(said: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
    """Repeat rows for every heading their topic is under, at whatever height.

    Parameters
    ----------
    said : DataFrame
        Any rows with ``topic_id``; those without a topic stay as they are.
    topics : DataFrame
        ``topic_id``, ``parent_id``; no topic is under itself.

    Returns
    -------
    DataFrame
        The rows, then those of the headings: summed over all topics they count more than once, over one layer once.
    """
    above = topics.drop_nulls("parent_id").select("topic_id", "parent_id")
    step = said.join(above, on="topic_id", how="inner", validate="m:1")
    found = [said]
    while step.height:
        raised = step.with_columns(pl.col("parent_id").alias("topic_id")).drop("parent_id")
        found.append(raised)
        step = raised.join(above, on="topic_id", how="inner", validate="m:1")
    return pl.concat(found)
