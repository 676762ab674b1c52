"""Names of people: self-introductions, forms of address, full names and surnames where a person is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from voc_mining.text import lexicon
from voc_mining.text.mask.spans import Found
from voc_mining.text.tokens import Token, offsets

_PERSON = "名詞-固有名詞-人名"
_SURNAME = "名詞-固有名詞-人名-姓"
_GIVEN = "名詞-固有名詞-人名-名"
_PLACE_NAME = "名詞-固有名詞-地名"
_SURNAMES = frozenset(lexicon.column("surnames", "surname"))
_SHORTEST_READING = 3
_READINGS = frozenset(
    reading.translate({code: code + 0x60 for code in range(0x3041, 0x3097)})
    for reading in lexicon.column("surnames", "reading")
    if len(reading) >= _SHORTEST_READING
)
_PERSON_WORDS = frozenset(row["word"] for row in lexicon.rows("honorifics") if row["kind"] == "person")
_TITLES = frozenset(row["word"] for row in lexicon.rows("honorifics") if row["kind"] == "title")
_ADDRESSING = re.compile(lexicon.alternatives(lexicon.column("honorifics", "word")))
_NOT_NAMES = frozenset(lexicon.column("not_names", "word"))
_CONTEXT = re.compile(rf"{lexicon.alternatives(lexicon.column('name_contexts', 'pattern'))}[「『 ]?$")
_INTRODUCED_ANY, _INTRODUCED_WORD = (
    re.compile(lexicon.alternatives(tuple(r["pattern"] for r in lexicon.rows("introductions") if r["needs"] == needs)))
    for needs in ("any", "word")
)
_SHORTEST_FULL_NAME = 2
_OPENING = re.compile(
    r"^(?:(?:はい|ええ|あの?ー?|もしもし|え[えー]*っ?と|お世話になっております|こんにちは|恐れ入ります|すみません)?[、。,！ ]?)*$"
)
_NAME_RUN = re.compile(
    r"(?:[一-鿿々]{1,4} [一-鿿々]{1,4}|[一-鿿々ヶケ]{1,6}|[ァ-ヴー・]{2,12}|[ぁ-ん]{2,7}|[A-Za-z]{2,12}(?: [A-Za-z]{2,12})?)$"
)
_PREFIX = re.compile(lexicon.alternatives(lexicon.column("name_prefixes", "word")))
_CLAUSE = re.compile(r"(?:^|[、。,！？ 」]|こちら|わたくし|私)$")
_AFTER_PARTICLE = re.compile(r".*[のはがをもに](?=[ぁ-ん]{2,5}$)")
_ORGANIZATION = re.compile(
    r"(?:会社|商事|銀行|工業|製作所|病院|大学|学校|組合|事務所|法人|センター|サービス|支店|営業所|株式会社|有限会社|デスク|窓口)$"
)
_KATAKANA = re.compile("[ァ-ヴー]+")
_HIRAGANA = re.compile("[ぁ-んー]+")


def find_names(text: str, tokens: Sequence[Token]) -> Iterator[Found]:
    """Find personal names.

    Parameters
    ----------
    text : str
        Normalized text.
    tokens : sequence of Token
        Its tokens, with proper nouns told apart (see :class:`voc_mining.text.tokens.Token`).

    Yields
    ------
    Found
        Places of names without their form of address; they may overlap.
    """
    named = any(_is_name(token) for token in tokens)
    if not named and not _ADDRESSING.search(text) and "申" not in text and "いう" not in text and "もうし" not in text:
        return
    starts = offsets(text, tokens)
    yield from _introduced(text)
    for index, token in enumerate(tokens):
        if token.surface in _PERSON_WORDS or token.surface in _TITLES:
            yield from _addressed(text, tokens, starts, index)
        elif _is_name(token):
            yield from _standing(text, tokens, starts, index)


def _introduced(text: str) -> Iterator[Found]:
    """Find X in Xと申します, whatever the tokenizer makes of it."""
    for introduction in _INTRODUCED_ANY.finditer(text):
        run = _NAME_RUN.search(text[: introduction.start()])
        if run is None or _ORGANIZATION.search(run[0]) or run[0] in _NOT_NAMES:
            continue
        inner = _AFTER_PARTICLE.match(run[0])
        start = run.start() + (inner.end() if inner else 0)
        prefix = _PREFIX.match(text, start, introduction.start() - 1)
        start = prefix.end() if prefix else start
        if introduction.start() - start >= 1:
            yield Found(start, introduction.start(), "name")


def _addressed(text: str, tokens: Sequence[Token], starts: list[int], index: int) -> Iterator[Found]:
    """Find the name before 様, さん or 部長."""
    first = index
    while first and _is_name(tokens[first - 1]) and not _broken(text, tokens, starts, first):
        first -= 1
    end = starts[index - 1] + len(tokens[index - 1].surface) if index else 0
    if first < index:
        if text[starts[first] : end] not in _NOT_NAMES and not _spread_by_noun(tokens, first):
            yield Found(_start_of_kana(text, starts[first]), end, "name")
        return
    if not index or starts[index] - end > 1:
        return
    before = tokens[index - 1]
    if tokens[index].surface in _TITLES or before.pos.startswith("助詞"):
        return
    word = _word_before(text, starts[index])
    kana = _HIRAGANA.fullmatch(word) or _KATAKANA.fullmatch(word)
    known = word in _SURNAMES or (kana and _as_katakana(word) in _READINGS) or _is_full_name_in_katakana(word)
    if word and word not in _NOT_NAMES and known:
        yield Found(starts[index] - len(word), starts[index], "name")


def _standing(text: str, tokens: Sequence[Token], starts: list[int], index: int) -> Iterator[Found]:
    """Find a name with no form of address: a full name, or a surname where a person is meant."""
    token = tokens[index]
    start, end = starts[index], starts[index] + len(token.surface)
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    before = text[:start]
    if token.surface in _NOT_NAMES or (index and _spread_by_noun(tokens, index)):
        return
    if following and token.pos == _SURNAME and following.pos == _GIVEN:
        full = starts[index + 1] + len(following.surface)
        if full - start > _SHORTEST_FULL_NAME and text[start:full] not in _NOT_NAMES:
            yield Found(start, full, "name")
        return
    if following and following.pos.startswith(("名詞", "接尾辞")) and not following.surface[0].isspace():
        return
    meant = _CONTEXT.search(before) is not None
    introduced = _INTRODUCED_WORD.match(text, end) and (meant or _introduces(token, before))
    if token.pos.startswith(_PLACE_NAME):  # 松本 is a city too: only who gives a name means a person
        if introduced and meant:
            yield Found(start, end, "name")
        return
    in_sentence = following is not None and following.pos.startswith("助")
    ends = following is None or following.pos.startswith(("助詞", "補助記号", "助動詞"))
    if introduced or (meant and in_sentence) or (ends and _told_apart(token)):
        yield Found(start, end, "name")


def _introduces(token: Token, before: str) -> bool:
    """Whether a surname stands where someone gives their name: first in an utterance or a clause."""
    if token.pos != _SURNAME:
        return False
    clause = len(token.surface) > 1 and token.surface in _SURNAMES and _CLAUSE.search(before)
    return bool(clause) or _OPENING.search(before) is not None


def _told_apart(token: Token) -> bool:
    """Whether a bare word is a surname and nothing else: a frequent one in kanji that is no place."""
    word = token.surface
    return token.pos == _SURNAME and len(word) > 1 and word in _SURNAMES and word not in _PLACES


def _is_name(token: Token) -> bool:
    if token.pos.startswith(_PERSON):
        return True
    return token.pos.startswith(_PLACE_NAME) and token.surface in _SURNAMES


def _start_of_kana(text: str, start: int) -> int:
    """Take a surname in katakana along that the tokenizer did not know (ヤマザキマサオ)."""
    while start and _KATAKANA.match(text, start) and _KATAKANA.match(text, start - 1):
        start -= 1
    return start


def _is_full_name_in_katakana(word: str) -> bool:
    if not _KATAKANA.fullmatch(word):
        return False
    return any(word[:length] in _READINGS for length in range(_SHORTEST_READING, len(word) - 1))


def _broken(text: str, tokens: Sequence[Token], starts: list[int], index: int) -> bool:
    """Whether more than a space parts a token from the one before."""
    end = starts[index - 1] + len(tokens[index - 1].surface)
    return text[end : starts[index]] not in {"", " "} if index < len(starts) else False


def _spread_by_noun(tokens: Sequence[Token], index: int) -> bool:
    """Whether the name is the tail of a longer proper noun, as in 大阪市 or JR山手線."""
    return index > 0 and tokens[index - 1].pos.startswith("接頭辞") and tokens[index - 1].surface not in {"お", "故"}


def _word_before(text: str, end: int) -> str:
    run = re.search(r"(?:[一-鿿々ヶ]{1,5}|[ァ-ヴー]{2,10}|[ぁ-ん]{2,6})$", text[:end])
    return run[0] if run else ""


def _as_katakana(word: str) -> str:
    return word.translate({code: code + 0x60 for code in range(0x3041, 0x3097)})


def _places() -> frozenset[str]:
    names = {*lexicon.column("municipalities", "municipality"), *lexicon.column("municipalities", "prefecture")}
    stems = {name[:-1] for name in names}
    wards = {name[name.index("市") + 1 : -1] for name in names if "市" in name[:-1]}
    return frozenset(stems | wards | {name[: name.index("市")] for name in names if "市" in name})


_PLACES = _places()
