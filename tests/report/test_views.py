"""Views count what the frames hold and keep the two sides apart."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from voc_mining.report.views.contrast import contrast
from voc_mining.report.views.critical import critical
from voc_mining.report.views.examples import EXAMPLES_SHOWN, chosen_examples
from voc_mining.report.views.highlights import Highlighter
from voc_mining.report.views.kpi import kpi
from voc_mining.report.views.overview import overview
from voc_mining.report.views.pareto import pareto
from voc_mining.report.views.proactive import proactive
from voc_mining.report.views.run import run_view
from voc_mining.report.views.silent import silent
from voc_mining.report.views.topic import topic_views
from voc_mining.report.views.topics import in_groups, rising, topic_list
from voc_mining.report.views.values import Share
from voc_mining.report.views.weeks import weeks_until


def test_overview_counts_each_origin_over_its_own(frames):
    seen = overview(frames)
    reactive, proactive_card, *_ = seen.cards
    assert reactive.contacts == Share(2, 2)
    assert reactive.statements == Share(1, 2)
    assert reactive.without_topic == Share(0, 1)
    assert proactive_card.customers == 1
    assert seen.silence == {"quiet": Share(3, 4), "undetermined": Share(1, 4)}
    assert seen.undetermined == {"history_too_short": 1}


def test_a_share_of_nothing_is_none():
    assert Share(0, 0).share is None


def test_rows_of_views_cannot_be_changed(frames, as_of):
    (line,) = topic_list(frames, as_of)
    with pytest.raises(TypeError):
        line.row["label"] = "別の名前"


def test_topics_tell_what_they_did_lately(frames, as_of):
    (line,) = topic_list(frames, as_of)
    assert (line.side, line.recent, line.before) == ("both", 1, 0)
    assert line.spark.counts == {"reactive": (0,) * 25 + (1,)}
    assert rising((line,)) == (line,)


def test_a_topic_shows_trend_sides_terms_and_examples(frames, as_of):
    (view,) = topic_views(frames, as_of)
    assert view.trend.weeks == (date(2026, 10, 26),)
    assert view.trend.cut_week
    assert view.sides[0].statements == Share(1, 1)
    assert view.reach["side"] == "both"
    assert [said.voc_id for said in view.examples] == ["v1"]
    assert [(name.name, name.source, name.score) for name in view.names] == [
        ("<b>メールが届かない", "clause", 1.25),
        ("メール・届かない", "pair", None),
    ]
    assert ("届かな", "evidence keyword") in {(piece.text, piece.mark) for piece in view.examples[0].pieces}


def test_weeks_are_monday_to_sunday_without_a_gap():
    weeks = weeks_until(date(2026, 10, 18), date(2026, 10, 31))
    assert weeks == (date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 26))
    assert weeks_until(None, date(2026, 10, 31)) == ()


def test_a_statement_late_in_the_evening_belongs_to_the_day_in_tokyo(frames, as_of):
    sunday_night_in_utc = datetime(2026, 10, 25, 15, 30, tzinfo=UTC)
    late = frames | {"voc": frames["voc"].with_columns(pl.lit(sunday_night_in_utc).alias("occurred_at"))}
    (view,) = topic_views(late, as_of)
    assert view.trend.weeks == (date(2026, 10, 26),)


def test_examples_give_both_sides_their_turn(frames):
    one = frames["voc"].filter(pl.col("voc_id") == "v1")
    many = pl.concat(
        [
            one.with_columns(
                pl.lit(f"{origin}{n:03}").alias("voc_id"), pl.lit(f"{origin}の例{n}").alias("text"), pl.lit(origin).alias("origin")
            )
            for origin, times in (("reactive", 200), ("proactive", 5))
            for n in range(times)
        ]
    )  # fmt: skip
    topics = frames["topics"].with_columns(pl.lit("reactive123").alias("example_1_voc_id"))
    chosen = chosen_examples(many, topics)
    assert chosen.height == EXAMPLES_SHOWN
    assert chosen["origin"].value_counts().sort("origin").rows() == [("proactive", 5), ("reactive", 45)]
    assert chosen["voc_id"][0] == "reactive123"


def test_the_same_words_are_one_example(frames):
    twice = pl.concat([frames["voc"], frames["voc"].with_columns(pl.col("voc_id") + "x")])
    assert chosen_examples(twice, frames["topics"]).height == 2


@pytest.mark.parametrize(
    ("text", "keywords", "evidence", "marked"),
    [
        ("アプリが起動しなくなった", ["アプリ", "起動しない"], None, [("アプリ", "keyword"), ("起動しな", "keyword")]),
        ("メールが届きません", ["届かない"], None, []),
        ("excelに写す", ["Excel"], None, [("excel", "keyword")]),
        ("返金してください", ["返金"], "てください", [("返金", "keyword"), ("てください", "evidence")]),
        (
            "返金してください",
            ["返金"],
            "返金してください",
            [("返金", "evidence keyword"), ("してください", "evidence")],
        ),
        ("何もない", [], "別の言葉", []),
        ("", ["語"], "語", []),
    ],
)
def test_highlights(text, keywords, evidence, marked):
    pieces = Highlighter(keywords).pieces(text, evidence)
    assert "".join(piece.text for piece in pieces) == text
    assert [(piece.text, piece.mark) for piece in pieces if piece.mark] == marked


def test_contrast_puts_what_only_the_quiet_say_first(frames):
    view = contrast(frames)
    assert [row["topic_id"] for row in view.rows] == ["T2", "T1"]
    assert [row["topic_id"] for row in view.insufficient] == ["T9"]
    assert dict(view.counts) == {"quiet": 1, "both": 1, "inquirer": 0}
    assert [row["topic_id"] for row in view.of_side("quiet")] == ["T2"]
    assert view.evened == ("plan",)


def test_a_hidden_need_is_told_with_what_the_quiet_said(frames):
    (need,) = contrast(frames).hidden
    assert [said.voc_id for said in need.said] == ["v2"]


def test_statements_in_no_share_are_counted(frames):
    known = contrast(frames)
    nobody = frames["voc"].with_columns(pl.lit(None, pl.String).alias("customer_id"))
    statements = dict(frames["voc"].group_by("origin").len().iter_rows())
    assert dict(contrast(frames | {"voc": nobody}).nobody)["proactive"] == statements["proactive"]
    assert dict(known.nobody)["proactive"] < statements["proactive"]


def test_words_of_a_side_are_those_that_are_surely_more(frames):
    words = contrast(frames).words
    assert words.compared
    assert ([row["term"] for row in words.quiet], [row["term"] for row in words.inquirer]) == (
        ["Excel→<写す>"],
        ["届かない"],
    )


def test_proactive_classes_are_over_those_heard(frames):
    (need,) = proactive(frames)
    assert (need.name, need.customers, need.quiet, need.n_unprompted) == ("unmet_need", Share(1, 1), Share(1, 1), 1)


def test_quiet_since_is_told_apart_from_the_start_of_the_records(frames):
    first, second = silent(frames).customers
    assert (first.row["customer_id"], first.inquired) == ("K-2", True)  # 2026-01-10 in Tokyo
    assert (second.row["customer_id"], second.inquired) == ("K-3", False)
    assert [said.voc_id for said in first.told] == ["v2"]


def test_who_must_not_be_contacted_comes_last_and_is_never_put_forward(frames):
    barred = pl.col("customer_id") == "K-2"
    view = silent(frames | {"silent_customers": frames["silent_customers"].with_columns(do_not_contact=barred)})
    assert [customer.row["customer_id"] for customer in view.customers] == ["K-3", "K-2"]
    assert [customer.row["customer_id"] for customer in view.contactable] == ["K-3"]


def test_a_run_is_told_in_the_order_of_the_work(frames):
    manifest = {
        "timings": {"embed": 2.0, "ingest": 1.0, "own": 9.0, "mine": 3.0},
        "models": {"embedder": "m", "transcriber": "w"},
    }
    view = run_view({"manifest": manifest}, frames)
    assert [name for name, _ in view.timings] == ["ingest", "mine", "embed", "own"]
    assert [name for name, _ in view.models] == ["transcriber", "embedder"]


@pytest.mark.parametrize(
    ("day", "open_month", "cut_week"),
    [
        (date(2026, 10, 31), None, True),
        (date(2026, 11, 1), date(2026, 11, 1), False),
        (date(2026, 11, 4), date(2026, 11, 1), True),
    ],
)
def test_months_and_weeks_that_go_on_are_known(frames, day, open_month, cut_week):
    view = kpi(frames, day)
    assert (view.open_month, view.cut_week) == (open_month, cut_week)


def test_inquiries_without_a_reason_are_apart(frames):
    view = pareto(frames)
    assert view.with_reason == Share(10, 15)
    assert (len(view.rows), view.few, view.few_share) == (2, 2, Share(10, 10))


def test_kpis_are_made_from_sums(frames, as_of):
    total = kpi(frames, as_of).total
    assert (total["offered"], total["answered"], total["answer_rate"]) == (12, 10, 10 / 12)
    assert total["aht_s"] == 190.0
    assert (total["fcr_n"], total["fcr_of"], total["in_time"]) == (2, 2, 12)


def test_critical_voices_stand_by_family_and_contact(frames):
    seen = critical(frames)
    assert [(family.name, family.n_statements) for family in seen.families] == [("leak", 1), ("threat", 1)]
    assert (seen.contacts, seen.harassed) == (Share(2, 2), Share(1, 2))
    (row,) = seen.harassment
    assert (row["harassment"], row["emotion_middle"], row["start_s"]) == (["abuse", "threat"], None, 72.4)
    assert [piece.text for piece in seen.families[1].newest[0].pieces if piece.mark] == ["覚えておけ"]


def test_topics_come_together_in_coarser_layers_and_customers_count_once(frames, as_of):
    both = pl.concat([frames["topics"], frames["topics"].with_columns(pl.lit("T2").alias("topic_id"))])
    again = frames["voc"].with_columns(pl.lit("T2").alias("topic_id"), (pl.col("voc_id") + "b").alias("voc_id"))
    seen = {
        **frames,
        "topics": both,
        "voc": pl.concat([frames["voc"].with_columns(pl.lit("T1").alias("topic_id")), again]),
    }
    (group,) = in_groups(seen, topic_list(seen, as_of), "coarse")
    assert (group.label, len(group.topics), group.n_voc) == ("使い始め", 2, 2)
    assert group.n_customers == frames["voc"]["customer_id"].drop_nulls().n_unique()
