"""The page of codes."""

from __future__ import annotations

import polars as pl

from tests.report.conftest import rows
from voc_mining.insight.coding import CODED
from voc_mining.report.pages import render_report
from voc_mining.report.views.coding import codes

CODE = {"code_id": "C1", "name": "不達", "heading": "ログイン", "rule": "*メール→届かない", "n_voc": 1, "n_customers": 1,
        "n_reactive": 1, "n_proactive": 0, "n_quiet": 0, "words_not_said": []}  # fmt: skip


def test_codes_show_what_says_why(frames, as_of):
    voc = frames["voc"]
    compared = frames["contrast"].row(0, named=True)
    window = {name: compared[name] for name in ("window_from", "window_to")}
    sides = {
        name: value for name, value in compared.items() if name.split("_")[0] in {"reactive", "proactive", "quiet"}
    }
    sides = {name: value for name, value in sides.items() if name.split("_")[1] in {"customers", "heard", "reach"}}
    silent = CODE | {"code_id": "C2", "name": "ほか", "n_voc": 0, "words_not_said": ["とどかない"]}
    topic = frames["topics"].row(0, named=True)
    crossed = {"code_id": "C1", "name": "不達", "topic_id": topic["topic_id"], "label": topic["label"], "n": 1}
    first = voc.row(0, named=True)
    coded = frames | {
        "coding": rows("coding", CODE | window | sides, silent | window | sides),
        "coding_topics": rows("coding_topics", crossed | {"share_of_code": 1.0, "share_of_topic": 0.5}),
        "statement_codes": pl.DataFrame([(first["voc_id"], "C1", [first["text"][:3]])], schema=CODED, orient="row"),
    }
    one, other = codes(coded)
    assert (one.n_topics, len(one.examples), other.examples) == (1, 1, ())
    assert [piece.text for piece in one.examples[0].said.pieces if "keyword" in piece.mark]
    page = dict(render_report(coded, as_of=as_of))["coding.html"]
    assert "*メール→届かない" in page
    assert f"根拠: {first['text'][:3]}" in page
    assert "どの発言にもない語: とどかない" in page
    assert codes(frames) == ()
