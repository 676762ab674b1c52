"""The last delivery holds: against a slow and plain reading of the same rule."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from voc_mining.ingest.deliveries import against_stored, with_fate

RECORDS = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(["a.csv", "b.csv"]),
        st.sampled_from([None, "K1", "K2"]),
        st.sampled_from("xyz"),
    ),
    max_size=14,
)


def table(rows: list[tuple[int, str, str | None, str]]) -> pl.DataFrame:
    schema = {"delivery": pl.Int64, "file": pl.String, "key": pl.String, "content_key": pl.String}
    return (
        pl.DataFrame(rows, schema=schema, orient="row").with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    )


def plainly(rows: list[dict[str, object]]) -> dict[int, str]:
    """Fate of each row number."""
    fates: dict[int, str] = {}
    by_key: dict[object, list[dict[str, object]]] = {}
    for row in sorted(rows, key=lambda row: (row["delivery"], row["file"], row["row"])):
        by_key.setdefault(row["key"], []).append(row)
    for several in by_key.values():
        last = several[-1]["content_key"]
        kept = len(several) - 1
        while kept and several[kept - 1]["content_key"] == last:
            kept -= 1
        for number, row in enumerate(several):
            equal = "duplicate" if row["content_key"] == last else "superseded"
            fates[row["row"]] = "kept" if number == kept else equal
    return fates


@given(RECORDS)
def test_fates(rows: list[tuple[int, str, str | None, str]]):
    records = table(rows)
    found = with_fate(records, ["key"])
    assert dict(found.select("row", "fate").iter_rows()) == plainly(records.rows(named=True))
    assert found.filter(pl.col("fate") == "kept")["key"].n_unique() == records["key"].n_unique()


@given(RECORDS)
def test_deliveries_do_not_compete_where_told(rows: list[tuple[int, str, str | None, str]]):
    found = with_fate(table(rows), ["key"], within=["delivery"])
    for delivery in (1, 2, 3):
        part = table(rows).filter(pl.col("delivery") == delivery)
        alone = dict(with_fate(part, ["key"]).select("row", "fate").iter_rows())
        assert dict(found.filter(pl.col("delivery") == delivery).select("row", "fate").iter_rows()) == alone


def test_against_what_is_stored():
    records = table([(2, "n.csv", key, "new") for key in ("same", "changed", "older", "fresh")])
    stored = pl.DataFrame(
        {
            "key": ["same", "changed", "older"],
            "stored_content": ["new", "old", "old"],
            "stored_file": ["s.csv"] * 3,
            "stored_row": [7, 8, 9],
            "stored_delivery": [1, 1, 3],
        }
    )
    found = against_stored(records, stored, ["key"])
    assert found.select("key", "state", "file", "row").rows() == [
        ("same", "unchanged", "s.csv", 7),
        ("changed", "changed", "n.csv", 1),
        ("older", "superseded", "n.csv", 2),
        ("fresh", "new", "n.csv", 3),
    ]
