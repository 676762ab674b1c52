"""The store writes only what differs, and nothing that breaks a contract."""

from __future__ import annotations

import stat
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest

from voc_mining.contracts import LAKE_TABLES
from voc_mining.errors import ContractBroken, UserError
from voc_mining.store.delta import DeltaStore, open_lake, open_vault


def utterance(contact: str, no: int, text: str, month: str = "2026-04") -> dict[str, object]:
    return {
        "contact_id": contact,
        "no": no,
        "part": "body",
        "role": "customer",
        "text": text,
        "tokens": [{"surface": "請求", "lemma": "請求", "pos": "名詞-普通名詞", "reading": "セイキュウ"}],
        "flags": [],
        "masked_spans": [{"start": 0, "end": 2, "type": "phone"}],
        "month": month,
    }


@pytest.fixture
def lake(tmp_path: Path) -> DeltaStore:
    return open_lake(str(tmp_path / "lake"))


def utterances(lake: DeltaStore) -> list[tuple[object, ...]]:
    return lake.read("utterances", ["contact_id", "no", "text", "month"]).sort("contact_id", "no").rows()


@pytest.fixture
def two_months() -> pl.DataFrame:
    return pl.DataFrame(
        [
            utterance("a", 0, "請求書が届かない"),
            utterance("a", 1, "再送してほしい"),
            utterance("b", 0, "助かった", "2026-05"),
        ]
    )


def test_a_table_never_written_is_empty_and_keeps_its_schema(lake):
    assert lake.version("contacts") is None
    assert lake.read("contacts").schema == lake.tables["contacts"].schema


def test_unknown_table_is_named(lake):
    with pytest.raises(KeyError, match="no table 'contact'"):
        lake.scan("contact")


def test_the_same_rows_again_make_no_version(lake, two_months):
    scope = two_months.select("contact_id")
    assert lake.replace("utterances", two_months, scope=scope) == 3
    assert lake.replace("utterances", two_months.reverse(), scope=scope) == 0
    assert lake.version("utterances") == 1  # made, then written once


def test_children_of_a_changed_parent_are_replaced_and_others_kept(lake, two_months):
    lake.replace("utterances", two_months, scope=two_months.select("contact_id"))
    after = pl.DataFrame([utterance("a", 0, "請求書が届かなかった")])
    assert lake.replace("utterances", after, scope=after.select("contact_id")) == 3
    stored = lake.read("utterances").sort("contact_id", "no")
    assert stored["text"].to_list() == ["請求書が届かなかった", "助かった"]


def test_a_row_that_moves_to_another_month_leaves_none_behind(lake, two_months):
    lake.replace("utterances", two_months, scope=two_months.select("contact_id"))
    moved = pl.DataFrame([utterance("b", 0, "助かった", "2026-06")])
    lake.replace("utterances", moved, scope=moved.select("contact_id"))
    assert lake.read("utterances").filter(pl.col("contact_id") == "b")["month"].to_list() == ["2026-06"]


def test_replacing_with_nothing_removes(lake, two_months):
    lake.replace("utterances", two_months, scope=two_months.select("contact_id"))
    lake.replace("utterances", two_months.clear(), scope=pl.DataFrame({"contact_id": ["b"]}))
    assert lake.read("utterances")["contact_id"].unique().to_list() == ["a"]


def test_matching_rows_are_found_in_whatever_month_they_are(lake, two_months):
    lake.append_new("utterances", two_months)
    wanted = pl.DataFrame({"contact_id": ["b", "unknown"]})
    assert lake.scan_matching("utterances", wanted).collect()["text"].to_list() == ["助かった"]
    assert lake.scan_matching("utterances", wanted.tail(1)).collect().is_empty()


def test_nulls_match_nulls(lake, two_months):
    lake.append_new("utterances", two_months)
    keys = pl.DataFrame({"contact_id": ["a"], "channel": [None]}, schema_overrides={"channel": pl.Int8})
    assert lake.scan_matching("utterances", keys).collect().height == 2


def test_append_new_takes_only_absent_keys(lake):
    vectors = pl.DataFrame({"text_hash": ["a", "b"], "model_id": "m", "vector": [[0.6, 0.8], [1.0, 0.0]]})
    assert lake.append_new("vectors", vectors.head(1)) == 1
    assert lake.append_new("vectors", vectors) == 1
    assert lake.append_new("vectors", vectors) == 0
    assert lake.versions() == {"vectors": 2}


def test_replace_all_writes_only_a_difference(lake):
    segments = pl.DataFrame({"contact_id": ["a"], "origin": "reactive", "origin_rule": "form", "silence": "quiet"})
    assert lake.replace_all("segments", segments) == 1
    assert lake.replace_all("segments", segments) == 0
    assert lake.replace_all("segments", segments.with_columns(silence=pl.lit("vocal"))) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"role": "shop"}, "not among"),
        ({"contact_id": None}, "null cells"),
        ({"colour": "red"}, "unknown columns"),
    ],
)
def test_a_broken_contract_writes_nothing(lake, change, message):
    with pytest.raises(ContractBroken, match=message):
        lake.append_new("utterances", pl.DataFrame([utterance("a", 0, "はい") | change]))
    assert lake.versions() == {}


def test_a_key_given_twice_breaks_the_contract(lake):
    with pytest.raises(ContractBroken, match="not unique"):
        lake.append_new("utterances", pl.DataFrame([utterance("a", 0, "はい"), utterance("a", 0, "いいえ")]))


def test_the_vault_is_for_its_owner_only(tmp_path):
    open_vault(str(tmp_path / "vault"))
    assert stat.S_IMODE((tmp_path / "vault").stat().st_mode) == 0o700


def append_vectors(uri: str, writer: int) -> None:
    store = open_lake(uri)
    for n in range(5):
        hashes = [f"shared-{n}", f"{writer}-{n}"]
        store.append_new("vectors", pl.DataFrame({"text_hash": hashes, "model_id": "m", "vector": [[1.0], [1.0]]}))


def test_writers_at_once_lose_nothing_and_double_nothing(tmp_path):
    uri = str(tmp_path / "lake")
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        list(pool.map(append_vectors, [uri] * 3, range(3)))
    stored = open_lake(uri).read("vectors")["text_hash"].sort().to_list()
    assert stored == sorted([f"shared-{n}" for n in range(5)] + [f"{w}-{n}" for w in range(3) for n in range(5)])


def test_a_table_of_an_older_version_gets_its_later_columns(tmp_path, two_months):
    uri = str(tmp_path / "lake")
    now = LAKE_TABLES["utterances"]
    before = replace(now, columns=tuple(column for column in now.columns if column.name != "confidence"))
    DeltaStore(uri, {"utterances": before}).append_new("utterances", two_months)
    lake = open_lake(uri)
    assert lake.read("utterances")["confidence"].to_list() == [None] * 3
    lake.append_new("utterances", pl.DataFrame([utterance("c", 0, "はい") | {"confidence": 0.5}]))
    assert lake.read("utterances")["confidence"].drop_nulls().to_list() == [0.5]


def test_a_table_that_lacks_what_is_required_is_refused(tmp_path):
    uri = str(tmp_path / "lake")
    now = LAKE_TABLES["vectors"]
    before = replace(now, columns=now.columns[:2])
    DeltaStore(uri, {"vectors": before}).append_new("vectors", pl.DataFrame({"text_hash": ["a"], "model_id": ["m"]}))
    with pytest.raises(UserError, match="another version"):
        open_lake(uri).read("vectors")


def test_differences_are_what_came_and_went_since_a_version(lake, two_months):
    columns = ["contact_id", "no", "text", "month", "confidence"]
    scope = two_months.select("contact_id")
    assert lake.differences("utterances", 0, columns).came.is_empty()
    lake.replace("utterances", two_months, scope=scope)
    (then,) = lake.seen("utterances")
    after = two_months.with_columns(text=pl.when(pl.col("no") == 1).then(pl.lit("至急")).otherwise("text"))
    lake.replace("utterances", after, scope=scope)
    lake.append_new("utterances", pl.DataFrame([utterance("c", 0, "はい", "2026-06")]))
    found = lake.differences("utterances", then, columns)
    assert found.came.sort("contact_id").rows() == [
        ("a", 1, "至急", "2026-04", None),
        ("c", 0, "はい", "2026-06", None),
    ]
    assert found.gone.rows() == [("a", 1, "再送してほしい", "2026-04", None)]
    assert lake.differences("utterances", 0, columns).came.height == 4
    assert lake.differences("utterances", 99, columns) is None


def test_a_basis_is_kept_with_the_commit_it_belongs_to(lake, two_months):
    scope = two_months.select("contact_id")
    assert lake.basis("utterances", ["contacts"]) is None
    lake.replace("utterances", two_months, scope=scope, basis={"contacts": 7})
    lake.replace("utterances", two_months, scope=scope, basis={"contacts": 8})  # nothing to write
    lake.append_new("utterances", pl.DataFrame([utterance("c", 0, "はい")]))
    assert lake.basis("utterances", ["contacts"]) == {"contacts": 7}
    assert lake.basis("utterances", ["contacts", "rules"]) is None
    lake.replace("utterances", two_months.head(1), scope=scope, basis={"contacts": 9})
    assert lake.basis("utterances", ["contacts"]) == {"contacts": 9}


def test_a_basis_is_noted_without_rows_where_nothing_was_written_meanwhile(lake, two_months):
    assert not lake.note("utterances", {"contacts": 7}, seen=0)
    lake.append_new("utterances", two_months)
    before, (seen,) = utterances(lake), lake.seen("utterances")
    assert lake.note("utterances", {"contacts": 7}, seen=seen)
    assert lake.basis("utterances", ["contacts", "utterances"]) == {"contacts": 7, "utterances": seen + 1}
    assert lake.seen("utterances") == (seen + 1,)
    assert not lake.note("utterances", {"contacts": 8}, seen=seen)
    assert lake.basis("utterances", ["contacts"]) == {"contacts": 7}
    assert utterances(lake) == before


def test_of_two_notes_at_once_one_counts(lake, two_months, monkeypatch):
    lake.append_new("utterances", two_months)
    (seen,) = lake.seen("utterances")
    snapshot = lake._open("utterances")
    assert lake.note("utterances", {"contacts": 7}, seen=seen)
    monkeypatch.setattr(type(lake), "_open", lambda *_: snapshot)
    assert not lake.note("utterances", {"contacts": 8}, seen=seen)


def test_rows_are_counted(lake, two_months):
    assert lake.count("utterances") == 0
    lake.append_new("utterances", two_months)
    lake.append_new("utterances", pl.DataFrame([utterance("c", 0, "はい")]))
    assert lake.count("utterances") == two_months.height + 1


def test_many_small_files_are_joined_and_their_words_stay_out_of_the_log(lake, two_months, tmp_path):
    lake.append_new("utterances", two_months)
    for no in range(4):
        lake.append_new("utterances", pl.DataFrame([utterance("c", no, "秘密の言葉")]))
    before, (version,) = utterances(lake), lake.seen("utterances")
    lake.compact(small_files=5)
    assert lake.seen("utterances") == (version,)
    lake.compact(small_files=4)
    months = {path.rsplit("/", 2)[1] for path in lake._open("utterances").file_uris()}
    assert (utterances(lake), lake.seen("utterances")) == (before, (version + 1,))
    assert len(lake._open("utterances").file_uris()) == len(months) == 2
    lake.compact(small_files=1)
    assert lake.seen("utterances") == (version + 1,)
    assert lake.differences("utterances", version, ["contact_id", "no", "text"]).came.is_empty()
    for log in tmp_path.rglob("_delta_log/*.json"):
        assert "秘密" not in log.read_text("utf-8")


def test_a_log_is_read_from_a_checkpoint_on(lake, tmp_path):
    for no in range(21):
        lake.append_new("utterances", pl.DataFrame([utterance("c", no, "はい")]))
    assert list(tmp_path.rglob("*.checkpoint.parquet"))
