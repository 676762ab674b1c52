"""What is pending since the last noted state is what looking at everything finds."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.steps import mine_pending as step
from pipelines.steps.mine_pending import Pending, note_mined, pending_contacts, settled_contacts, with_input_keys
from voc_mining.store.delta import DeltaStore, open_lake

BY, OTHER = "transcriber-1", "transcriber-2"
IDS = [f"c{no}" for no in range(8)]
SOUNDS = ["s0", "s1", "s2"]
MONTHS = ["2026-04", "2026-05"]


def contact(contact_id: str, content: str, sound: str | None, month: str) -> dict[str, object]:
    told = {"contact_id": contact_id, "content_key": content, "audio_sha256": sound, "month": month}
    return told | {
        "source": "inquiry", "source_id": contact_id, "channel": "form", "source_file": "f.csv", "source_row": 1,
    }  # fmt: skip


def store_contacts(lake: DeltaStore, rows: Sequence[dict[str, object]], gone: Sequence[str]) -> None:
    schema = lake.tables["contacts"].schema
    frame = pl.DataFrame([dict.fromkeys(schema.names()) | row for row in rows], schema=schema)
    scope = pl.DataFrame({"contact_id": [*frame["contact_id"], *gone]}, schema={"contact_id": pl.String})
    lake.replace("contacts", frame, scope=scope)


def hear(lake: DeltaStore, sound: str, by: str, turn: int, told: str | None) -> None:
    row = {"audio_sha256": sound, "transcriber_id": by, "channels": 1, "n_utterances": 1, "n_flagged": 0}
    frame = pl.DataFrame([row | {"duration_s": 1.0, "speech_s": 1.0, "turn": turn, "glossary": told}])
    lake.replace("transcriptions", frame, scope=frame.select("audio_sha256", "transcriber_id"))


def work_on(lake: DeltaStore, contact_ids: Sequence[str], key: str) -> None:
    """Mark contacts as done, as mining does."""
    scope = pl.DataFrame({"contact_id": contact_ids}, schema={"contact_id": pl.String})
    keyed = with_input_keys(lake, lake.scan_matching("contacts", scope), key, BY)
    outcomes = keyed.select("contact_id", "input_key", "month").with_columns(
        outcome=pl.lit("unknown"), n_utterances=0, n_statements=0, dropped=pl.lit("{}")
    )
    lake.replace("outcomes", outcomes, scope=scope)


def everything(lake: DeltaStore, key: str) -> pl.DataFrame:
    return step._pending(lake, None, key, BY).contacts


changed = st.tuples(
    st.sampled_from(IDS), st.sampled_from("xyz"), st.sampled_from([None, *SOUNDS]), st.sampled_from(MONTHS)
)
events = st.one_of(
    st.tuples(st.just("told"), st.lists(changed, min_size=1, max_size=4), st.lists(st.sampled_from(IDS), max_size=2)),
    st.tuples(
        st.just("heard"),
        st.sampled_from(SOUNDS),
        st.sampled_from([BY, OTHER]),
        st.integers(1, 2),
        st.sampled_from([None, "told"]),
    ),
    st.tuples(st.just("mined"), st.sampled_from(["all", "half"]), st.sampled_from(["rules", "rules", "older rules"])),
    st.tuples(st.just("worked on"), st.lists(st.sampled_from(IDS), max_size=3, unique=True), st.just("older rules")),
    st.tuples(st.just("compacted")),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(events, min_size=4, max_size=10))
def test_whatever_happens_pending_is_what_looking_at_everything_finds(tmp_path_factory, history) -> None:
    lake = open_lake(str(tmp_path_factory.mktemp("lake")))
    for what, *how in history:
        if what == "told":
            rows = {contact_id: contact(contact_id, *rest) for contact_id, *rest in how[0]}
            store_contacts(lake, list(rows.values()), how[1])
        elif what == "heard":
            hear(lake, *how)
        elif what == "mined":
            pending = pending_contacts(lake, how[1], BY).contact_ids
            work_on(lake, pending if how[0] == "all" else pending[::2], how[1])
            note_mined(lake, how[1], BY)
        elif what == "worked on":  # by another run, which was slow
            work_on(lake, how[0], how[1])
        else:
            lake.compact(small_files=1)
        for key in ("rules", "older rules"):
            found = pending_contacts(lake, key, BY)
            assert_frame_equal(found.contacts, everything(lake, key))
            there = lake.read("contacts").join(found.contacts, on="contact_id", how="anti").height
            assert settled_contacts(lake, found).unchanged == there


def test_only_what_is_new_is_looked_at(tmp_path, monkeypatch) -> None:
    lake = open_lake(str(tmp_path))
    store_contacts(lake, [contact(name, "x", None, MONTHS[0]) for name in IDS[:6]], [])
    work_on(lake, pending_contacts(lake, "rules", BY).contact_ids, "rules")
    note_mined(lake, "rules", BY)
    store_contacts(lake, [contact(name, "x", None, MONTHS[0]) for name in IDS[6:]], [])

    def never(*_: object) -> None:
        raise AssertionError("the archive was looked at")

    monkeypatch.setattr(DeltaStore, "_scan", never)
    monkeypatch.setattr(DeltaStore, "scan_matching", never)
    assert pending_contacts(lake, "rules", BY).contact_ids == IDS[6:]


def test_what_is_noted_is_noted_once(tmp_path) -> None:
    lake = open_lake(str(tmp_path))
    note_mined(lake, "rules", BY)
    store_contacts(lake, [contact(name, "x", None, MONTHS[0]) for name in IDS], [])
    note_mined(lake, "rules", BY)
    assert lake.version("outcomes") is None
    work_on(lake, IDS[:4], "rules")
    note_mined(lake, "rules", BY)  # some are left
    assert lake.basis("outcomes", ["contacts"]) is None
    work_on(lake, IDS[4:], "rules")
    note_mined(lake, "rules", BY)
    noted = lake.seen("outcomes")
    note_mined(lake, "rules", BY)
    lake.compact(small_files=1)
    noted_then = lake.seen("outcomes")
    note_mined(lake, "rules", BY)
    assert noted == (3,)
    assert lake.seen("outcomes") == noted_then


def test_nothing_is_noted_where_another_run_wrote_meanwhile(tmp_path, monkeypatch) -> None:
    lake = open_lake(str(tmp_path))
    store_contacts(lake, [contact(name, "x", None, MONTHS[0]) for name in IDS[:4]], [])
    work_on(lake, IDS[:4], "rules")
    found = step._pending

    def meanwhile(*args: object) -> Pending:
        pending = found(*args)
        store_contacts(lake, [contact("c0", "y", None, MONTHS[0])], [])
        return pending

    monkeypatch.setattr(step, "_pending", meanwhile)
    note_mined(lake, "rules", BY)
    assert lake.basis("outcomes", ["contacts"]) is None


def test_batches_end_where_months_end() -> None:
    def batches(size: int, **months: int) -> list[list[str]]:
        rows = [(month, f"{month}{no}") for month, n in months.items() for no in range(n)]
        frame = pl.DataFrame(rows, schema={"month": pl.String, "contact_id": pl.String}, orient="row")
        return [list(batch) for batch in Pending(frame, 0).batches(size)]

    assert batches(3) == []
    assert batches(3, a=1, b=2, c=1) == [["a0", "b0", "b1"], ["c0"]]
    assert batches(3, a=1, b=5, c=2) == [["a0"], ["b0", "b1", "b2"], ["b3", "b4"], ["c0", "c1"]]
    assert batches(4, a=9) == [["a0", "a1", "a2"], ["a3", "a4", "a5"], ["a6", "a7", "a8"]]
