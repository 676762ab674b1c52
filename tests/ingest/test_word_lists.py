"""A user's dictionary, synonyms and stop words: what their files say now, and which rows cannot hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.steps.wording import stored_dictionary, stored_stop_words, stored_wording
from tests.ingest.conftest import World
from voc_mining.contracts.wording import DictionaryWord, StopWords
from voc_mining.ingest.params import IngestParams


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def rejected(world: World) -> list[tuple[str, int, str]]:
    return world.lake.read("rejects").sort("file", "row").select("file", "row", "reason").rows()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_dictionary(world: World, encoding: str) -> None:
    rows = "らくらく明細,らくらくめいさい,製品名,\nつながるフォン,,,-500\n追客,,する名詞,\n"
    world.put("dictionary.csv", f"surface,reading,part_of_speech,cost\n{rows}".encode(encoding))
    world.ingest()
    assert stored_dictionary(world.lake).words == (
        DictionaryWord("らくらく明細", "らくらくめいさい", "固有名詞"),
        DictionaryWord("つながるフォン", cost=-500),
        DictionaryWord("追客", part_of_speech="サ変名詞"),
    )


def test_words_that_are_none_are_rejected(world: World) -> None:
    world.put("dictionary.csv", "surface,part_of_speech\nマイ ページ,\n走る,動詞\n,名詞\nマイページ,\n")
    account = world.ingest()["dictionary"]
    assert (account.produced, account.rejected) == (1, 3)
    assert rejected(world) == [
        ("dictionary.csv", 2, "no_word"),
        ("dictionary.csv", 3, "bad_value"),
        ("dictionary.csv", 4, "missing_value"),
    ]


def test_synonyms_of_one_term_add_up_and_chains_are_resolved(world: World) -> None:
    world.put(
        "synonyms.csv",
        "term,synonyms\nログイン,サインイン｜ログオン、ログイン\nサインイン,サイン・イン\nログイン,入室\n".encode(
            "cp932"
        ),
    )
    world.ingest()
    assert stored_wording(world.lake).synonyms == dict.fromkeys(
        ["サインイン", "ログオン", "サイン・イン", "入室"], "ログイン"
    )


def test_synonyms_that_contradict_each_other_are_rejected(world: World) -> None:
    world.put("synonyms.csv", "term,synonyms\nログイン,サインイン\nサインイン,ログイン\n入室,サインイン;入場\n")
    account = world.ingest()["synonyms"]
    assert (account.produced, account.rejected) == (1, 2)
    assert rejected(world) == [("synonyms.csv", 3, "synonym_circle"), ("synonyms.csv", 4, "synonym_of_two")]
    assert stored_wording(world.lake).synonyms == {"サインイン": "ログイン"}


def test_two_files_of_synonyms_may_not_contradict_either(world: World) -> None:
    world.put("synonyms.csv", "term,synonyms\nログイン,サインイン\n")
    world.put("synonyms_2.csv", "term,synonyms\nサインイン,ログイン\n")
    assert world.ingest()["synonyms"].rejected == 1
    assert rejected(world) == [("synonyms_2.csv", 2, "synonym_circle")]


def test_stop_words_are_added_and_taken_away(world: World) -> None:
    world.put("stop_words.csv", "word,action\n弊社サービス,\n全部,remove\n画面,追加\n")
    world.ingest()
    assert stored_stop_words(world.lake) == StopWords(frozenset({"弊社サービス", "画面"}), frozenset({"全部"}))
    assert stored_wording(world.lake).stop_words == {"弊社サービス", "画面"}


def test_a_row_that_is_deleted_is_gone_and_a_second_run_writes_nothing(world: World) -> None:
    world.put("synonyms.csv", "term,synonyms\nログイン,サインイン\n料金,代金\n")
    world.put("stop_words.csv", "word\n画面\n")
    world.put("dictionary.csv", "surface\n追客\n")
    world.ingest()
    world.put("synonyms.csv", "term,synonyms\n料金,代金\n")
    world.ingest()
    assert stored_wording(world.lake).synonyms == {"代金": "料金"}
    before = world.versions()
    world.ingest()
    world.ingest(IngestParams(full=True))
    assert world.versions() == before
