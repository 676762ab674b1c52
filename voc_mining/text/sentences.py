"""Sentences of written text; quotations stay whole."""

from __future__ import annotations

import re

_OPENING = "「『（(【"
_CLOSING = "」』）)】"
_ENDERS = "。！？!?"
_MARKS = re.compile(f"[{re.escape(_OPENING + _CLOSING + _ENDERS)}]")
_BULLET = re.compile(r"^(?:[・●○■□◆◇※*>＞①-⑳\-─=]|[0-9]+[.)、])")
_FINISHED = re.compile(r"(?:[。！？!?」』)】、:…]|です|ます|ません|ました|した|さい|たい|ない|件|様|以上)$")
_WRAPPED_LENGTH = 30
"""A line at least this long that does not end like a sentence was wrapped by a mail program."""


def sentences(text: str) -> list[str]:
    """Split one normalized text into sentences.

    A sentence ends at 。！？ or a line's end, never inside 「」 『』 or brackets that are closed in the
    same line. Lines wrapped by a mail program are joined.

    >>> sentences("使えません。「落ちる。困る」とのこと。急ぎです！")
    ['使えません。', '「落ちる。困る」とのこと。', '急ぎです！']
    """
    return [sentence for line in text.split("\n") for sentence in _of_line(line)]


def unwrap(lines: list[str]) -> list[str]:
    """Join lines that a mail program wrapped in the middle of a sentence."""
    joined: list[str] = []
    wrapped = False
    for line in lines:
        if wrapped and line and not _BULLET.match(line):
            joined[-1] += line
        else:
            joined.append(line)
        wrapped = len(line) >= _WRAPPED_LENGTH and not _FINISHED.search(line) and not _BULLET.match(line)
    return joined


def _of_line(line: str) -> list[str]:
    found: list[str] = []
    start = 0
    closers: list[str] = []
    marks = list(_MARKS.finditer(line))
    for place, mark in enumerate(marks):
        sign, end = mark[0], mark.end()
        if sign in _OPENING:
            closer = _CLOSING[_OPENING.index(sign)]
            if any(later[0] == closer for later in marks[place + 1 :]):
                closers.append(closer)
        elif closers and sign == closers[-1]:
            closers.pop()
        elif sign in _ENDERS and not closers and not line[end : end + 1].startswith(tuple(_ENDERS + _CLOSING)):
            found.append(line[start:end].strip())
            start = end
    found.append(line[start:].strip())
    return [sentence for sentence in found if sentence]
