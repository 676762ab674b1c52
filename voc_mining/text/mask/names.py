"""Names of people: self-introductions, forms of address, full names and surnames where a person is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from voc_mining.text import lexicon
from voc_mining.text.mask.name_frames import find_framed
from voc_mining.text.mask.name_words import (
    CITIES,
    FOREIGN_SURNAMES,
    GIVEN_NAME,
    KANA,
    NOT_ALONE,
    NOT_NAMES,
    PERSON,
    PLACE_NAME,
    PLACES,
    PREFECTURES,
    RARE_SURNAMES,
    SURNAME,
    SURNAMES,
    is_full_name,
    is_given_name,
    is_latin_name,
    is_person,
    is_surname,
    may_be_surname,
    with_surnames,
)
from voc_mining.text.mask.read_names import find_read, with_given_in_brackets
from voc_mining.text.mask.spans import Found
from voc_mining.text.mask.spelled_names import find_spelled
from voc_mining.text.mask.told_names import find_told
from voc_mining.text.sieve import Sieved
from voc_mining.text.tokens import Token, offsets

_PERSON_WORDS = frozenset(row["word"] for row in lexicon.rows("honorifics") if row["kind"] == "person")
_TITLES = frozenset(row["word"] for row in lexicon.rows("honorifics") if row["kind"] == "title")
_CONTEXT = re.compile(rf"{lexicon.alternatives(lexicon.column('name_contexts', 'pattern'))}[「『 ]?$")
_INTRODUCED_ANY, _INTRODUCED_WORD = (
    re.compile(lexicon.alternatives(tuple(r["pattern"] for r in lexicon.rows("introductions") if r["needs"] == needs)))
    for needs in ("any", "word")
)
_SIGNS = re.compile(
    rf"{lexicon.alternatives(lexicon.column('honorifics', 'word'))}|申|もうし|いいます|言います|という者|と読み|と書いて|の字|という名|って名|でございます"
    r"|(?:氏|お?名前|姓|名字|苗字|名義|宛名|旧姓|担当|フリガナ|ふりがな)|(?<![A-Za-z])[A-Z][A-Za-z]+ [A-Z]|[ぁ-んァ-ヴA-Za-z][、・][ぁ-んァ-ヴA-Za-z]"
)
_SHORTEST_FULL_NAME = 2
_FILLERS = (
    r"(?:[、。,！ ]|(?:はい|ええ|あの?ー?|もしもし|え[えー]*っ?と|え[えー]+|(?:いつも)?(?:大変)?お世話になっ(?:ております|ています|てます|た)|お世話になります|お待たせ(?:いた)?しました|失礼(?:いた)?します|こんにちは|恐れ入ります|すみません"
    r"|すいません|お電話ありがとうございます|どうも|先ほどの|さっきの)[、。,！ ]?){0,6}"
)
_OPENING = re.compile(f"^{_FILLERS}$")
_OPENED = re.compile(
    rf"{_FILLERS}(?:(?:私|わたくし|こちら|当方)[、 ]?)?([一-鿿々ヶ]{{1,6}}|[ァ-ヴー]{{2,10}}(?:[・ ][ァ-ヴー]{{2,10}})?|[ぁ-ん]{{3,8}}?)"
    r"(?=(?:なん)?(?:です|でございます)(?!か(?:$|[、。？ ])|から|ので|し(?:$|[、。 ])|よね|ねえ|って)|(?:と|って)(?:言|い)い(?:ます|まして)(?!か))"
)
_NAME_RUN = re.compile(
    r"(?:[一-鿿々]{1,4} [一-鿿々]{1,4}|[一-鿿々ヶケ]{1,6}|[ァ-ヴー・]{2,12}|[ぁ-ん]{2,7}|[A-Za-z]{2,12}(?: [A-Za-z]{2,12})?)$"
)
_PREFIX = re.compile(lexicon.alternatives(lexicon.column("name_prefixes", "word")))
_CLAUSE = re.compile(r"(?:^|[、。,！？ 」]|こちら|わたくし|私)$")
_FIRM = re.compile(
    r"(?:会社|法人|組合|銀行|[一-鿿ァ-ヴーA-Za-z]{2,}(?:店|課|部|室|所|院|校|園|社|局)|(?:株式|有限|合同)会社[^、。 ]{1,16}|[ァ-ヴー]{3,}|[A-Za-z]{2,})の$"
)
_ACTS = re.compile(
    "が(?:承|うけたまわ|担当|対応|お受け|受け付|受付|ご案内|案内|伺|お伺|うかが|お答え|お電話|ご説明|電話に|出られ)"
    "|から(?:お?電話|ご?連絡|ご?説明|ご?案内|聞|お?返事|折り返)|に(?:代わ|かわ|替わ|つない|お?つなぎ|伝え|お伝え|取り次|お願い)"
    "|は(?:い(?:ますか|らっしゃ)|お(?:ります|られ)|席|不在|外出|退社|休み|本日|ただいま|ただ今|今)|のほうから|宛|あて|(?:夫婦|夫妻|一家|姉妹|兄弟|親子)"
    "|の(?:家内|妻|夫|主人|息子|娘|母|父|代理|家族|身内|者です)"
)
_NOTED = re.compile(
    "(?:より|へ)(?:入電|引|連絡|転送|エスカ|報告|折|確認|架電|TEL)|(?:対応|受付|担当|受電|架電|受|済み?|確認|記入|処理|代筆|起票|名義)(?:$|[。、 )])|記(?:$|[。)])|→"
)
_ENDS_THERE = re.compile(
    r"(?:です|でございます|と申します|といいます|と言います)(?:$|[、。 !！]|が|けど|けれど|けども|ね|よ)"
)
_AFTER_PARTICLE = re.compile(r".*[のはがをもに](?=[ぁ-ん]{2,5}$)")
_ORGANIZATION = re.compile(
    r"(?:会社|商事|銀行|工業|製作所|病院|大学|学校|組合|事務所|法人|センター|サービス|支店|営業所|株式会社|有限会社|デスク|窓口)$"
)
_READ_AGAIN = re.compile(
    r"(?:と申します|です|でございます|といいます|と言います|と書いて|と書きまして)(?:が|けど|けれども)?[、。 ]?"
    r"(?:(?:読み(?:方|がな)?|ふりがな|フリガナ|かな|カナ)(?:は|が)?)?([ぁ-ん]{2,6}?|[ァ-ヴー]{2,7})(?=です|と読み|と言い|といい|と申し)"
    r"|[ (]\(?([ぁ-んァ-ヴー]{2,8}(?: [ぁ-んァ-ヴー]{2,8})?)\)"
)
_WITH_SIGN = re.compile(
    "([一-鿿]{1,4}|(?:(?<=です)|(?<![ぁ-ん])(?!です))[ぁ-ん]{2,5}|[ァ-ヴー]{2,5})(?:に|と)([一-鿿])(?=の?字|の$|です|で|と書|$)"
    "|の([一-鿿])(?=です|の字|で|と書|$)"
)
_NAMED = Sieved(
    r"([一-鿿々]{1,5}|[ァ-ヴー]{2,8}|[ぁ-ん]{2,6})(?:って|という|といった)(?:お?名前|名字|苗字|姓|者)|([ぁ-ん]{2,5}|[ァ-ヴー]{2,6})の字(?:は|が|を)"
    r"|([一-鿿々]{1,4})と書いて(?=[ぁ-んァ-ヴー]{2,7}と?(?:読|言|い|申|です))"
)
_NOT_READINGS = re.compile(
    "はい|よろしく|おねがい|それ|これ|そう|どう|いつ|こちら|さっき|あの|まだ|もう|すぐ|なん|ここ"
)
_FURTHER = re.compile("(?:・[ァ-ヴー]{1,10})+")
_KATAKANA = re.compile("[ァ-ヴー]+")
_WHO = re.compile("(?:[たる]|です)のは$|(?:もの|者)は$")
_AFTER_NAME = ("助詞", "補助記号", "助動詞", "空白", "動詞", "副詞", "感動詞", "接続詞", "形容詞", "代名詞")
_KANJI_ALONE = re.compile("[一-鿿々]+")
_SENTENCE_END = re.compile("[。！？\\n] ?|(?:と申します|お電話しました|いたしました|しました|ております)(?:、| )")
_FORMAL = frozenset({"様", "氏", "殿"})
_GIVES_NAME = re.compile("住所|読み|名字|苗字|漢字|名前|予約|登録|契約|先ほど|さきほど|さっき|電話")
_KATAKANA_NAME = re.compile("[ァ-ヴー]{3,}(?![ァ-ヴー一-鿿])")
_BESIDE_DATA = re.compile("[ 、/,:](?:[0-9+(]|[A-Za-z0-9._]+@|電話|TEL|携帯|メール|〒|住所|生年月日)")
_ENDS_CLAUSE = re.compile("(?:[たるのがは、。]|姓|名前)$")
_LATIN = re.compile(
    r"(?<![A-Za-z0-9@._\-])([A-Z][A-Za-z]+)(?:(?: |, ?|・|/)([A-Z][A-Za-z]+))?(?: ([A-Z][A-Za-z]+))?(?![A-Za-z0-9@._\-])"
)
_LATIN_MEANT = re.compile(r" ?(?:様|さま|さん|氏|です|と(?:申|い|言)|と(?:読|書)|で登録)")


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
    tokens = with_surnames(tokens)
    named = any(is_person(token) for token in tokens)
    openings = [opened for start in _clauses(text) if (opened := _OPENED.match(text, start))]
    signs = _SIGNS.search(text)
    starts = offsets(text, tokens) if named or openings or signs else ()
    found = [*_introduced(text), *_named(text)] if signs else []
    for opened in openings:
        found += _opening(text, opened, tokens, starts)
    if named or signs:
        found += _by_token(text, tokens, starts)
        found += _latin(text)
    found += find_framed(text, tokens)
    found += find_spelled(text)
    found += find_told(text, tokens)
    found += find_read(text)
    found += with_given_in_brackets(text, found)
    found = [_with_further(text, place) for place in found]
    yield from found
    if found:
        yield from _again(text, found, tokens, starts or offsets(text, tokens))


def _by_token(text: str, tokens: Sequence[Token], starts: Sequence[int]) -> Iterator[Found]:
    for index, token in enumerate(tokens):
        if token.surface in _PERSON_WORDS or token.surface in _TITLES:
            yield from _addressed(text, tokens, starts, index)
        elif is_person(token):
            yield from _standing(text, tokens, starts, index)


def _introduced(text: str) -> Iterator[Found]:
    """Find X in Xと申します, whatever the tokenizer makes of it."""
    for introduction in _INTRODUCED_ANY.finditer(text):
        run = _NAME_RUN.search(text[: introduction.start()])
        if run is None or _ORGANIZATION.search(run[0]) or (run[0] in NOT_NAMES and len(run[0]) > 1):
            continue
        inner = _AFTER_PARTICLE.match(run[0])
        start = run.start() + (inner.end() if inner else _before_name(run[0]))
        prefix = _PREFIX.match(text, start, introduction.start() - 1)
        start = prefix.end() if prefix else start
        if introduction.start() - start >= 1:
            yield Found(start, introduction.start(), "name")


def _before_name(run: str) -> int:
    """Kanji before a name with nothing in between (もう一人村瀬という者); 0 where the run is a name or ends with none."""
    if len(run) < 3 or may_be_surname(run) or is_full_name(run) or not _KANJI_ALONE.fullmatch(run):
        return 0
    return next((cut for cut in range(1, len(run) - 1) if is_surname(run[cut:]) or is_full_name(run[cut:])), 0)


def _named(text: str) -> Iterator[Found]:
    """Find X in Xという名字, Xの字は and Xと書いて…と読みます."""
    for found in _NAMED.finditer(text):
        group = found.lastindex or 0
        word = found[group]
        if is_surname(word) or is_given_name(word) or is_full_name(word) or (group == 3 and len(word) > 1):
            yield Found(*found.span(group), "name")


def _opening(text: str, opened: re.Match[str], tokens: Sequence[Token], starts: Sequence[int]) -> Iterator[Found]:
    """Find who speaks where an utterance begins with a name and です, also one that is a word besides (森です)."""
    start, end = opened.span(1)
    covered = [token for at, token in zip(starts, tokens, strict=True) if start <= at < end]
    word = opened[1]
    nouns = all(token.pos.startswith(("名詞", "接尾辞", "接頭辞")) for token in covered)
    whole = start in starts and covered and end == start + sum(len(token.surface) for token in covered)
    if word in NOT_NAMES or word in NOT_ALONE or word in PREFECTURES or not whole:
        return
    person = all(token.pos.startswith(PERSON) or token.surface in "・ " for token in covered)
    if not (nouns or person or KANA.fullmatch(word) or is_full_name(word)) or word in CITIES:
        return
    if any(token.pos.startswith(PLACE_NAME) for token in covered):
        likely = word not in PLACES or _GIVES_NAME.search(text)
        if may_be_surname(word) and _is_no_place(word) and likely:
            yield Found(start, end, "name")
        return
    foreign = word[0] in FOREIGN_SURNAMES and len(covered) > 1 and not KANA.search(word)
    in_kana = foreign or (KANA.fullmatch(word) and is_surname(word) and not covered[-1].pos.startswith("形容詞"))
    rare = word in RARE_SURNAMES and (not RARE_SURNAMES[word] or len(covered) > 1 or _GIVES_NAME.search(text))
    if person or in_kana or rare or word in SURNAMES or (len(word) > _SHORTEST_FULL_NAME and is_full_name(word)):
        yield Found(start, end, "name")


def _addressed(text: str, tokens: Sequence[Token], starts: Sequence[int], index: int) -> Iterator[Found]:
    """Find the name before 様, さん or 部長."""
    first = index
    while first and is_person(tokens[first - 1]) and not _broken(text, tokens, starts, first):
        first -= 1
    end = starts[index - 1] + len(tokens[index - 1].surface) if index else 0
    if first < index:
        if text[starts[first] : end] not in NOT_NAMES and not _spread_by_noun(tokens, first):
            yield Found(_start_of_kana(text, starts[first]), end, "name")
        return
    if not index or starts[index] - end > 1:
        return
    before = tokens[index - 1]
    if before.pos.startswith(PLACE_NAME) and tokens[index].surface in _FORMAL:
        if _is_no_place(before.surface):
            yield Found(starts[index - 1], end, "name")
        return
    if tokens[index].surface in _TITLES or before.pos.startswith("助詞"):
        return
    if name := _name_before(text, starts[index]):
        yield Found(starts[index] - len(name), starts[index], "name")


def _name_before(text: str, end: int) -> str:
    """Find the name that ends at a place, by the lists of names; empty if none does."""
    word = _word_before(text, end)
    if not word or word in NOT_NAMES:
        return ""
    if may_be_surname(word) or is_full_name(word) or (len(word) > 1 and is_given_name(word)):
        return word
    return _last_name(word)


def _is_no_place(word: str) -> bool:
    """Whether a name of a place that is addressed is somebody's (荻窪様, but not 大阪府様)."""
    return len(word) > 1 and word not in PREFECTURES and word[-1] not in "都道府県市区町村国"


def _last_name(word: str) -> str:
    """Find the longest surname or full name that hiragana end with (はいしおざき); empty if there is none."""
    if not KANA.fullmatch(word):
        return ""
    ends = (word[cut:] for cut in range(1, len(word) - 2))
    return next((end for end in ends if end not in NOT_NAMES and (may_be_surname(end) or is_full_name(end))), "")


def _standing(text: str, tokens: Sequence[Token], starts: Sequence[int], index: int) -> Iterator[Found]:
    """Find a name with no form of address: a full name, or a surname where a person is meant."""
    token = tokens[index]
    start, end = starts[index], starts[index] + len(token.surface)
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.surface in NOT_NAMES or (index and _spread_by_noun(tokens, index)):
        return
    if token.pos == SURNAME and (full := _full_name_end(text, tokens, starts, index)):
        if full - start > _SHORTEST_FULL_NAME and text[start:full] not in NOT_NAMES:
            yield Found(start, full, "name")
        return
    known = token.pos == SURNAME and len(token.surface) > 1 and may_be_surname(token.surface)
    noted = token.surface not in PREFECTURES and _NOTED.match(text, end)
    if known and (noted or _ACTS.match(text, end) or (not start and _BESIDE_DATA.match(text, end))):
        yield Found(start, end, "name")
        return
    if following and following.pos.startswith(("名詞", "接尾辞")) and not following.surface[0].isspace():
        return
    if foreign := _in_katakana(text, tokens, starts, index):
        yield Found(start, foreign, "name")
    elif _is_meant(text, tokens, starts, index):
        yield Found(start, end, "name")


def _in_katakana(text: str, tokens: Sequence[Token], starts: Sequence[int], index: int) -> int:
    """Where a name in katakana ends that is all that a clause says (予約したフェルナンデスです); 0 if it is none."""
    start = starts[index]
    run = _KATAKANA_NAME.match(text, start)
    if not run or not tokens[index].pos.startswith(PERSON) or not _ENDS_THERE.match(text, run.end()):
        return 0
    clause = _OPENING.search(text[:start]) or _ENDS_CLAUSE.search(text[:start])
    inside = (each for at, each in zip(starts, tokens, strict=True) if start <= at < run.end())
    return run.end() if clause and all(each.pos.startswith("名詞") for each in inside) else 0


def _is_meant(text: str, tokens: Sequence[Token], starts: Sequence[int], index: int) -> bool:
    """Whether a person is meant by what stands around a surname or a place that is one, too."""
    token = tokens[index]
    start, end = starts[index], starts[index] + len(token.surface)
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    before = text[:start]
    meant = _CONTEXT.search(before) is not None
    introduced = _INTRODUCED_WORD.match(text, end) and (meant or _introduces(token, before))
    if token.pos.startswith(PLACE_NAME):  # 松本 is a city too: only who gives a name means a person
        return bool(introduced and meant)
    in_sentence = following is not None and following.pos.startswith("助")
    ends = following is None or following.pos.startswith(_AFTER_NAME)
    listed = token.pos == SURNAME and len(token.surface) > 1 and _is_listed(text, tokens, starts, index)
    known = token.pos == SURNAME and len(token.surface) > 1 and may_be_surname(token.surface)
    spoken = known and _ENDS_THERE.match(text, end) and _leads_to_name(before, tokens, index)
    return bool(introduced or spoken or (meant and in_sentence) or (ends and _told_apart(token)) or listed)


def _leads_to_name(before: str, tokens: Sequence[Token], index: int) -> bool:
    """Whether a firm, a function or a clause stands right before (株式会社アオゾラの, サポートデスク, 担当しました)."""
    if _FIRM.search(before) or _WHO.search(before):
        return True
    return (
        index > 0
        and tokens[index - 1].pos.startswith(("名詞", "助動詞", "動詞"))
        and before.endswith(tokens[index - 1].surface)
    )


def _is_listed(text: str, tokens: Sequence[Token], starts: Sequence[int], index: int) -> bool:
    """Whether a surname stands beside another in a list, only a comma or a space between them."""
    for one, other in ((index - 2, index), (index - 1, index), (index, index + 1), (index, index + 2)):
        if one < 0 or other >= len(tokens) or tokens[one].pos != SURNAME or tokens[other].pos != SURNAME:
            continue
        between = text[starts[one] + len(tokens[one].surface) : starts[other]]
        if between and not between.strip("、,・/とや→ "):
            return len(tokens[one].surface) > 1 and len(tokens[other].surface) > 1
    return False


def _full_name_end(text: str, tokens: Sequence[Token], starts: Sequence[int], index: int) -> int:
    """Where the given name ends that follows a surname, with or without a space; 0 if none follows."""
    last, longest = index + 1, 0
    first = starts[index] + len(tokens[index].surface)
    while last < len(tokens) and last <= index + 4 and not _broken(text, tokens, starts, last):
        word = tokens[last]
        end = starts[last] + len(word.surface)
        given = text[first:end].strip()
        if word.pos.startswith(("助", "補助記号")) or not given:
            if given:
                break
            last += 1
            continue
        if (last == index + 1 and word.pos == GIVEN_NAME) or (len(given) > 1 and is_given_name(given)):
            longest = end
        last += 1
    return longest


def _introduces(token: Token, before: str) -> bool:
    """Whether a surname stands where someone gives their name: first in an utterance or a clause."""
    if token.pos != SURNAME:
        return _OPENING.search(before) is not None and _KATAKANA.fullmatch(token.surface) is not None
    clause = len(token.surface) > 1 and token.surface in SURNAMES and _CLAUSE.search(before)
    return bool(clause) or _OPENING.search(before) is not None


def _clauses(text: str) -> Iterator[int]:
    """Where sentences begin."""
    yield 0
    for end in _SENTENCE_END.finditer(text):
        if end.end() < len(text):
            yield end.end()


def _told_apart(token: Token) -> bool:
    """Whether a bare word is a surname and nothing else: a frequent one in kanji that is no place."""
    word = token.surface
    return token.pos == SURNAME and len(word) > 1 and word not in PLACES and word in SURNAMES


def _latin(text: str) -> Iterator[Found]:
    """Find names in Latin letters: two words that are names, or one that is addressed or introduced."""
    for found in _LATIN.finditer(text):
        words = [word for word in found.groups() if word]
        known = sum(is_latin_name(word) for word in words)
        meant = _LATIN_MEANT.match(text, found.end())
        if (len(words) > 1 and known == len(words)) or (known and meant):
            yield Found(*found.span(), "name")


def _again(text: str, found: Sequence[Found], tokens: Sequence[Token], starts: Sequence[int]) -> Iterator[Found]:
    """Find what was told to be a name once more in the same text, and how it is read."""
    ends = {place.end for place in found}
    for told in _READ_AGAIN.finditer(text):
        group = told.lastindex or 1
        if told.start() in ends and not _NOT_READINGS.match(told[group]):
            yield Found(*told.span(group), "name")
    signs = {sign for place in found for sign in text[place.start : place.end]}
    for told in _WITH_SIGN.finditer(text):
        if (told[2] or told[3]) in signs:
            yield Found(told.start(1) if told[2] else told.start(3), told.end(), "name")
    parts = {text[place.start : place.end] for place in found}
    for start, token in zip(starts, tokens, strict=True):
        end = start + len(token.surface)
        if is_person(token) and any(place.start <= start and end <= place.end for place in found):
            parts.add(token.surface)
    for start, token in zip(starts, tokens, strict=True):
        end = start + len(token.surface)
        if token.surface in parts and token.pos.startswith("名詞") and _AGAIN.match(text, end):
            yield Found(start, end, "name")


_AGAIN = re.compile(r"$|です|でござ|と(?:申|言|い|書|読)|様|さん|の|が|は|を|に|、|。| |\n")


def _with_further(text: str, place: Found) -> Found:
    """Take further names along that a dot joins (グエン・ティ・ラン)."""
    more = _FURTHER.match(text, place.end) if _KATAKANA.match(text, place.end - 1) else None
    return place._replace(end=more.end()) if more else place


def _start_of_kana(text: str, start: int) -> int:
    """Take a surname in katakana along that the tokenizer did not know (ヤマザキマサオ)."""
    while start and _KATAKANA.match(text, start) and _KATAKANA.match(text, start - 1):
        start -= 1
    return start


def _broken(text: str, tokens: Sequence[Token], starts: Sequence[int], index: int) -> bool:
    """Whether more than a space parts a token from the one before."""
    end = starts[index - 1] + len(tokens[index - 1].surface)
    return text[end : starts[index]] not in {"", " "} if index < len(starts) else False


def _spread_by_noun(tokens: Sequence[Token], index: int) -> bool:
    """Whether the name is the tail of a longer proper noun, as in 大阪市 or JR山手線."""
    return index > 0 and tokens[index - 1].pos.startswith("接頭辞") and tokens[index - 1].surface not in {"お", "故"}


def _word_before(text: str, end: int) -> str:
    run = re.search(r"(?:[一-鿿々ヶ]{1,5}|[ァ-ヴー]{2,10}|[ぁ-ん]{2,6})$", text[:end])
    return run[0] if run else ""
