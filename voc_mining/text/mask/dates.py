"""Birth dates: a full date that is said to be one, or that can hardly be another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_mining.text.mask.spans import Found
from voc_mining.text.sieve import Sieved

_N = "(?:[0-9]{1,4}|[〇零一二三四五六七八九十百千元]{1,5})"
_ERA = "(?:明治|大正|昭和|平成|令和|西暦|[MTSHR](?=[0-9]))"
_LINK = "(?: ?の ?|、| |ええ?っ?と|えー|あの|ですね|はい)*"
_PAUSE = re.compile("[、 ]*(?:ええ?っ?と|えー|あの|ですね|はい)[の、 ]*")
_WORDED = rf"(?:{_ERA} ?の? ?)?{_N} ?年{_LINK}(?:{_N} ?月{_LINK}(?:{_N} ?日)?)"
_FIGURES = r"(?:(?<![0-9A-Za-z])[MTSHR] ?|(?:明治|大正|昭和|平成|令和|[明大昭平令]) ?)?(?<![0-9])(?:[0-9]{1,4}|元)[/.\-][0-9]{1,2}[/.\-](?:[0-9]{4}(?![0-9])|[0-9]{1,2}(?![0-9]))"
_KANA_NUMBER = "(?:じゅう|ひゃく|びゃく|ぴゃく|せん|ぜん|いち|にい?|さん|よん|よ|し|ごお?|ろく|ろっ|なな|しち|はち|はっ|きゅう|く|いっ|がん)"
_KANA_DAY = "(?:ついたち|ふつか|みっか|よっか|いつか|むいか|なのか|ようか|ここのか|とおか|はつか|(?:に)?じゅうよっか)"
_SPOKEN = rf"(?:めいじ|たいしょう|しょうわ|へいせい|れいわ|せいれき)?{_KANA_NUMBER}{{1,8}}ねん{_LINK}{_KANA_NUMBER}{{1,3}}がつ{_LINK}(?:{_KANA_DAY}|{_KANA_NUMBER}{{1,3}}にち)"
_PACKED = "(?<![0-9])(?:19|20)[0-9]{6}(?![0-9])"
# S38の6の11, 昭和38の6の11; 14 March 1990, March 14th, 1990
_LETTERED = r"(?<![0-9A-Za-z])(?:[MTSHR] ?|(?:明治|大正|昭和|平成|令和)の? ?)[0-9元]{1,2} ?(?:年|の) ?[0-9]{1,2} ?(?:月|の) ?[0-9]{1,2}(?![0-9])日?"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_ENGLISH = rf"(?<![0-9A-Za-z])(?:[0-3]?[0-9](?:st|nd|rd|th)? {_MONTH}\.?,? (?:19|20)[0-9]{{2}}|{_MONTH}\.? [0-3]?[0-9](?:st|nd|rd|th)?,? (?:19|20)[0-9]{{2}})"
_PARTED = r"(?<![0-9])[0-9]{1,4}の[0-9]{1,2}の[0-9]{1,2}(?![0-9])"
_DATE = Sieved(f"{_LETTERED}|{_WORDED}|{_FIGURES}|{_PACKED}|{_SPOKEN}|{_ENGLISH}|{_PARTED}")
_MONTH_DAY = re.compile(rf"{_N} ?月 ?の? ?{_N} ?日")
_NAMED = re.compile(
    r"(?:生年月日|せいねんがっぴ|誕生日|たんじょうび|誕生|バースデ[ーイ]|生まれ|うまれ|生年|DOB|D\.O\.B|[Bb]irth(?: ?[Dd]a(?:y|te))?|[Bb]orn)[^。！？!?\n]{0,24}$"
)
_YEAR_APART = re.compile(
    rf"(?:{_ERA} ?[0-9元〇一二三四五六七八九十]{{1,3}}|(?<![0-9])(?:19[0-9]{{2}}|200[0-9])) ?年(?! ?の?[0-9]{{1,2}} ?月)(?=です|生|で|の?生|に生|。|$)"
)
_YEAR_ALONE = re.compile(rf"{_ERA} ?{_N} ?年?|(?<![0-9])[0-9]{{2,4}} ?年")
_NAMED_RIGHT_BEFORE = re.compile(r"(?:生年月日|誕生日|バースデー)(?:は|が|:|、|の| |えっと|えーと)*$")
_BORN = re.compile(r"^ ?(?:\(?[^\s。、]{0,4}\)?)?(?:の? ?生まれ|うまれ|生(?![0-9]|[^\s。、)です])|に生まれ)")
_BORN_IN = re.compile("生まれ[はが]|生年[はが:]|誕生年")
_BORN_SAID = re.compile("生まれ(?:です|でございます|と)")
_NO_BIRTH = re.compile(
    "(?:に|の|付けで?)?(?:設立|創業|創立|開業|開店|施行|建築|築|竣工|制定|発行|発売|契約|申込|申し込|入会|購入|注文|締結)"
)
_OLD_ERA = re.compile("^(?:明治|大正|昭|たいしょう|しょうわ|[MTS] ?[0-9]{1,2} ?[年の/.])")
_FULL = re.compile("日$|か$|にち$|たち$|[/.\\-]|^[0-9]{8}$|^[MTSHR].*の|[A-Za-z]{3}.* [0-9]{4}$|[A-Za-z]{3}.*[0-9]{4}$")
_DAY_OF_CALENDAR = re.compile("^(?:19[0-9]{2}|200[0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$")
_ALONE = re.compile(r"^(?:はい|ええ|うん)?[^はがで]{0,8}$")
_NOTHING_MORE = re.compile(
    r"^(?:です|でございます|になります|でお願い|で合って|だ(?!け)|や(?!り|っ)|じゃ|っす)|^[。、ね ]*$"
)
_WESTERN_YEAR = re.compile("^(?:西暦)?(1[0-9]{3}|20[0-9]{2})")
_RECENT_ERA = re.compile("^(?:平|H|へいせい)")
_OF_OLD = re.compile(
    "^(?:[2-6][0-9] ?年|[二三四五六]十[一二三四五六七八九]?年|(?:にい?|さん|よん|ごお?|ろく)じゅう[ぁ-ん]{0,4}ねん)"
)
"""A year of two figures with no era that cannot be of the present one."""
_SIGNS = re.compile("[年/.生誕のう]|-|がつ|19[0-9]{6}|20[0-9]{6}|[A-Za-z]{3}")
_LATEST_YEAR_ALONE = 2009
"""A date that is all someone says is taken for a birth date up to this year; later ones are orders and visits."""


def find_birth_dates(text: str) -> Iterator[Found]:
    """Find birth dates in a normalized text.

    >>> next(find_birth_dates("生年月日は1980年5月3日です"))
    Found(start=5, end=14, type='birth_date')
    """
    if not (_SIGNS.search(text)):
        return
    found = False
    for date in _DATE.finditer(text):
        before, after = text[: date.start()], text[date.end() :]
        if _NO_BIRTH.match(after):
            continue
        said = _NAMED.search(before) or _BORN.search(after)
        full = _FULL.search(date[0])
        old = _OLD_ERA.search(date[0]) and full
        alone = full and _ALONE.search(before) and _NOTHING_MORE.search(after) and _early(date[0])
        if said or old or alone or (_DAY_OF_CALENDAR.match(date[0]) and _ALONE.search(before)):
            found = True
            yield from _without_pauses(text, date.start(), date.end())
    for date in _MONTH_DAY.finditer(text):
        if _NAMED_RIGHT_BEFORE.search(text[: date.start()]) or _BORN_SAID.match(text, date.end()):
            found = True
            yield Found(date.start(), date.end(), "birth_date")
    if found or _BORN_IN.search(text):
        for year in _YEAR_APART.finditer(text):
            yield Found(year.start(), year.end(), "birth_date")


def _without_pauses(text: str, start: int, end: int) -> Iterator[Found]:
    """Give the parts of a date between what is said while one thinks."""
    for pause in _PAUSE.finditer(text, start, end):
        yield Found(start, pause.start(), "birth_date")
        start = pause.end()
    yield Found(start, end, "birth_date")


def find_dates(text: str) -> Iterator[Found]:
    """Find every date and year in the answer to a question for a birth date."""
    for pattern in (_DATE, _MONTH_DAY, _YEAR_ALONE):
        for date in pattern.finditer(text):
            yield Found(date.start(), date.end(), "birth_date")


def _early(date: str) -> bool:
    year = _WESTERN_YEAR.search(date)
    return bool(_RECENT_ERA.search(date) or _OF_OLD.search(date)) or (
        year is not None and int(year[1]) <= _LATEST_YEAR_ALONE
    )
