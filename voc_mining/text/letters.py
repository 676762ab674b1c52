"""Parts of a mail or form: the writer's words, quoted replies, signature."""

from __future__ import annotations

import re
from typing import NamedTuple

from voc_mining.text.sentences import sentences, unwrap

REPLY_QUOTE = "reply_quote"
SIGNATURE = "signature"

_QUOTED = re.compile("^ ?(?:[>＞|｜]|>>)")
_REPLY_HEAD = re.compile(
    r"^(?:On .+ wrote:|[0-9]{4}[年/\-].{4,60}(?:wrote|のメール|書きました)[::]?|-{2,} ?(?:Original Message|元のメッセージ|転送).*|(?:差出人|送信者|From) ?:.+)$"
)
_RULE = re.compile(r"^[-=_*─━~〜+#◇◆■□☆★・.]{4,}$|^-- ?$")
_SIGNATURE_LINE = re.compile(
    r"TEL|FAX|Tel|Fax|電話|携帯|Mail|mail|メール|MAIL|E-|http|〒|住所|株式会社|有限会社|合同会社|部$|課$|［(?:電話番号|メール|住所|郵便番号|氏名)］|@|[0-9]-[0-9]"
)
_SENTENCE_END = re.compile("[。！？]$|(?:です|ます|ません|ました|ください|下さい|でしょうか)$")
_LONGEST_SIGNATURE = 12


class Line(NamedTuple):
    """A sentence of a letter and what part it belongs to (``reply_quote``, ``signature`` or nothing)."""

    text: str
    part: str


def letter_sentences(text: str) -> list[Line]:
    r"""Split a normalized letter into sentences, each with the part it belongs to.

    Quoted lines (``>``) and everything after the head of a quoted reply are ``reply_quote``; a block at
    the end, behind a ruled line or made of contact details, is ``signature``.

    >>> letter_sentences("届きません。\n> ご確認ください。")
    [Line(text='届きません。', part=''), Line(text='> ご確認ください。', part='reply_quote')]
    """
    if "\n" not in text:
        part = REPLY_QUOTE if _QUOTED.match(text) else ""
        return [Line(sentence, part) for sentence in sentences(text)]
    lines = text.split("\n")
    parts = _parts(lines)
    found: list[Line] = []
    first = 0
    for last in range(1, len(lines) + 1):
        if last == len(lines) or parts[last] != parts[first]:
            block = lines[first:last] if parts[first] else unwrap(lines[first:last])
            found += [Line(sentence, parts[first]) for line in block for sentence in sentences(line)]
            first = last
    return found


def _parts(lines: list[str]) -> list[str]:
    parts = [REPLY_QUOTE if _QUOTED.match(line) else "" for line in lines]
    head = next((no for no, line in enumerate(lines) if _REPLY_HEAD.match(line)), len(lines))
    parts[head:] = [REPLY_QUOTE] * (len(lines) - head)
    end = next((no for no in range(head, 0, -1) if lines[no - 1] and not parts[no - 1]), 0)
    start = _signature_start(lines, end)
    parts[start:end] = [part or SIGNATURE for part in parts[start:end]]
    return parts


def _signature_start(lines: list[str], end: int) -> int:
    """First line of the signature that ends before ``end``; ``end`` if there is none."""
    earliest = max(1, end - _LONGEST_SIGNATURE)
    rules = [no for no in range(earliest, end) if _RULE.match(lines[no])]
    if rules:
        block = lines[rules[0] : end]
        if not any(_SENTENCE_END.search(line) for line in block):
            return rules[0]
    start = end
    while start > earliest and lines[start - 1] and not _SENTENCE_END.search(lines[start - 1]):
        start -= 1
    block = lines[start:end]
    details = sum(_SIGNATURE_LINE.search(line) is not None for line in block)
    return start if details >= 2 and details * 2 >= len(block) else end
