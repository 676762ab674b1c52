from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from tests.insight import worlds
from voc_mining.insight.contacts_table import contacts_table
from voc_mining.insight.corrections import statement_corrections
from voc_mining.insight.examples import typical
from voc_mining.insight.facts import contact_facts, statement_facts
from voc_mining.insight.topics_table import topics_table
from voc_mining.insight.voc_table import voc_table

NO_CORRECTIONS = statement_corrections(worlds.rows("voc"), worlds.rows("utterances"))
EARLY, LATE = datetime(2026, 8, 31, 15, 0, tzinfo=UTC), datetime(2026, 9, 30, 15, 0, tzinfo=UTC)


def facts():
    contacts = worlds.rows(
        "contacts",
        {"contact_id": "a", "customer_key": "C1", "started_at": EARLY, "recording_path": "recordings/通話 1#.wav"},
        {"contact_id": "b", "customer_key": None, "started_at": EARLY},
        {"contact_id": "later", "customer_key": "C1", "started_at": LATE},
        {"contact_id": "undated", "started_at": None, "business_date": None, "source": "recording"},
    )
    segments = worlds.rows(
        "segments",
        {"contact_id": "a", "origin": "proactive", "silence": "quiet"},
        {"contact_id": "b"},
        {"contact_id": "later"},
    )
    voc = worlds.rows(
        "voc",
        {"voc_id": "1", "contact_id": "a", "text": "遅い", "part": "audio", "start_s": 12.34, "end_s": 13.0},
        {"voc_id": "2", "contact_id": "a", "text": "エラー", "first_no": 3},
        {"voc_id": "3", "contact_id": "b", "text": "遅い"},
        {"voc_id": "4", "contact_id": "later", "text": "遅い"},
        {"voc_id": "5", "contact_id": "b", "text": "ご視聴ありがとうございました", "counts": False},
        {"voc_id": "6", "contact_id": "undated", "text": "こんにちは"},
    )
    known = contact_facts(contacts, segments, worlds.PARAMS)
    return known, statement_facts(voc, known, worlds.assigned({"遅い": "A", "エラー": "B"}))


def test_records_after_the_day_and_suspect_statements_are_not_used():
    known, statements = facts()
    assert known["contact_id"].to_list() == ["a", "b", "undated"]
    assert statements["voc_id"].to_list() == ["1", "2", "3", "6"]


@pytest.mark.parametrize(
    ("base", "link"),
    [
        (None, "recordings/通話%201%23.wav#t=12.34"),
        ("../inbox", "../inbox/recordings/通話%201%23.wav#t=12.34"),
        ("../in box/", "../in%20box/recordings/通話%201%23.wav#t=12.34"),
    ],
)
def test_links_lead_to_the_second_of_the_recording(base, link):
    table = voc_table(facts()[1], worlds.topics("A", "B"), NO_CORRECTIONS, replace(worlds.PARAMS, audio_base=base))
    assert dict(table.select("voc_id", "audio_link").iter_rows()) == {"1": link, "2": None, "3": None, "6": None}


def test_voc_carries_origin_silence_and_topic():
    row = voc_table(facts()[1], worlds.topics("A", "B"), NO_CORRECTIONS, worlds.PARAMS).row(0, named=True)
    assert (row["voc_id"], row["origin"], row["silence"], row["topic_label"]) == ("1", "proactive", "quiet", "話題A")


def test_contacts_have_one_reason_the_first_and_unsegmented_ones_are_unknown():
    known, statements = facts()
    outcomes = worlds.rows("outcomes", {"contact_id": "a", "outcome": "appeased", "emotion_end": -1.0})
    signs = [
        {"voc_id": str(n), "contact_id": "a", "family": name} for n, name in enumerate(("threat", "abuse", "leak"))
    ]
    table = contacts_table(known, statements, outcomes, worlds.rows("critical", *signs))
    rows = {row["contact_id"]: row for row in table.iter_rows(named=True)}
    assert (rows["a"]["reason_topic_id"], rows["a"]["n_statements"], rows["a"]["outcome"]) == ("A", 2, "appeased")
    assert (rows["undated"]["origin"], rows["undated"]["origin_rule"]) == ("unknown", "not_segmented")
    assert (rows["undated"]["outcome"], rows["b"]["n_statements"]) == ("unknown", 1)
    assert (rows["a"]["emotion_end"], rows["a"]["harassment"], rows["b"]["harassment"]) == (
        -1.0,
        ["abuse", "threat"],
        None,
    )


def test_topics_count_statements_and_known_customers():
    topics = worlds.topics("A", "B", "C").with_columns(
        pl.Series("exemplars", [["遅い"], [], []], dtype=pl.List(pl.String))
    )
    table = topics_table(facts()[1], topics)
    rows = {row["topic_id"]: row for row in table.iter_rows(named=True)}
    a = rows["A"]
    assert [a[f"n_{what}"] for what in ("voc", "customers", "reactive", "proactive", "quiet")] == [2, 1, 1, 1, 1]
    assert (a["first_seen"], a["example_1"], a["example_1_voc_id"], a["example_2"]) == (
        date(2026, 9, 1),
        "遅い",
        "1",
        None,
    )
    assert (rows["B"]["example_1_voc_id"], rows["C"]["n_voc"], rows["C"]["first_seen"]) == ("2", 0, None)
    assert table["topic_id"].to_list() == ["A", "B", "C"]


def _ranked(*rows: tuple[str, str | None, str]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["text", "customer_key", "origin"], orient="row")
    return frame.with_columns(
        pl.lit("A").alias("topic_id"),
        pl.col("text").alias("text_hash"),
        pl.int_range(pl.len()).cast(pl.String).alias("voc_id"),
    )


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        pytest.param(
            [
                ("避難した場所も残せるとよいです", "1", "reactive"),
                ("うちでは避難した場所も残せるとよいです", "2", "reactive"),
                ("点呼の記録に使いたい", "2", "reactive"),
            ],
            ["0", "2"],
            id="no near-duplicates, rather fewer",
        ),
        pytest.param(
            [
                ("画面が小さい", "1", "reactive"),
                ("字が読めない", "1", "reactive"),
                ("色が薄くて見えにくい", "2", "reactive"),
                ("拡大できるようにしてほしい", "3", "reactive"),
            ],
            ["0", "2", "3"],
            id="of several customers",
        ),
        pytest.param(
            [
                ("画面が小さい", "1", "reactive"),
                ("字が読めない", "2", "reactive"),
                ("色が薄くて見えにくい", "3", "reactive"),
                ("拡大できるようにしてほしい", "4", "proactive"),
            ],
            ["0", "1", "3"],
            id="of both sides",
        ),
        pytest.param(
            [("画面が小さい", None, "unknown"), ("字が読めない", None, "unknown")], ["0", "1"], id="customers unknown"
        ),
    ],
)
def test_examples_are_typical_and_different(rows, chosen):
    assert typical(_ranked(*rows))["voc_id"].to_list() == chosen
