"""Every reason for a reject has words in both languages, and what is stored is told in either."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines.publish import told_rejects
from voc_mining.contracts import LAKE_TABLES
from voc_mining.faults import Fault, as_stored, in_words, os_error
from voc_mining.messages.catalogue import LANGUAGES, Messages, _sentences

ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = {
    ("voc_mining/faults.py", "in_words"),  # what was stored
    ("voc_mining/errors.py", "__init__"),  # the code that an error was raised with
    ("voc_mining/transcribe/guarded_decoder.py", "_told"),  # what the decoder's process raised
}


def made() -> Iterator[tuple[str, str, set[str]]]:
    """Place, code and names of values of every fault that is found; codes are literal, so that none is missed."""
    for path in sorted(path for top in ("voc_mining", "pipelines") for path in (ROOT / top).rglob("*.py")):
        here = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text("utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for node in ast.walk(function):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                if not called or node.func.id not in {"Fault", "BadAudio"}:
                    continue
                if isinstance(node.args[0], ast.Constant) or (here, function.name) not in PASSED_ON:
                    names = {str(each.arg) for each in node.keywords}
                    yield f"{here}:{node.lineno}", ast.literal_eval(node.args[0]), names


MADE = list(made())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_has_words_for_what_happened_and_what_to_do(lang: str):
    sentences = _sentences(lang)
    for place, code, values in MADE:
        told = [sentences[f"reject.{key}"] for key in (code, f"{code}_remedy")]
        named = {name for text in told for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        assert named <= values, (place, code)
        assert f"reject_reason.{code}" in sentences, (place, code)
    assert len(MADE) > 30


def test_no_words_are_left_of_faults_that_nobody_finds():
    codes = {code for _, code, _ in MADE}
    told = {key.removesuffix("_remedy") for key in _sentences("en") if key.startswith("reject.")}
    assert told == {"reject.told", *(f"reject.{code}" for code in codes)}
    assert {key for key in _sentences("en") if key.startswith("reject_reason.")} == {
        f"reject_reason.{c}" for c in codes
    }


def test_every_remedy_asks_for_something():
    for _, code, _ in MADE:
        assert Messages("ja")(f"reject.{code}_remedy", allowed="x").endswith("ください。")


def test_values_with_words_of_their_own_are_translated():
    fault = Fault("no_sound", found="no_track")
    assert fault.told("ja") == "音声が含まれていません（音声トラックがない）。録音装置と出力を確認してください。"
    assert fault.told("en") == "There is no sound in it (no sound track). Check the recorder and the export."
    closed = Fault("unreadable_file", os_error=os_error(PermissionError(13, "Permission denied")))
    assert closed.told("ja").startswith("ファイルを開けません（権限がありません）。")
    assert "amid" in Fault("damaged", found="amid").told("ja"), "what has no words of its own stays as it is"


def test_several_faults_and_several_values_are_listed():
    stored = as_stored([Fault("missing_column", columns=["受付", "本文"], header="a, b"), Fault("nul_byte")])
    assert in_words(stored, "en").startswith("The required column “受付, 本文” is not in the header, which is “a, b”.")
    assert "「受付、本文」" in in_words(stored, "ja")
    assert "NUL" in in_words(stored, "ja")


def test_words_of_earlier_versions_are_kept_and_codes_of_later_ones_shown():
    row = {"source": "inquiries", "file": "a.csv", "row": 2, "stage": "ingest", "reason": "bad_time"}
    rejects = LAKE_TABLES["rejects"].conform(
        pl.DataFrame([
            row | {"detail": "前の版の言葉", "faults": None},
            row | {"row": 3, "detail": None, "faults": as_stored([Fault("bad_time", column="受付", value="昨日")])},
            row | {"row": 4, "detail": None, "faults": as_stored([Fault("of_tomorrow", odd="x")])},
        ])
    )  # fmt: skip
    told = told_rejects(rejects, "en")
    assert told.columns == ["source", "file", "row", "stage", "reason", "detail"]
    assert told["detail"][0] == "前の版の言葉"
    assert told["detail"][1].startswith("“昨日” in column “受付” cannot be read as a time.")
    assert told["detail"][2] == "of_tomorrow"
    assert told_rejects(rejects.head(1), "ja")["detail"].to_list() == ["前の版の言葉"]
    assert told_rejects(rejects.clear(), "ja").is_empty()
