from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.insight import worlds
from voc_mining.insight.facts import contact_facts, statement_facts
from voc_mining.insight.proactive import proactive_class, proactive_voc

CASES = pl.read_csv(
    Path(__file__).parent.parent / "cases/insight/proactive_classes.tsv", separator="\t", infer_schema=False
)


def classified(voc: list[dict], question: str | None = None, origin: str = "proactive") -> pl.DataFrame:
    contact = {"contact_id": "k", "started_at": datetime(2026, 9, 1, tzinfo=UTC), "question": question}
    known = contact_facts(
        worlds.rows("contacts", contact), worlds.rows("segments", {"contact_id": "k", "origin": origin}), worlds.PARAMS
    )
    told = statement_facts(worlds.rows("voc", *voc), known, worlds.assigned({}))
    return proactive_voc(told.with_columns(proactive_class().alias("class"), pl.lit(0.7).alias("class_score")))


def test_every_statement_gets_the_class_of_the_case_table():
    found = classified(
        [
            {"voc_id": f"{i:03}", "contact_id": "k", "first_no": i, "text": row["text"], "kind": row["kind"]}
            for i, row in enumerate(CASES.iter_rows(named=True))
        ]
    )
    wrong = CASES.with_columns(found["class"].alias("found")).filter(pl.col("found") != pl.col("class"))
    assert wrong.is_empty(), wrong.rows()
    assert found["evidence"].to_list() == CASES["text"].to_list()


@pytest.mark.parametrize(
    ("question", "prompted"),
    [
        (None, False),
        ("検索機能について教えてください", True),
        ("請求でお困りのことはありますか", True),
        ("何かお困りのことがあればお聞かせください", True),
        ("担当者の対応はいかがでしたか", True),
        ("ご自由にお書きください", False),
        ("その他ご意見・ご要望", False),
        ("その後いかがですか", False),
        ("ご購入後の確認です", False),
        ("満足している点は何ですか", False),
        ("ご購入のきっかけは", False),
    ],
)
def test_trouble_is_prompted_by_a_question_about_it(question, prompted):
    found = classified([{"voc_id": "v", "contact_id": "k", "text": "検索が遅い"}], question)
    assert found.select("class", "prompted").rows() == [("trouble", prompted)]


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("お困りのことはありますか", "特にありません", ("other", True)),
        ("お困りのことはありますか", "はい、あります", ("trouble", True)),
        ("解約のご予定はございますか", "いいえ、予定はありません", ("other", True)),
        ("乗り換えをお考えですか", "考えています", ("churn_signal", True)),
        ("その後いかがですか", "はい、あります", ("other", False)),
        (None, "考えています", ("other", False)),
    ],
)
def test_a_short_answer_has_its_meaning_from_the_question(question, text, expected):
    found = classified([{"voc_id": "v", "contact_id": "k", "text": text}], question)
    assert found.select("class", "prompted").rows() == [expected]


def test_in_a_call_the_agents_question_prompts_too():
    spoken = {"voc_id": "v", "contact_id": "k", "text": "検索が遅い", "question": "お困りのことはございますか"}
    assert classified([spoken])["prompted"].to_list() == [True]


def test_only_proactive_statements_are_listed():
    assert classified([{"voc_id": "v", "contact_id": "k", "text": "遅い"}], origin="reactive").is_empty()
