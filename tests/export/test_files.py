from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from tests.export.samples import one_row
from voc_mining.contracts import values
from voc_mining.errors import ContractBroken
from voc_mining.export.files import conform, csv_files, empty_frame

FILES = csv_files().files
OF_THEIR_OWN = ("rejects.csv",)
"""Files in which a name of the lake stands for something else: kinds of inputs."""


def test_the_files_are_those_that_were_promised():
    assert list(FILES) == [
        "voc", "contacts", "origin_rules", "topics", "topic_quality", "coding", "coding_topics", "contrast", "proactive_voc",
        "business_seeds", "response", "silent_customers", "silent_churn",
        "customer_health", "accounts", "pareto", "deflection", "faq_candidates", "code_crosswalk", "critical_voc",
        "voc_actions", "kpi_daily", "kpi_interval", "topic_daily", "cohorts", "data_readiness", "outreach_effect", "outreach_results", "loss_model",
        "associations", "journeys", "keyness", "topic_groups", "call_anatomy", "rejects",
    ]  # fmt: skip


@pytest.mark.parametrize("file", FILES.values(), ids=list(FILES))
def test_every_contract_is_whole(file):
    names = [column.name for column in file.columns]
    assert len(set(names)) == len(names)
    assert set(file.key) <= set(names)
    assert file.title
    assert file.description
    assert file.needs
    for column in file.columns:
        assert column.title, column.name
        assert column.description, column.name
        assert not column.title.isascii() or column.name in {"z", "q_value", "p_value"}, column.name
    assert conform(empty_frame(file), file).schema == file.schema
    assert conform(one_row(file), file).equals(one_row(file))


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("origin", values.ORIGINS), ("silence", values.SILENCES), ("channel", values.CHANNELS), ("source", values.SOURCES),
        ("kind", values.KINDS), ("polarity", values.POLARITIES), ("urgency", values.URGENCIES), ("role", values.ROLES),
        ("outcome", values.OUTCOMES),
    ],
)  # fmt: skip
def test_values_are_those_of_the_lake(name, allowed):
    stated = [
        column.values
        for file in FILES.values()
        for column in file.columns
        if column.name == name and file.name not in OF_THEIR_OWN
    ]
    assert stated
    assert any(set(found) == set(allowed) for found in stated)
    assert all(set(found) <= set(allowed) for found in stated)  # of a known customer silence is never unknown


def test_optional_columns_may_be_absent_and_order_is_restored():
    file = FILES["proactive_voc"]
    frame = (
        one_row(file)
        .drop("customer_id", "topic_id")
        .select("evidence", "voc_id", "source_id", "silence", "class", "prompted")
    )
    assert conform(frame, file).columns == [column.name for column in file.columns]


def test_empty_text_and_empty_lists_are_no_value():
    file = FILES["topics"]
    cast = conform(one_row(file, parent_id="", keywords=[]), file)
    assert cast["parent_id"][0] is None
    assert cast["keywords"][0] is None


def test_a_list_may_come_joined():
    file = FILES["topics"]
    frame = one_row(file).with_columns(pl.lit("解約;料金").alias("keywords"))
    assert conform(frame, file)["keywords"].to_list() == [["解約", "料金"]]


def broken(name: str, **changed: object) -> pl.DataFrame:
    frame = one_row(FILES[name])
    return frame.with_columns(**{column: pl.lit(value) for column, value in changed.items()})


@pytest.mark.parametrize(
    ("name", "frame", "says"),
    [
        ("voc", one_row(FILES["voc"]).drop("text"), "missing columns"),
        ("voc", broken("voc", mood="fine"), "unknown columns"),
        ("voc", broken("voc", origin="guess"), "not among"),
        ("voc", broken("voc", text=""), "empty cells"),
        ("voc", broken("voc", start_s="soon"), "voc.csv"),
        ("voc", pl.concat([one_row(FILES["voc"])] * 2), "not unique"),
        ("voc", broken("voc", occurred_at=datetime(2026, 1, 1)), "without a zone"),  # noqa: DTZ001 - what it refuses
        ("contrast", broken("contrast", log_odds=float("inf")), "infinite"),
        ("contrast", broken("contrast", log_odds=float("nan")), "infinite"),
    ],
)
def test_what_breaks_the_contract_is_named(name, frame, says):
    with pytest.raises(ContractBroken, match=says):
        conform(frame, FILES[name])
