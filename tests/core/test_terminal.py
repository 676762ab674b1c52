"""What a run shows when it is done."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any

from rich.console import Console

from pipelines.terminal import show_summary
from voc_mining.accounts import Account
from voc_mining.messages.catalogue import Messages

LONG = "/very/long/path/" + "x" * 80


def summary(**notes: Any) -> dict[str, Any]:
    quiet = {
        "missing_recordings": [],
        "flawed_recordings": [],
        "heard_otherwise": 0,
        "unknown_files": [],
        "rejects": 0,
        "no_input": False,
    }
    call_log = Account("ingest.call_log", 1203, 1200, dropped={"duplicate": 2}, rejected=1)
    accounts = [call_log, Account("voice", 5, 4, dropped={"greeting": 1})]
    return {
        "accounts": [asdict(account) for account in accounts],
        "counts": {"contacts": 1200},
        "notes": quiet | notes,
        "out": LONG,
        "report": f"{LONG}/report/index.html",
    }


def shown(lang: str, **notes: Any) -> str:
    out = io.StringIO()
    show_summary(Console(file=out, width=80), summary(**notes), Messages(lang))
    return out.getvalue()


def test_stages_and_reasons_are_told_in_words():
    text = shown("ja")
    assert "取り込み: 通話ログ" in text
    assert "重複 2" in text
    assert "挨拶 1" in text
    assert "1,203" in text
    assert "call_log" not in text


def test_paths_stay_whole_and_names_are_no_markup():
    text = shown("en", unknown_files=["memo[1].txt"], rejects=2)
    assert f"{LONG}/report/index.html" in text
    assert f"{LONG}/rejects.csv" in text
    assert "memo[1].txt" in text
