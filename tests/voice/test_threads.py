"""Messages of threads: the customer's are statements, the others' are context, what they quote is neither."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from pipelines.steps.mine import mine_step
from pipelines.steps.mine_pending import note_mined, pending_contacts
from pipelines.text_workers import TextEngines
from tests.voice.test_step import HEARD, KEY, TEXT, TOKENIZER, VOICE, contact, document
from voc_mining.store.delta import DeltaStore, open_lake, open_vault

ENGINES = TextEngines(TOKENIZER, TEXT, VOICE)
MESSAGES = (
    ("customer", "アプリが開きません。"),
    ("agent", "再起動をお試しください。"),
    ("bot", "この会話は役に立ちましたか。"),
    (
        "customer",
        "再起動しても開きません。\n\n2026年4月2日 サポート <support@example.jp> のメール:\n> 再起動をお試しください。",
    ),
)


def stores(path) -> tuple[DeltaStore, DeltaStore]:
    lake, vault = open_lake(str(path / "lake")), open_vault(str(path / "vault"))
    schema = lake.tables["contacts"].schema
    rows = [contact("form", channel="mail", direction="inbound", thread_key="t1")]
    lake.append_new("contacts", pl.DataFrame(rows, schema_overrides={name: schema[name] for name in rows[0]}))
    vault.append_new("documents", pl.DataFrame([document("form", "body", "アプリが開きません。")]))
    messages = [
        {"contact_id": "form", "seq": no, "thread_id": "form", "sent_at": datetime(2026, 4, 2, no, tzinfo=UTC),
         "role": role, "channel": None, "text": text, "content_key": "k", "source_file": "m.csv", "source_row": no}
        for no, (role, text) in enumerate(MESSAGES)
    ]  # fmt: skip
    table = vault.tables["messages"]
    vault.append_new("messages", table.conform(pl.DataFrame(messages, schema_overrides=dict(table.schema))))
    return lake, vault


def test_customers_messages_are_statements_and_nothing_is_said_twice(tmp_path):
    lake, vault = stores(tmp_path)
    mine_step(lake, vault, ["form"], ENGINES, HEARD)
    counted = lake.read("voc").filter("counts").sort("first_no")
    assert counted.select("part", "role", pl.col("text").str.strip_chars("。")).rows() == [
        ("body", "customer", "アプリが開きません"),
        ("message", "customer", "再起動しても開きません"),
    ]
    spoken = lake.read("utterances").sort("no").select("part", "role").rows()
    assert spoken[:3] == [("body", "customer"), ("message", "agent"), ("message", "ivr")]


def test_a_thread_that_went_on_is_worked_on_again(tmp_path):
    lake, vault = stores(tmp_path)
    mine_step(lake, vault, ["form"], ENGINES, HEARD)
    note_mined(lake, KEY, HEARD)
    assert pending_contacts(lake, KEY, HEARD).contact_ids == []
    went_on = lake.read("contacts").with_columns(thread_key=pl.lit("t2"))
    lake.replace("contacts", went_on, scope=went_on.select("contact_id"))
    assert pending_contacts(lake, KEY, HEARD).contact_ids == ["form"]
