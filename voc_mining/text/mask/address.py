"""Addresses: a municipality with more than its name, or 丁目 and 番地 by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_mining.text import lexicon
from voc_mining.text.mask.spans import Found

_PREFECTURES = lexicon.column("municipalities", "prefecture")
_PREFECTURE_END = re.compile(f"{lexicon.alternatives(_PREFECTURES)} ?$")
_COUNTY_END = re.compile(f"{lexicon.alternatives(lexicon.column('municipalities', 'county'))} ?$")
_SIGN = "[0-9〇零一二三四五六七八九十百千]"
_NUMBER = rf"(?:[0-9](?: [0-9]){{2,4}}|[0-9]{{1,5}}|[〇零一二三四五六七八九十百千]{{1,6}})(?!{_SIGN})"
_UNIT = "(?:丁目|番地|番町|番(?!目)|号(?!室)|条(?:通り?)?(?!件)|線(?!で)|地割)"
_COUNTERS = "[円年月日時分秒人個件名回度歳台本枚%万千店社箱か泊割倍ヶ]|つ|種|点(?!在)|ページ|ポイント|分の"
_FILLER = "(?:えーっと|えーと|えっと|ええと|えー|あのー?)"
_JOIN = rf"(?: ?(?:-|の|ノ|、) ?{_FILLER}?| )"
_FURTHER = rf"{_JOIN}?{_NUMBER}(?!階|F|号室)(?: ?{_UNIT})?"
# 三丁目2の5, 2の14の6, 105, 大通西の十二: a single number has a unit, three figures, or の before it.
_BLOCK = (
    rf"(?:{_NUMBER} ?{_UNIT}(?:{_FURTHER}){{0,5}}|{_NUMBER}{_JOIN}{_NUMBER}(?!階|F|号室)(?: ?{_UNIT})?(?:{_FURTHER}){{0,4}}"
    rf"|[0-9]{{3,5}}(?![0-9])|(?<=[町村字郷])[0-9]{{1,2}}(?![0-9一-鿿ァ-ヴ])|[0-9](?: [0-9]){{2,4}}|(?<=[一-鿿]の){_NUMBER}(?![一-鿿]))(?!{_COUNTERS}|階|F)"
)
_PLACE = "[一-鿿々〆ヶケノツァ-ヴー]"
_KANA_TOWN = "[ぁ-ん]{2,5}[^にではがをのともへらりァ-ヴ一-鿿0-9 ](?=[0-9]{1,3}-[0-9])"
_TOWN = rf"(?:{_PLACE}|(?<=[一-鿿])(?:上る|下る|上ル|下ル|東入る?|西入る?)|{_KANA_TOWN}|[ぁ-ん](?=[ぁ-ん]{{0,5}}{_PLACE})|(?<={_PLACE})[のがつ](?={_PLACE}|[0-9])){{0,16}}?"
_DIRECTION = (
    "(?:(?:北|南|東|西)[0-9一二三四五六七八九十]{1,3} ?条(?:(?:東|西|南|北) ?[0-9一二三四五六七八九十]{1,2} ?丁目)?)"
)
_CORNER = rf"{_PLACE}{{2,10}}?通り?{_PLACE}{{0,6}}?(?:上る|下る|上ル|下ル|東入る?|西入る?)(?:{_PLACE}{{1,8}}町(?:{_NUMBER}(?:-{_NUMBER}){{0,3}})?)?"
_BUILDING_WORDS = lexicon.alternatives(lexicon.column("buildings", "word"))
_ROOM = (
    r"(?: ?(?:[A-Z0-9]{1,3}(?:号?棟|号?館) ?)?[A-Z]?-?[0-9]{1,4}(?:号室|階|F|号|室)?(?:の?[A-Z]?[0-9]{0,4}(?:号室|室))?"
    r"| ?[A-Z](?:号?棟|号室|室))"
)
_BETWEEN = rf"(?:[の、 ]|{_FILLER}|建物[はが]|アパート(?:名|の名前)?[はが]|マンション(?:名|の名前)?[はが]){{0,3}}"
_BUILDING = (
    rf"(?:{_BETWEEN}(?:"
    # コーポひまわり203号室, 泉崎ビル3F: a word for a building among the letters before the room
    rf"[^\s。、,!！?？0-9「」()のはがをにで]{{0,12}}{_BUILDING_WORDS}(?!名)"
    rf"(?:[ぁ-ん]{{2,6}}(?=[0-9])|[A-Za-z一-鿿ァ-ヴー・]{{0,8}}){_ROOM}?(?:の?{_ROOM})?"
    rf"|[0-9]{{1,4}}号室)"
    # クイーンズスクエアA 15階: any name in katakana with a room
    rf"|[、 ]?[ァ-ヴー・]{{2,16}} ?[A-Z]?[0-9]{{1,4}}(?:の[0-9]{{1,4}})?(?:号室|号|階|F)?(?!{_COUNTERS}|-)"
    rf"|[、 ]?[ァ-ヴー・]{{3,16}}[A-Z]?(?: ?[0-9]{{1,4}}(?:号室|階|F))?(?=$|[ \n。、)]|です|に|へ)"
    rf"| ?[0-9]{{1,3}}(?:階|F)| [A-Z]?[0-9]{{2,4}}(?:号室|号)?(?![0-9]|{_COUNTERS}|-))?"
)
_DETAIL = re.compile(
    rf" ?(?:の(?={_PLACE}))?(?:{_DIRECTION}(?:(?:{_JOIN})?{_NUMBER}(?: ?{_UNIT})?){{0,3}}|{_CORNER}|(?P<town>{_TOWN}) ?の? ?{_BLOCK}){_BUILDING}"
)
_BY_ITSELF = re.compile(
    rf"{_PLACE}{{1,8}}(?:[のがヶケ]{_PLACE}{{1,4}})?{_NUMBER} ?丁目 ?(?:{_NUMBER} ?(?:番地?|-)(?: ?の? ?{_NUMBER} ?号?)?|の?{_NUMBER} ?[の\-] ?{_NUMBER}){_BUILDING}"
    rf"|(?<![一-鿿ァ-ヴー]){_PLACE}{{2,8}}(?<![号番日型版図表章節条第年月式系列度比先宛分部課件項欄行頁])[1-9][0-9]?-[1-9][0-9]{{0,2}}-[1-9][0-9]{{0,3}}(?![0-9\-]|{_COUNTERS}){_BUILDING}"
    rf"|(?<=番地[がは])(?:{_NUMBER}){_JOIN}{_NUMBER}(?:{_JOIN}{_NUMBER})?{_BUILDING}"
)
_HOUSE = rf"(?:第?[一二三四五0-9])?[一-鿿ァ-ヴーA-Za-z・々ヶ]{{0,12}}{_BUILDING_WORDS}"
_ROOMED = re.compile(
    rf"{_HOUSE}[一-鿿ァ-ヴーA-Za-z・ヶ]{{0,8}}?の? ?(?:[A-Z0-9]{{1,2}}(?:号?棟|号?館)の?)? ?[A-Z]?[0-9]{{3,4}}(?:号室|号|室)?(?![0-9\-]|{_COUNTERS}|号)"
)
_HOUSE_SAID = re.compile(
    rf"(?:建物|マンション|アパート|部屋|ビル)(?:名|番号|の名前|・|\)|、| ){{0,4}}(?:は|が|:)[、 ]?({_HOUSE}(?:[ぁ-ん]{{2,6}}?|[一-鿿ァ-ヴーA-Za-z・]{{0,8}}){_ROOM}?)(?=って|です|と|$|の|、|。| |\n|で)"
)
_SAID = re.compile(
    r"(?:住所|自宅|居住地|引っ越し先|引越し先|転居先|転居先住所|お届け先|届け先|送付先|送り先|配送先|住まい|実家)(?:の変更)?(?:は|が|:|も|で、| )[、 ]?$"
)
_SAID_AT = re.compile(
    "(?:住所|自宅|引っ越し先|引越し先|転居先|お届け先|届け先|送付先|送り先|配送先|実家|物件)(?:は|が|:)[、 ]?"
)
_PLACES = re.compile("[一-鿿ァ-ヴー]{2}")
_ANY_BUILDING = re.compile(_BUILDING_WORDS)
_UNTIL = re.compile(rf"(?:{_PLACE}|[0-9\-]|の(?={_PLACE}))*")
_TO = re.compile(
    "(?:に|へ|まで|宛に?)(?:住所|転居|引っ越|引越|移転|住ん|住む|在住|送|お送|届|お届|配達|発送|配送|来て|お願い)"
)
_NAMED_TOWN = re.compile(f"{_PLACE}{{2,10}}町(?!{_PLACE})")
_NOT_AFTER = re.compile(lexicon.alternatives(lexicon.column("not_addresses", "word")))
_LONGEST = 9


def _names() -> frozenset[str]:
    names = set(lexicon.column("municipalities", "municipality"))
    wards = {name[name.index("市") + 1 :] for name in names if "市" in name[:-1] and name.endswith("区")}
    cities = {name[: name.index("市") + 1] for name in names if "市" in name[:-1] and name.endswith("区")}
    return frozenset(name for name in names | wards | cities if len(name) > 1)


_MUNICIPALITIES = _names()
_MUNICIPALITY_ENDS = re.compile("[市区町村]")
_ANY_SIGN = re.compile("[市区町村]|丁目|[都道府県]|番地|-[0-9]{1,3}-|住所|[宅先家件][はが:]")


def find_addresses(text: str) -> Iterator[Found]:
    """Find addresses in a normalized text.

    A municipality alone (新宿区の店舗) is no address; with a town and a number it is, and after
    住所は any place is.
    """
    if not _ANY_SIGN.search(text):
        return
    end_of_last = -1
    for start, end in _municipalities(text):
        if start < end_of_last:
            continue
        detail = None if _NOT_AFTER.match(text, end) else _DETAIL.match(text, end)
        begin = _with_prefecture(text, start)
        if detail:
            end_of_last = detail.end()
        elif (rest := _place_only(text, begin, start, end)) is not None:
            end_of_last = rest
        else:
            continue
        yield Found(begin, _without_space(text, end_of_last), "address")
    for found in _BY_ITSELF.finditer(text):
        yield Found(found.start(), _without_space(text, found.end()), "address")
    for said in _SAID_AT.finditer(text):
        detail = _DETAIL.match(text, said.end())
        if detail and end_of_last < 0 and detail["town"] and _PLACES.search(detail["town"]):
            yield Found(said.end(), _without_space(text, detail.end()), "address")


def find_buildings(text: str) -> Iterator[Found]:
    """Find buildings with a room, or where the text says that one is named."""
    if not _ANY_BUILDING.search(text):
        return
    for found in _ROOMED.finditer(text):
        yield Found(found.start(), found.end(), "address")
    for found in _HOUSE_SAID.finditer(text):
        yield Found(*found.span(1), "address")


def _place_only(text: str, begin: int, start: int, end: int) -> int | None:
    """End of a place without a number that is somebody's address by what stands around it."""
    town = _NAMED_TOWN.match(text, end)
    if begin < start and town:
        return town.end()
    rest = _UNTIL.match(text, end)
    end_of_rest = rest.end() if rest else end
    said = _SAID.search(text[:begin]) or (end_of_rest > end and _TO.match(text, end_of_rest))
    return end_of_rest if said else None


def _municipalities(text: str) -> Iterator[tuple[int, int]]:
    """Longest known municipality ending at each 市, 区, 町 or 村; a city takes its ward along."""
    places: list[tuple[int, int]] = []
    for sign in _MUNICIPALITY_ENDS.finditer(text):
        end = sign.end()
        for start in range(max(0, end - _LONGEST), end - 1):
            if text[start:end] in _MUNICIPALITIES:
                inner = places and (places[-1][1] == start or places[-1][0] >= start)
                places.append((min(places.pop()[0], start) if inner else start, end))
                break
    return iter(places)


def _with_prefecture(text: str, start: int) -> int:
    for ending in (_COUNTY_END, _PREFECTURE_END):
        before = ending.search(text[:start])
        if before:
            start = before.start()
    return start


def _without_space(text: str, end: int) -> int:
    while text[end - 1] == " ":
        end -= 1
    return end
