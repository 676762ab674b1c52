"""Names, addresses, birth dates and mail addresses by a trained tagger, where the rules have no words for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pycrfsuite

from voc_mining.ids import digest
from voc_mining.text import lexicon
from voc_mining.text.mask.name_words import CITIES, KANA, NOT_NAMES, PERSON, PLACES, PREFECTURES, SURNAMES
from voc_mining.text.mask.spans import Found
from voc_mining.text.mask.tagger_features import features
from voc_mining.text.sieve import Sieve
from voc_mining.text.tokens import PLACEHOLDER, Token, offsets

TYPES = ("name", "address", "birth_date", "mail")
NOTHING = "O"
_LEAST = {"name": 0.55, "address": 0.55, "birth_date": 0.5, "mail": 0.5}
"""How sure the tagger must be of each word of a place."""
_IF_ASKED = 0.5
_SIDES = "BIES"
_SIGNS = tuple(re.compile(pattern) for pattern in lexicon.column("tagger_signs", "pattern"))
_SIEVE = Sieve(_SIGNS)
_SHORT = 5
"""A sentence of so few words may be the bare answer to a question."""
_LONGEST = 400
"""Words that are read at once; a longer text is read in parts."""


@cache
def _model() -> Any:
    tagger = pycrfsuite.Tagger()  # type: ignore[attr-defined]  # not typed
    tagger.open_inmemory(_weights())
    return tagger


@cache
def _weights() -> bytes:
    return files("voc_mining.text").joinpath("data", "tagger.crfsuite").read_bytes()


@cache
def tagger_id() -> str:
    """Digest of the weights: equal ones tell the same."""
    return digest("tagger", _weights().hex(), *(f"{kind} {least}" for kind, least in _LEAST.items()))


def find_tagged(text: str, tokens: Sequence[Token], *, spoken: bool, asked: Sequence[str] = ()) -> Iterator[Found]:
    """Find names, addresses, birth dates and mail addresses in a normalized text by what stands around them.

    A text with placeholders has been masked before and is left as it is.

    Parameters
    ----------
    text : str
        Normalized text.
    tokens : sequence of Token
        Its tokens.
    spoken : bool
        Whether it was said in a call.
    asked : sequence of str, default none
        Kinds that the turn before asked for: of these the tagger need be less sure.
    """
    if not (asked or may_hold(text, tokens)) or ("［" in text and PLACEHOLDER.search(text)):
        return
    least = _LEAST | {kind: _LEAST[kind] * _IF_ASKED for kind in asked if kind in _LEAST}
    starts = offsets(text, tokens)
    for first in range(0, len(tokens), _LONGEST):
        part = slice(first, first + _LONGEST)
        yield from _tagged(text, tokens[part], starts[part], least, spoken=spoken)


def may_hold(text: str, tokens: Sequence[Token]) -> bool:
    """Tell cheaply whether the tagger is worth asking: few sentences have a name or a word that stands beside one."""
    if len(tokens) <= _SHORT or any(_SIGNS[place].search(text) for place in _SIEVE.passing(text)):
        return True
    names = (token for token in tokens if len(token.surface) > 1)
    return any(token.pos.startswith(PERSON) or token.surface in SURNAMES for token in names)


def _tagged(
    text: str, tokens: Sequence[Token], starts: Sequence[int], least: Mapping[str, float], *, spoken: bool
) -> Iterator[Found]:
    model = _model()
    model.set(features(text, tokens, starts, spoken=spoken))
    open_kind, begin, end, sure = "", 0, 0, 1.0
    for place, (start, token) in enumerate(zip(starts, tokens, strict=True)):
        kind, share = _kind(model, place, least)
        if open_kind and kind != open_kind:
            yield from _found(text, Found(begin, end, open_kind), sure)
        if kind and kind != open_kind:
            begin, sure = start, 1.0
        open_kind, end, sure = kind, start + len(token.surface), min(sure, share)
    if open_kind:
        yield from _found(text, Found(begin, end, open_kind), sure)


def _kind(model: Any, place: int, least: Mapping[str, float]) -> tuple[str, float]:
    """Type of personal data that a word most likely is a part of, empty where none is sure enough, and how sure it is."""
    some = 1 - model.marginal(NOTHING, place)
    if some < min(least.values()):
        return "", 1.0
    shares = {kind: sum(model.marginal(f"{side}-{kind}", place) for side in _SIDES) for kind in TYPES}
    kind = max(shares, key=lambda kind: (shares[kind], kind))
    return (kind, some) if some >= least[kind] else ("", 1.0)


_EDGE = " 、。,・:;()「」『』/|"


def _found(text: str, place: Found, sure: float) -> Iterator[Found]:
    """Give a place without the signs at its edges, unless what it is or what stands around it speaks against it."""
    start, end, kind = place
    while start < end and text[start] in _EDGE:
        start += 1
    while start < end and text[end - 1] in _EDGE:
        end -= 1
    trimmed = Found(start, end, kind)
    if start < end and not (kind in _NOT and _NOT[kind](text, trimmed, sure)):
        yield trimmed


def _is_no_name(text: str, place: Found, sure: float) -> bool:
    """Whether a word is none, or as likely a city as a person where nothing in the sentence is about names."""
    word = text[place.start : place.end]
    if word in NOT_NAMES or (len(word) == 1 and KANA.fullmatch(word)) or _NO_NAME_BEFORE.match(text, place.end):
        return True
    city = word in PLACES or word in CITIES or word in PREFECTURES or word == _LONG_PREFECTURE
    return city and sure < _SURE_OF_CITY and not _ABOUT_NAMES.search(text)


def _is_no_address(text: str, place: Found, _sure: float) -> bool:
    """Whether a place has nothing of an address, or what follows makes its number a count (北区の5店舗)."""
    if _COUNTED.match(text, place.end):
        return True
    return not (_ADDRESS.search(text, place.start, place.end) or _ABOUT_ADDRESS.search(text))


def _is_no_birth(text: str, place: Found, _sure: float) -> bool:
    """Whether a date is of a year in which hardly any customer was born, and nothing is said of birth."""
    return _LATE.search(text, place.start, place.end) is not None and not _ABOUT_BIRTH.search(text)


_NOT: dict[str, Callable[[str, Found, float], bool]] = {
    "name": _is_no_name,
    "address": _is_no_address,
    "birth_date": _is_no_birth,
}
_NO_NAME_BEFORE = re.compile(
    "(?:と|って)(?:申し|言い|いい)ます(?:か(?!ら)|と)|(?:という|って言う|っていう)か|[湖駅港島城線県市町村区](?![一-鿿])|空港|温泉|神社"
)
_SURE_OF_CITY = 0.97
_ADDRESS = re.compile(
    rf"[0-9〇一二三四五六七八九十百ぁ-んA-Za-z]|[市区町村郡]|{lexicon.alternatives(lexicon.column('buildings', 'word'))}"
)
_ABOUT_ADDRESS = re.compile("住所|住[みんま]|届|送|番地|宅|引っ越|転居|実家|部屋|建物|マンション|アパート")
_COUNTED = re.compile("店舗|件|人|名様|台|個|か所|ヶ所|円|社|世帯")
_LONG_PREFECTURE = "北海道"
_ABOUT_NAMES = re.compile("名前|名義|名字|苗字|氏名|申し|様|さん|担当|言い|いい[まう]|という")
_LATE = re.compile("20[1-9][0-9]|令和|れいわ|^R|二〇[一二]|二千[一二]?十")
_ABOUT_BIRTH = re.compile("生ま|うまれ|誕生|生年|DOB|[Bb]irth|生$|生[　 、。)]")
