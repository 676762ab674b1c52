"""Names told by what is said right after them: Xっていうんですけど, Xに代わります, X様."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from voc_mining.text import lexicon
from voc_mining.text.mask.name_words import (
    CITIES,
    KANA,
    NOT_ALONE,
    NOT_NAMES,
    PLACE_NAME,
    PREFECTURES,
    RARE_SURNAMES,
    is_full_name,
    is_given_name,
    is_latin_name,
    is_surname,
    may_be_surname,
)
from voc_mining.text.mask.spans import Found
from voc_mining.text.sieve import Sieve
from voc_mining.text.tokens import Token, offsets

_RUN = re.compile(
    r"(?:[ァ-ヴ]{2,3}[一-鿿]|[一-鿿々ヶ]{1,6}[ぁ-ん]{2,3}|[一-鿿々ヶ]{1,6}[ァ-ヴー]{0,4}|[ァ-ヴー・]{2,14}|[ぁ-ん]{2,12}|[A-Za-z]{2,12}(?: [A-Za-z]{2,12})?)$"
)
KNOWN, SURE, CALLED, FULL, PLAIN, HONOUR, NICK, ANY = "0", "1", "2", "full", "plain", "honour", "nick", "any"
_SAID = {
    sure: re.compile(lexicon.alternatives(tuple(row["pattern"] for row in lexicon.rows("name_endings") if row["sure"] == sure)))
    for sure in (KNOWN, SURE, CALLED, FULL, PLAIN, HONOUR, NICK, ANY)
}  # fmt: skip
_PET = re.compile("犬|猫|ペット|ワンちゃん|ねこ|いぬ|うさぎ|インコ|ハムスター")
_SHORTEST_KANA = 3
_LEADING = re.compile(
    "はい|ええ|ええとね?|えーと|えっと|えと|あの|あのー|あのね|うち|うん|それ|これ|この|その|もう|じゃあ|ほら|まあ|ただ|また|でも|なお|さっき|さきほど|きのう|このまえ|いま|もしもし|おたく|おくさん"
)
_ROLE = "私僕俺者長員係役手人主席社師士生課部室会店院校園父母夫妻先宛"
_LED = re.compile(f"^(?:{_LEADING.pattern})$|(?:さま|さん|です|って)$")
_KANJI_ALONE = re.compile("[一-鿿々ヶ]{1,5}")
_NICKNAME = re.compile("(?!お)[ぁ-ん]{2,4}|[ァ-ヴー]{2,5}")
_UNKNOWN = re.compile(
    "(?<![一-鿿々0-9])((?![各両何御貴弊同全一二三四五六七八九十親子孫])[一-鿿][一-鿿々](?<![社店員者方等課部家屋人客様御達]))(?=さん|さま|様|氏(?!名))"
)
_HIRAGANA_END = re.compile("[ぁ-ん]{2}$")
_INFLECTED, _ENDINGS = ("形容詞", "動詞"), ("形容詞", "助動詞")
_PARTICLES = "はがをのもにでとねよてかただす"
_NO_NICKNAME = re.compile("坊|嬢|婆|爺|ぼ|ば|じ|おば|おじ|め|か|くっ|な|ち")
_LONGEST = 16


_ENDINGS_SAID = tuple(_SAID.items())
_SIEVE = Sieve([*_SAID.values(), _UNKNOWN])


def find_told(text: str, tokens: Sequence[Token]) -> Iterator[Found]:
    """Find names that are introduced by what follows them, read out, or signed with."""
    passing = _SIEVE.passing(text)
    if not passing:
        return
    starts = offsets(text, tokens)
    for sure, pattern in (_ENDINGS_SAID[place] for place in passing if place < len(_ENDINGS_SAID)):
        for said in pattern.finditer(text):
            yield from (place for place in _before(text, said, sure) if not _other_words(text, place, tokens, starts))
    yield from _unknown(text, tokens, starts)


def _unknown(text: str, tokens: Sequence[Token], starts: Sequence[int]) -> Iterator[Found]:
    """Find a name that no list holds before a form of address: kanji that the dictionary knows one by one only."""
    for told in _UNKNOWN.finditer(text):
        inside = [token for at, token in zip(starts, tokens, strict=True) if told.start(1) <= at < told.end(1)]
        single = [token for token in inside if len(token.surface) == 1 and token.pos.startswith(("名詞", "接"))]
        if len(single) == len(inside) == len(told[1]) and told[1] not in NOT_NAMES:
            yield Found(*told.span(1), "name")


def _other_words(text: str, place: Found, tokens: Sequence[Token], starts: Sequence[int]) -> bool:
    """Whether what is taken for a name is a place, or in hiragana a verb or an adjective to its end, or the tail of one (届かないようです)."""
    inside = [token for at, token in zip(starts, tokens, strict=True) if place.start <= at < place.end]
    if len(inside) == 1 and inside[0].pos.startswith(PLACE_NAME) and not may_be_surname(inside[0].surface):
        return True
    if not _HIRAGANA_END.search(text[place.start : place.end]):
        return False
    cut = (token for at, token in zip(starts, tokens, strict=True) if at < place.start < at + len(token.surface))
    if any(token.pos.startswith(_INFLECTED) for token in cut):
        return True
    return bool(inside) and inside[-1].pos.startswith(_ENDINGS) and inside[0].pos.startswith(_INFLECTED)


def _before(text: str, said: re.Match[str], sure: str) -> Iterator[Found]:
    """Find the name that ends where something is said that follows names, the longest that it can be."""
    end = said.start()
    first = max(0, end - _LONGEST)
    run = _RUN.search(text[first:end])
    if run is None or _PET.search(text[:end]):
        return
    word = run[0]
    if sure == CALLED and _NICKNAME.fullmatch(word) and word not in NOT_NAMES:
        yield Found(end - len(word), end, "name")
        return
    if sure == ANY and _KANJI_ALONE.fullmatch(word) and word not in NOT_NAMES:
        yield Found(end - len(word), end, "name")
        return
    if sure == NICK:
        if len(word) == 1 and not _NO_NICKNAME.fullmatch(word):
            yield Found(end - 1, said.end(), "name")
        return
    for start in range(len(word)):
        name = word[start:]
        if (not start or _may_begin(word, start)) and is_told(name, sure):
            yield Found(end - len(name), end, "name")
            return


def _may_begin(word: str, start: int) -> bool:
    """Whether a name may begin within a run of letters: after a particle, an opening word or a function (受診者)."""
    before, sign = word[start - 1], word[start]
    if "ぁ" <= before <= "ん":
        return not "ぁ" <= sign <= "ん" or before in _PARTICLES or _LED.search(word[:start]) is not None
    return before in _ROLE


def is_told(word: str, sure: str) -> bool:
    """Whether a word is a name where somebody says one: known as such, and not more often another word."""
    if word in NOT_NAMES or word in PREFECTURES or _LEADING.fullmatch(word):
        return False
    if is_full_name(word) or (word.isascii() and is_latin_name(word.split(" ", maxsplit=1)[0])):
        return True
    if sure == CALLED and len(word) > 1 and is_given_name(word):
        return True
    return sure != FULL and len(word) >= _shortest(word, sure) and _is_one_word(word, sure)


def _shortest(word: str, sure: str) -> int:
    """Fewest characters of a name that is one word."""
    if KANA.fullmatch(word):
        return _SHORTEST_KANA - (sure == SURE and "ァ" <= word[0] <= "ヴ")
    return 1 if sure == SURE else 2


def _is_one_word(word: str, sure: str) -> bool:
    """Whether a word is a surname, or where it is sure a given name."""
    if sure == PLAIN:
        return is_surname(word) and word not in NOT_ALONE and word not in CITIES
    if sure == KNOWN and RARE_SURNAMES.get(word):
        return False
    if may_be_surname(word):
        return sure == SURE or word not in NOT_ALONE
    return sure == SURE and is_given_name(word)
