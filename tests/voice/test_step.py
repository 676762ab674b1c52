"""The mine step on a small lake: pieces, replacement, what is pending, accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.steps.mine import mine_step, rules_key
from pipelines.steps.mine_pending import pending_contacts, settled_contacts
from pipelines.text_workers import TextEngines
from tests.meanwhile import Meanwhile
from voc_mining.accounts import Account
from voc_mining.contracts.glossary import Glossary, GlossaryTerm
from voc_mining.store.delta import DeltaStore, open_lake, open_vault
from voc_mining.text.rules import TextRules
from voc_mining.text.tokenizer_engine import FugashiTokenizer
from voc_mining.voice.rules import VoiceRules

HEARD = "transcriber-1"
TEXT, VOICE = TextRules(), VoiceRules()
TOKENIZER = FugashiTokenizer()
KEY = rules_key(TOKENIZER, TEXT, VOICE)
EVERYONE = ["call", "checkin", "form", "mono", "survey", "wordless"]


def contact(contact_id: str, **more: Any) -> dict[str, Any]:
    sources = {"form": "inquiry", "checkin": "checkin", "survey": "survey"}
    return {
        "contact_id": contact_id, "source": sources.get(contact_id, "call"), "source_id": contact_id, "channel": "phone",
        "content_key": f"content of {contact_id}", "source_file": "f.csv", "source_row": 2, "month": "2026-04", **more,
    }  # fmt: skip


def contacts(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = open_lake("nowhere").tables["contacts"].schema
    return pl.DataFrame(list(rows), schema_overrides={name: schema[name] for name in rows[0]} if rows else None)


def document(contact_id: str, part: str, text: str) -> dict[str, str]:
    return {"contact_id": contact_id, "part": part, "text": text, "month": "2026-04"}


def heard(sha: str, channel: int, no: int, start: float, text: str, *flags: str) -> dict[str, Any]:
    return {
        "audio_sha256": sha, "transcriber_id": HEARD, "channel": channel, "no": no, "start_s": start,
        "end_s": start + 1.5, "text": text, "confidence": 0.9, "no_speech": 0.1, "flags": list(flags),
    }  # fmt: skip


@pytest.fixture
def stores(tmp_path: Path) -> tuple[DeltaStore, DeltaStore]:
    lake, vault = open_lake(str(tmp_path / "lake")), open_vault(str(tmp_path / "vault"))
    rows = [
        contact("call", audio_sha256="a1", agent_channel=0),
        contact("mono", audio_sha256="a2", agent_channel=0),
        contact("form"), contact("checkin"), contact("survey"), contact("wordless"),
    ]  # fmt: skip
    blank = {"audio_sha256": None, "agent_channel": None}
    lake.append_new("contacts", contacts(*[{**blank, **row} for row in rows]))
    transcriptions = [{"audio_sha256": sha, "transcriber_id": HEARD, "channels": n, "n_utterances": 3, "n_flagged": 0,
                       "duration_s": 9.0, "speech_s": 6.0} for sha, n in (("a1", 2), ("a2", 1))]  # fmt: skip
    lake.append_new("transcriptions", pl.DataFrame(transcriptions))
    spoken = [
        heard("a1", 0, 0, 0.0, "お電話ありがとうございます"), heard("a1", 1, 0, 2.0, "昨日からアプリが"),
        heard("a1", 1, 1, 3.6, "開かなくて困っています"), heard("a1", 0, 1, 5.5, "お調べいたします"),
        heard("a1", 1, 2, 9.0, "ご視聴ありがとうございました", "silence_text"),
        heard("a2", 0, 0, 0.0, "お電話ありがとうございます"), heard("a2", 0, 1, 3.0, "請求書が届きません"),
    ]  # fmt: skip
    vault.append_new("transcripts", pl.DataFrame(spoken, schema_overrides=vault.tables["transcripts"].schema))
    vault.append_new("documents", pl.DataFrame([
        document("call", "note", "アプリが開かないとのこと。ご納得いただき終話。"),
        document("form", "subject", "返品について"),
        document("form", "body", "お世話になっております。\n商品が壊れていました。返品したいです。\nよろしくお願いいたします。"),
        document("checkin", "note", "「検索があると助かる」との要望。次回は来月訪問予定。"),
        document("survey", "question", "困っていることは何ですか"),
        document("survey", "answer", "手作業で集計しています"),
    ]))  # fmt: skip
    return lake, vault


def mine(stores: tuple[DeltaStore, DeltaStore], ids: list[str]) -> list[Account]:
    return mine_step(*stores, ids, TextEngines(TOKENIZER, TEXT, VOICE), HEARD)


def pending(lake: DeltaStore, key: str = KEY, **more: Any) -> list[str]:
    return pending_contacts(lake, key, HEARD, **more).contact_ids


def stated(lake: DeltaStore) -> list[tuple[Any, ...]]:
    voc = lake.read("voc").sort("contact_id", "first_no", "text")
    return voc.select("contact_id", "role", "text", "kind", "counts").rows()


def test_what_the_customers_say(stores: tuple[DeltaStore, DeltaStore]) -> None:
    accounts = mine(stores, EVERYONE)
    lake = stores[0]
    assert stated(lake) == [
        ("call", "customer", "昨日からアプリが開かなくて困っています", "complaint", True),
        ("call", "customer", "ご視聴ありがとうございました", "other", False),
        ("call", "customer", "アプリが開かない", "complaint", True),
        ("checkin", "customer", "検索があると助かる", "request", True),
        ("form", "customer", "商品が壊れていました。", "complaint", True),
        ("form", "customer", "返品したいです。", "request", True),
        ("mono", "unknown", "請求書が届きません", "complaint", True),
        ("survey", "customer", "手作業で集計しています", "complaint", True),
    ]
    outcomes = lake.read("outcomes").sort("contact_id")
    assert outcomes["contact_id"].to_list() == EVERYONE
    assert dict(outcomes.select("contact_id", "outcome").rows())["call"] == "satisfied"
    text, voice = accounts
    assert (text.inputs, text.produced, dict(text.dropped)) == (6, 5, {"no_words": 1})
    assert voice.inputs == lake.read("utterances").height
    assert voice.balanced


def test_channels_are_interleaved_by_time(stores: tuple[DeltaStore, DeltaStore]) -> None:
    mine(stores, ["call"])
    spoken = stores[0].read("utterances").filter(pl.col("part") == "audio").sort("no")
    assert spoken["role"].to_list() == ["agent", "customer", "customer", "agent", "customer"]
    assert spoken["start_s"].is_sorted()


def test_only_what_changed_is_pending(stores: tuple[DeltaStore, DeltaStore]) -> None:
    lake, vault = stores
    assert pending(lake) == EVERYONE
    mine(stores, EVERYONE[:3])
    assert pending(lake) == EVERYONE[3:]
    mine(stores, EVERYONE[3:])
    assert pending(lake) == []
    assert pending(lake, full=True) == EVERYONE
    assert pending(lake, "other rules") == EVERYONE
    settled = settled_contacts(lake, pending_contacts(lake, KEY, HEARD))
    assert (settled.inputs, settled.unchanged) == (6, 6)
    lake.replace("contacts", contacts(contact("form", content_key="new")), scope=pl.DataFrame({"contact_id": ["form"]}))
    vault.replace(
        "documents",
        pl.DataFrame([document("form", "body", "返金してください。")]),
        scope=pl.DataFrame({"contact_id": ["form"]}),
    )
    assert pending(lake) == ["form"]
    mine(stores, ["form"])
    assert [text for who, _, text, *_ in stated(lake) if who == "form"] == ["返金してください。"]


def test_a_new_transcript_makes_its_contact_pending(stores: tuple[DeltaStore, DeltaStore]) -> None:
    lake, vault = stores
    mine(stores, EVERYONE)
    assert pending_contacts(lake, KEY, "transcriber-2").contact_ids == [], (
        "what another transcriber has heard counts until then"
    )
    row = {"audio_sha256": "a2", "transcriber_id": "transcriber-2", "channels": 1, "n_utterances": 1, "n_flagged": 0}
    lake.append_new("transcriptions", pl.DataFrame([row | {"duration_s": 9.0, "speech_s": 6.0, "turn": 2}]))
    better = heard("a2", 0, 0, 0.0, "領収書が届きません") | {"transcriber_id": "transcriber-2"}
    vault.append_new("transcripts", pl.DataFrame([better], schema_overrides=vault.tables["transcripts"].schema))
    assert pending_contacts(lake, KEY, "transcriber-2").contact_ids == ["mono"]
    mine_step(lake, vault, ["mono"], TextEngines(TOKENIZER, TEXT, VOICE), "transcriber-2")
    assert [text for who, _, text, *_ in stated(lake) if who == "mono"] == ["領収書が届きません"]
    assert pending_contacts(lake, KEY, "transcriber-2").contact_ids == []
    assert pending_contacts(lake, KEY, HEARD).contact_ids == ["mono"], "going back is a change, too"


def test_a_recording_heard_again_with_other_words_makes_its_contact_pending(
    stores: tuple[DeltaStore, DeltaStore],
) -> None:
    lake, _ = stores
    mine(stores, EVERYONE)
    told = lake.read("transcriptions").with_columns(
        glossary=pl.when(pl.col("audio_sha256") == "a1").then(pl.lit("told")), turn=pl.lit(1, pl.Int32)
    )
    lake.replace("transcriptions", told, scope=told.select("audio_sha256", "transcriber_id"))
    assert pending(lake) == ["call"]


def test_contacts_that_are_gone_lose_their_rows(stores: tuple[DeltaStore, DeltaStore]) -> None:
    mine(stores, EVERYONE)
    lake, _ = stores
    lake.replace("contacts", lake.read("contacts").head(0), scope=pl.DataFrame({"contact_id": ["form"]}))
    assert pending(lake) == ["form"]
    mine(stores, ["form"])
    for table in ("utterances", "voc", "outcomes"):
        assert lake.read(table).filter(pl.col("contact_id") == "form").is_empty()
    assert pending(lake) == []


def test_mining_again_writes_nothing(stores: tuple[DeltaStore, DeltaStore]) -> None:
    mine(stores, EVERYONE)
    before = stores[0].versions()
    mine(stores, EVERYONE)
    assert stores[0].versions() == before


def test_batches_give_what_one_batch_gives(stores: tuple[DeltaStore, DeltaStore], tmp_path: Path) -> None:
    mine(stores, EVERYONE)
    lake, _ = stores
    whole = {table: lake.read(table).sort(lake.tables[table].key) for table in ("utterances", "voc", "outcomes")}
    for table in whole:
        lake.replace(table, lake.tables[table].empty(), scope=pl.DataFrame({"contact_id": EVERYONE}))
    for one in reversed(EVERYONE):
        mine(stores, [one])
    for table, frame in whole.items():
        assert lake.read(table).sort(lake.tables[table].key).equals(frame)


def test_a_run_killed_before_its_mark_is_repeated(
    stores: tuple[DeltaStore, DeltaStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, _ = stores
    replace = lake.replace

    def killed(name: str, frame: pl.DataFrame, *, scope: pl.DataFrame) -> int:
        if name == "outcomes":
            raise KeyboardInterrupt
        return replace(name, frame, scope=scope)

    monkeypatch.setattr(lake, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        mine(stores, EVERYONE)
    monkeypatch.undo()
    assert pending(lake) == EVERYONE
    voc = lake.version("voc")
    mine(stores, EVERYONE)
    assert (lake.version("voc"), pending(lake)) == (voc, [])


@pytest.mark.parametrize("table", ["utterances", "voc", "outcomes"])
def test_words_that_change_while_they_are_worked_on(stores: tuple[DeltaStore, DeltaStore], table: str) -> None:
    lake, vault = stores
    changed = contacts({**contact("form"), "content_key": "later"})

    def other() -> None:
        words = pl.DataFrame([document("form", "body", "やはり解約したいです。")])
        vault.replace("documents", words, scope=changed.select("contact_id"))
        lake.replace("contacts", changed, scope=changed.select("contact_id"))
        mine((lake, vault), ["form"])

    mine((Meanwhile(lake, table, other), vault), EVERYONE)
    assert [row[2] for row in stated(lake) if row[0] == "form"] == ["やはり解約したいです。"]
    assert lake.read("utterances").filter(pl.col("contact_id") == "form").height == 1
    assert pending(lake) == []


def test_how_calls_went_is_stored_with_their_words(stores: tuple[DeltaStore, DeltaStore]) -> None:
    lake = stores[0]
    mine(stores, EVERYONE)
    went = lake.read("anatomy").sort("contact_id")
    figures = ("contact_id", "channels", "agent_talk_s", "customer_talk_s", "unknown_talk_s")
    assert went.select(figures).rows() == [("call", 2, 3.0, 3.0, 0.0), ("mono", 1, None, None, 3.0)]
    version = lake.version("anatomy")
    mine(stores, EVERYONE)
    assert lake.version("anatomy") == version
    lake.replace("contacts", lake.tables["contacts"].empty(), scope=pl.DataFrame({"contact_id": ["mono"]}))
    mine(stores, ["mono"])
    assert lake.read("anatomy")["contact_id"].to_list() == ["call"]


def test_why_somebody_is_the_agent_is_stored(stores: tuple[DeltaStore, DeltaStore]) -> None:
    lake = stores[0]
    mine(stores, EVERYONE)
    why = lake.read("call_roles").sort("contact_id").select("contact_id", "decided_by", "agent", "score", "evidence")
    assert why.rows() == [("call", "log", 0, None, None), ("mono", None, None, None, None)]


def test_words_of_the_glossary_are_put_right_in_what_was_said_and_nowhere_else(
    stores: tuple[DeltaStore, DeltaStore],
) -> None:
    lake, vault = stores
    said = [heard("a2", 0, 0, 0.0, "製給所が届きません")]
    vault.replace(
        "transcripts",
        pl.DataFrame(said, schema_overrides=vault.tables["transcripts"].schema),
        scope=pl.DataFrame({"audio_sha256": ["a2"]}),
    )
    vault.replace(
        "documents",
        pl.DataFrame([document("survey", "answer", "製給所が見つかりません")]),
        scope=pl.DataFrame({"contact_id": ["survey"]}),
    )
    mine(stores, EVERYONE)
    assert pending(lake) == []
    told = TextRules(glossary=Glossary((GlossaryTerm("請求書"),)))
    assert pending(lake, rules_key(TOKENIZER, told, VOICE)) == EVERYONE, "another glossary: mined again"
    mine_step(lake, vault, EVERYONE, TextEngines(TOKENIZER, told, VOICE), HEARD)
    rows = lake.read("utterances").filter(pl.col("contact_id").is_in(["mono", "survey"])).sort("contact_id")
    assert rows.select("contact_id", "text").rows() == [
        ("mono", "請求書が届きません"),
        ("survey", "製給所が見つかりません"),
    ]
    assert rows["corrections"].to_list() == [
        [{"start": 0, "end": 3, "original": "製給所", "term": "請求書", "kind": "reading", "score": 1.0}],
        [],
    ]
    assert rows["start_s"].to_list() == [0.0, None]
    mine(stores, EVERYONE)
    assert lake.read("utterances").filter(pl.col("contact_id") == "mono")["text"].to_list() == ["製給所が届きません"]
