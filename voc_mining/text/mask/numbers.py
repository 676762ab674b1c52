"""Phone, card, postal and other numbers, spoken or written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_mining.text import lexicon
from voc_mining.text.digits import UNIT, Run, is_dictated, is_digit, is_short, runs
from voc_mining.text.mask.spans import Found

_CONTEXTS = {
    row["word"]: (row["type"], int(row["least"]), row["letters"] == "1") for row in lexicon.rows("number_contexts")
}
_LETTER = f"(?:[A-Za-z]|{lexicon.alternatives(lexicon.column('spoken_letters', 'word'))})"
_BETWEEN = (
    r"(?:です|ですが|ですけど|でして|ですね|番号|について|には|には|のほう|の方|って|は|が|も|に|を|の|と|:|;|=|/|、|,|\.|-| |\n|「|『|【|<|#|\(|まず|アルファベットの|大文字の?|小文字の?|数字の|英語の"
    r"|(?:言い|申し上げ|申し|読み|読み上げ|伝え|お伝えし)ます(?:ね|よ)?|[Nn]o\.?|番|えーと|えっと|ええと|えー|あの|で){0,6}?"
)
_CONTEXT = re.compile(
    rf"({lexicon.alternatives(tuple(map(re.escape, _CONTEXTS)))}){_BETWEEN}(?=[0-9+(]|{_LETTER}|{UNIT})"
)
_HEADS = lexicon.mapping("number_heads", "head", "type")
_TAIL = r"(?:(?:記号・?)?番号|ナンバー|[Nn][Oo]\.?|№|ID|Id|コード)"
_HEADED = re.compile(rf"({lexicon.alternatives(tuple(_HEADS))})(?:様|さま|さん)?の?{_TAIL}")
_BARE = re.compile(
    rf"({lexicon.alternatives(tuple(head for head, kind in _HEADS.items() if kind != 'none'))})(?:様|さま)?(?::|は|の| |\n){{0,2}}(?=第?[0-9]|[A-Z]+-?[0-9])"
)
_NEAR = re.compile(rf"{_BETWEEN}(?=[0-9+(]|{_LETTER}|{UNIT})")
_FAR = re.compile(r"(?:\([^()]{0,12}\))?[^0-9。！？\n［］]{0,16}?[\n ]?(?=[0-9(]|[A-Z]{1,4}[\-/ ]?[0-9])")
_LEAST_NEAR, _LEAST_FAR, _LEAST_PHONE = 4, 5, 6
_COUNTED = re.compile(
    " ?(?:円|個|人|名(?!義|変)|回|件|本|台|枚|万|千|%|時|分|秒|日|月|年|歳|階|度|つ|[かヶケ]月|桁|けた|ケタ|番目|ポイント|キロ|メガ|ギガ|[GM]B|以上|以下)"
)
_PIECE = re.compile(f"{UNIT}|{_LETTER}")
_LINKS = re.compile(
    r"(?:の|、|-| |/|_|・|えーと|えっと|ハイフン|スラッシュ|アンダーバー|アルファベットの|大文字の?|小文字の?|数字の|英語の){0,3}"
)
_CARD_TEXT = re.compile("カード|クレジット|クレカ|VISA|Visa|JCB|アメックス|デビット")
_CARD_LENGTHS = frozenset({14, 15, 16})
_NAMED_AFTER = re.compile(
    r"(?:が|は|というのが|って|、|これ|それ|以上|あの| ){0,4}(?:私の|うちの|自分の|わたしの)?[ごお]?"
    rf"({lexicon.alternatives(tuple(head for head, kind in _HEADS.items() if kind != 'none'))})の?{_TAIL}(?:です|でした|になります|だ|なの|なん|で|や|、|。|$)"
)
_BANK = re.compile("口座|振込|振り込み|引き?落とし|ゆうちょ|銀行|信金|通帳")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z\-.,])[0-9]{7}(?![0-9\-円個件人本台万千%.]|,[0-9])")
_POST_BANK = re.compile(r"記号[はが:、 の]*([0-9]{4,5})(?:[のーと、,\- ]|番号|[はが:])*([0-9]{6,8})?")
_POSTAL = re.compile(
    r"(?<![0-9A-Za-z\-.])(?<![A-Za-z] )[0-9]{3}-[0-9]{4}(?![0-9A-Za-z\-]|\.[0-9]|[円個人名件本台%万千百])"
)
_PHONE = re.compile(r"0(?:[5-9]0[0-9]{8}|800[0-9]{7}|[1-9][0-9]{8})")
_ABROAD = re.compile(r"(?:00|010)?810?[1-9][0-9]{8,9}")
_PLUS = re.compile(r"(?:\+|プラス) ?$")
_OPEN = re.compile(r"[(+〒]+ ?$|プラス ?$")
_LETTER_BEFORE = re.compile(r"[A-Za-z][\-_]?\Z")
_PHONE_SIGN = re.compile(r"(?:TEL|tel|Tel|FAX|fax|Fax)[\-_]?$")
FREE = ("0120", "0800", "0570", "0990")
"""Numbers of firms that are published: free of charge for the caller, or at a uniform rate."""
_FREE_LENGTH = 10
_SHORTEST_CARD, _LONGEST_CARD = 14, 19
# What is said between the parts of a number and is none of it.
_SAID_BETWEEN = re.compile("[、 ]?(?:(?:その)?次[がはに]?|最後[がはに]?|続い?て|それから|いや|もとい|違い?ます?)[、 ]?")
_LONG_SPOKEN, _LONG_WRITTEN = 7, 9


def is_card_number(digits: str) -> bool:
    """Whether the digits pass the Luhn check and begin as payment cards do (ISO/IEC 7812-1).

    >>> is_card_number("4111111111111111"), is_card_number("4111111111111112")
    (True, False)
    """
    if not _SHORTEST_CARD <= len(digits) <= _LONGEST_CARD or digits[0] not in "23456":
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def find_numbers(text: str, *, spoken: bool = False) -> Iterator[Found]:
    """Find numbers in a normalized text; the surest come first.

    In speech a long row of digits said one by one is a number of somebody's, whatever it is called.
    """
    for place in _found(text, spoken=spoken):
        position = place.start
        for said in _SAID_BETWEEN.finditer(text, place.start, place.end):
            if position < said.start():
                yield Found(position, said.start(), place.type)
            position = said.end()
        yield Found(position, place.end, place.type)


def _found(text: str, *, spoken: bool) -> Iterator[Found]:
    all_runs = list(runs(text))
    named, not_personal = _in_context(text, all_runs)
    yield from named
    if _BANK.search(text):
        yield from _accounts(text)
    for run in all_runs:
        after = _NAMED_AFTER.match(text, run.end)
        if after:
            yield Found(_opening(text, run.start), run.end, _HEADS[after[1]])
        elif len(run.values) in _CARD_LENGTHS and not named and _CARD_TEXT.search(text):
            yield Found(run.start, run.end, "card")
        yield from _in_run(text, run, free=any(start <= run.start < end for start, end in not_personal))
    for postal in _POSTAL.finditer(text):
        if not any(start <= postal.start() < end for start, end in not_personal):
            yield Found(_opening(text, postal.start()), postal.end(), "postal_code")
    for run in all_runs:
        long = len(run.values) >= (_LONG_SPOKEN if spoken else _LONG_WRITTEN)
        if (
            long
            and (spoken or run.values[0] == "0")
            and not _is_free(run, 0)
            and not any(start <= run.start < end for start, end in not_personal)
            and not _COUNTED.match(text, run.end)
            and not _LETTER_BEFORE.search(text[: run.start])
        ):
            yield Found(_opening(text, run.start), run.end, "number")


def _accounts(text: str) -> Iterator[Found]:
    """Find numbers of accounts where a bank is spoken of: seven figures, or 記号 and 番号 of the post bank."""
    for symbol in _POST_BANK.finditer(text):
        for group in (1, 2):
            if symbol[group]:
                yield Found(*symbol.span(group), "account_number")
    for account in _ACCOUNT.finditer(text):
        yield Found(*account.span(), "account_number")


def find_dictated(text: str) -> Iterator[Found]:
    """Find digits that are all an utterance says: a part of a number given bit by bit."""
    if is_dictated(text):
        for run in runs(text):
            yield Found(run.start, run.end, "number")


def _in_context(text: str, all_runs: list[Run]) -> tuple[list[Found], list[tuple[int, int]]]:
    """Numbers whose name stands before them, and the places of numbers named as not personal."""
    found: list[Found] = []
    not_personal: list[tuple[int, int]] = []
    for context in _CONTEXT.finditer(text):
        kind, least, letters = _CONTEXTS[context[1]]
        run = next((run for run in all_runs if run.start <= context.end() + 1 and run.end > context.end()), None)
        end, signs = _code(text, context.end())
        if kind == "none" or (kind == "phone" and run and _is_free(run, 0)):
            not_personal.append((context.end(), max(end, run.end if run else 0)))
        elif letters and signs >= least and (run is None or end >= run.end):
            found.append(Found(context.end(), end, kind))
        elif run and len(run.digits) >= least:
            found.append(Found(_opening(text, run.start), run.end, kind))
    for value, kind in _headed(text, all_runs):
        if kind == "none":
            not_personal.append(value)
        else:
            found.append(Found(_opening(text, value[0]), value[1], kind))
    return found, not_personal


def _headed(text: str, all_runs: list[Run]) -> Iterator[tuple[tuple[int, int], str]]:
    """Numbers after what they are of (会員番号, 証券第), with their kinds."""
    for named in _HEADED.finditer(text):
        kind = _HEADS[named[1]]
        for pattern, least in ((_NEAR, _LEAST_NEAR), (_FAR, _LEAST_FAR)):
            gap = pattern.match(text, named.end())
            end, signs = _value(text, all_runs, gap.end()) if gap else (0, 0)
            if not gap or (kind == "none" and pattern is _FAR):
                continue
            if kind == "none":
                yield (gap.end(), end), kind
            elif signs >= max(least, _LEAST_PHONE * (kind == "phone")):
                if not _COUNTED.match(text, end):
                    yield (gap.end(), end), kind
                break
    for named in _BARE.finditer(text):
        kind = _HEADS[named[1]]
        start = named.end() + text.startswith("第", named.end())
        end, signs = _value(text, all_runs, start)
        published = any(run.start == start and _is_free(run, 0) for run in all_runs)
        if signs >= _LEAST_FAR + (kind in {"card", "phone"}) and not (published or _COUNTED.match(text, end)):
            end += start > named.end() and text.startswith("号", end)
            yield (named.end(), end), kind


def _value(text: str, all_runs: list[Run], start: int) -> tuple[int, int]:
    """End and length of the number that begins at a place: digits and letters, or a run of digits that goes on longer."""
    end, signs = _code(text, start)
    run = next((run for run in all_runs if run.start <= start + 1 and run.end > start), None)
    return (run.end, len(run.digits)) if run and run.end > end else (end, signs)


def _code(text: str, start: int) -> tuple[int, int]:
    """End and number of the letters and digits that begin at a place; none if there is no digit among them."""
    end, signs, digits = start, 0, 0
    kept = (start, 0)
    position = start
    while piece := _PIECE.match(text, position):
        end, signs = piece.end(), signs + 1
        short = is_short(piece[0])
        digits += is_digit(piece[0])
        if not short:
            kept = (end, signs)
        link = _LINKS.match(text, end)
        position = link.end() if link else end
    return kept if digits else (start, 0)


def _in_run(text: str, run: Run, *, free: bool) -> Iterator[Found]:
    """Cards and phones in a run; ``free`` runs are named as something else: only a mobile number counts there."""
    values = run.values
    before = text[: run.start]
    plus = _PLUS.search(before)
    if plus and 9 <= len(values) <= 15:
        yield Found(_opening(text, run.start), run.end, "phone")
        return
    if _LETTER_BEFORE.search(before) and not _PHONE_SIGN.search(before):
        return
    index = 0
    while index < len(values):
        length, kind = _number_at(run, values, index) if run.begins(index) else (0, "")
        if kind and not (free and (kind == "card" or values[index + 2 : index + 3] != "0")):
            last = run.digits[index + length - 1].end
            yield Found(_opening(text, run.digits[index].start), last, kind)
        index += max(length, 1)


def _number_at(run: Run, values: str, index: int) -> tuple[int, str]:
    if _is_free(run, index):
        return _FREE_LENGTH, ""
    for length in range(_LONGEST_CARD, _SHORTEST_CARD - 1, -1):
        end = index + length
        if end <= len(values) and run.ends(end) and is_card_number(values[index:end]):
            return length, "card"
    for pattern in (_ABROAD, _PHONE):
        number = pattern.match(values, index)
        if number and run.ends(number.end()) and (pattern is _PHONE or _mobile_or_prefixed(number[0])):
            return number.end() - index, "phone"
    shorter = re.compile("0[1-9][0-9]{8}").match(values, index)
    if shorter and run.ends(shorter.end()):
        return 10, "phone"
    return 0, ""


def _is_free(run: Run, index: int) -> bool:
    """Whether a published number begins at a digit; parted after 080 it is a mobile number, whatever follows."""
    if not run.values.startswith(FREE, index):
        return False
    third, fourth = run.digits[index + 2 : index + 4]
    return fourth.start == third.end


def _mobile_or_prefixed(number: str) -> bool:
    """Without + only 0081…, 01081… or 81 and a mobile number is told from any other number."""
    return number.startswith(("00", "010")) or re.fullmatch("810?[5-9]0[0-9]{8}", number) is not None


def _opening(text: str, start: int) -> int:
    """Take an opening bracket or plus sign into the number."""
    sign = _OPEN.search(text[:start])
    return sign.start() if sign else start
