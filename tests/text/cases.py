"""Tables of Japanese cases."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from voc_mining.text.mask import Found
from voc_mining.text.normalize import normalize

CASES = Path(__file__).parent.parent / "cases" / "text"
_MARK = re.compile(r"\{(\w+):(.*?)\}")
_OPEN, _CLOSE = "\ue000", "\ue001"


@dataclass(frozen=True)
class Marked:
    """A sentence and the personal data marked in it by hand, placed in the normalized sentence."""

    raw: str
    normal: str
    found: tuple[Found, ...]


def table(name: str) -> list[dict[str, str]]:
    lines = [line for line in (CASES / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [
        {key: cell.replace("\\n", "\n").replace("\\r", "\r") for key, cell in row.items()}
        for row in csv.DictReader(lines)
    ]


def marked(name: str) -> list[Marked]:
    return [_marked(row["sentence"]) for row in table(name)]


def _marked(sentence: str) -> Marked:
    kinds = [mark[1] for mark in _MARK.finditer(sentence)]
    signed = normalize(_MARK.sub(lambda mark: f"{_OPEN}{mark[2]}{_CLOSE}", sentence))
    normal, found, start = "", [], 0
    for sign in signed:
        if sign == _OPEN:
            start = len(normal)
        elif sign == _CLOSE:
            found.append(Found(start, len(normal), kinds[len(found)]))
        else:
            normal += sign
    return Marked(_MARK.sub(lambda mark: mark[2], sentence), normal, tuple(found))
