"""`voc mine`, as it is typed."""

from __future__ import annotations

import csv
import json
from itertools import product
from pathlib import Path

import pytest

from pipelines import engines
from tests.embed.hashing_embedder import HashingEmbedder

BOM = b"\xef\xbb\xbf"


MATTERS = ("駐車場が狭い", "料金が高い", "店員の説明が分かりにくい", "商品が届かない")
FORMS = ("{}です", "とにかく{}と思います", "前から{}です", "{}ので困ります", "やはり{}と感じました", "{}のが残念です", "今回も{}です",
         "正直{}です", "{}と家族も言います", "{}ままです", "いつも{}です", "少し{}ようです")  # fmt: skip


@pytest.fixture
def texts(tmp_path, monkeypatch) -> Path:
    """A table of texts about known matters, the first of them in one group alone, encoded as Excel saves it."""
    monkeypatch.setattr(engines, "embedder", lambda _settings: HashingEmbedder())
    monkeypatch.setattr(engines, "classifier", lambda _settings: None)
    lines = [("番号", "ご意見", "店舗")]
    for number, (matter, form) in enumerate(product(MATTERS, FORMS)):
        lines.append((f"A{number}", form.format(matter), "東京" if matter == MATTERS[0] or number % 2 else "大阪"))
    path = tmp_path / "声.csv"
    with path.open("w", encoding="cp932", newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_a_table_becomes_topics_groups_and_a_page(texts, tmp_path, voc):
    out = tmp_path / "out"
    code, told, _ = voc(
        "mine", texts, "--text", "ご意見", "--id", "番号", "--group", "店舗", "--out", out, "--lang", "ja"
    )
    assert code == 0
    assert "トピック" in told
    said = rows(out / "voc.csv")
    assert [row["source_id"] for row in said][:3] == ["A0", "A1", "A2"]
    assert {row["source"] for row in said} == {"file"}
    assert {row["origin"] for row in said} == {"unknown"}
    assert (out / "voc.csv").read_bytes().startswith(BOM)
    assert {row["topic_id"] for row in said if row["topic_id"]} == {row["topic_id"] for row in rows(out / "topics.csv")}
    assert {row["group"] for row in rows(out / "topic_groups.csv")} == {"東京", "大阪"}
    assert rows(out / "keyness.csv")
    assert "店舗" in (out / "report" / "index.html").read_text("utf-8")
    assert sorted(path.name for path in out.glob("*.csv")) == [
        "keyness.csv", "rejects.csv", "topic_groups.csv", "topics.csv", "voc.csv",
    ]  # fmt: skip


def test_the_same_table_gives_the_same_files(texts, tmp_path, voc):
    for name in ("one", "two"):
        assert voc("mine", texts, "--text", "ご意見", "--out", tmp_path / name)[0] == 0
    for file in ("voc.csv", "topics.csv", "report/index.html"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_rejected_rows_are_named_and_the_rest_goes_on(texts, tmp_path, voc):
    with texts.open("a", encoding="cp932", newline="") as file:
        file.write(",番号のない行です,東京\r\n")
    code, told, _ = voc("mine", texts, "--text", "ご意見", "--id", "番号", "--out", tmp_path / "out", "--json")
    assert code == 3
    assert json.loads(told)["rejects"] == 1
    assert [row["reason"] for row in rows(tmp_path / "out" / "rejects.csv")] == ["missing_value"]


def test_few_texts_have_statements_and_no_topic(tmp_path, voc, texts):
    few = tmp_path / "few.csv"
    few.write_text("意見\n駐車場が狭くて困りました\n", "utf-8")
    code, _, _ = voc("mine", few, "--text", "意見", "--out", tmp_path / "out", "--lang", "ja")
    assert code == 0
    assert [row["topic_id"] for row in rows(tmp_path / "out" / "voc.csv")] == [""]
    assert "30件" in (tmp_path / "out" / "report" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "column", "told"),
    [
        ("意見\n\n", "意見", "文章がありません"),
        ("意見\nあ\n", "感想", "という列がありません"),
        ("", "意見", "表として読めません"),
    ],
)
def test_what_cannot_be_mined_says_what_to_do(tmp_path, voc, content, column, told):
    path = tmp_path / "x.csv"
    path.write_text(content, "utf-8")
    code, _, err = voc("mine", path, "--text", column, "--out", tmp_path / "out", "--lang", "ja")
    assert code == 1
    assert told in err
    assert not (tmp_path / "out").exists()


def test_nothing_of_the_texts_stays_behind(texts, tmp_path, voc, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert voc("mine", texts, "--text", "ご意見", "--out", tmp_path / "out")[0] == 0
    assert list(scratch.iterdir()) == []


def test_codes_are_told_beside_the_topics(texts, tmp_path, voc):
    codes = tmp_path / "codes.csv"
    codes.write_text("name,rule,examples\n駐車場,駐車場,\n高い,料金 AND 「高い」,\nだめ,料金 AND,\n", "utf-8")
    out = tmp_path / "out"
    code, _, _ = voc("mine", texts, "--text", "ご意見", "--codes", codes, "--out", out, "--lang", "ja")
    assert code == 3
    assert [(row["file"], row["row"], row["reason"]) for row in rows(out / "rejects.csv")] == [
        ("codes.csv", "4", "rule_ends_early")
    ]
    assert [(row["name"], row["n_voc"]) for row in rows(out / "coding.csv")] == [("駐車場", "12"), ("高い", "12")]
    marked = {row["codes"]: row["code_evidence"] for row in rows(out / "voc.csv")}
    assert marked["駐車場"] == "駐車場: 駐車場"
    assert set(marked) == {"", "駐車場", "高い"}
    assert rows(out / "coding_topics.csv")
