"""Which of several deliveries of a record holds: the last one."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

KEPT, DUPLICATE, SUPERSEDED = "kept", "duplicate", "superseded"
_ORDER = ["delivery", "file", "row"]


def with_fate(records: pl.DataFrame, key: Sequence[str], *, within: Sequence[str] = ()) -> pl.DataFrame:
    """Tell of each record whether it holds.

    For each key the content that was delivered last holds; of its uninterrupted deliveries the first is
    ``kept`` (so that a record delivered again keeps its provenance). Every other record is a ``duplicate``
    where its content equals the last one, else ``superseded``.

    Parameters
    ----------
    records : DataFrame
        delivery, file, row, content_key and the key.
    key : sequence of str
        Columns of the natural key; null equals null.
    within : sequence of str
        Further columns whose values never compete, such as ``delivery``.

    Returns
    -------
    DataFrame
        The records in the order of delivery, with ``fate``.
    """
    key = [*key, *within]
    ordered = records.sort(_ORDER).with_row_index("__n")
    several = ordered.filter(pl.len().over(key) > 1)
    if several.is_empty():
        return ordered.drop("__n").with_columns(pl.lit(KEPT).alias("fate"))
    content = pl.col("content_key")
    fates = (
        several.with_columns(content.rle_id().over(key).alias("__run"), content.last().over(key).alias("__last"))
        .with_columns((pl.col("__run") == pl.col("__run").max().over(key)).alias("__in_last"))
        .with_columns(pl.col("__n").filter(pl.col("__in_last")).min().over(key).alias("__first"))
        .select(
            "__n",
            pl.when(pl.col("__n") == pl.col("__first"))
            .then(pl.lit(KEPT))
            .when(content == pl.col("__last"))
            .then(pl.lit(DUPLICATE))
            .otherwise(pl.lit(SUPERSEDED))
            .alias("fate"),
        )
    )
    joined = ordered.join(fates, on="__n", how="left", validate="1:1", maintain_order="left")
    return joined.with_columns(pl.col("fate").fill_null(KEPT)).drop("__n")


def against_stored(records: pl.DataFrame, stored: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Compare kept records with what is stored.

    Parameters
    ----------
    records : DataFrame
        One per key, with delivery, file, row and content_key.
    stored : DataFrame
        The key, stored_content, stored_file, stored_row, stored_delivery.
    key : sequence of str
        Natural key.

    Returns
    -------
    DataFrame
        The records with ``state``: ``new``, ``changed``, ``unchanged`` (they take the stored file and row) or
        ``superseded`` (a later delivery is stored).
    """
    joined = records.join(stored, on=list(key), how="left", nulls_equal=True, validate="1:1", maintain_order="left")
    same = pl.col("stored_content") == pl.col("content_key")
    state = (
        pl.when(pl.col("stored_content").is_null())
        .then(pl.lit("new"))
        .when(same)
        .then(pl.lit("unchanged"))
        .when(pl.col("stored_delivery").fill_null(0) > pl.col("delivery"))
        .then(pl.lit(SUPERSEDED))
        .otherwise(pl.lit("changed"))
    )
    return joined.with_columns(
        state.alias("state"),
        pl.when(same).then("stored_file").otherwise("file").alias("file"),
        pl.when(same).then("stored_row").otherwise("row").alias("row"),
    ).drop("stored_content", "stored_file", "stored_row", "stored_delivery")
