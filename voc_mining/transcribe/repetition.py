"""Words that a decoder wrote again and again: within an utterance, and from one to the next."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

import polars as pl

from voc_mining.transcribe.phrases import bare

_BACK_CHANNEL = Path(__file__).parent / "data" / "back_channel.csv"
# A loop inside one utterance: a unit of several syllables again and again, a sentence doubled, or one
# sign without end. Short units may be honest (はいはいはい, もしもしもしもし), so they need more copies.
_LOOPS = re.compile(
    r"(?P<sign>.)(?P=sign){7,}|(?P<short>.{2,4}?)(?P=short){5,}|(?P<unit>.{5,}?)(?P=unit){2,}|(?P<twice>.{12,})(?P=twice)"
)
_LOOP_SHARE = 0.5
_STAMMER = re.compile(r"(?P<unit>.{1,4}?)(?P=unit)+")
# Runs of four characters that differ, of all there are: 2,470 sentences and requests have 0.71 and more.
_GRAM = 4
_FEWEST_DISTINCT = 0.65
_SHORTEST_TOLD = 20
# Equal utterances in a row: people repeat はい and short questions, a decoder repeats sentences.
_SHORT_CHARS = 6
_SHORT_RUN = 8
_SHORT_PAUSE_S = 1.0
_LONG_RUN = 3
_SENTENCE_CHARS = 12
_DOUBLING_PAUSE_S = 1.0
_LONGEST_CYCLE = 4


def loops(text: str) -> bool:
    """Whether most of a text is one unit over and over, as decoders write when they are stuck.

    The units may differ a little: then few of its runs of four characters are distinct. Words of a
    listener do not count there.

    >>> loops("ありがとうございますありがとうございますありがとうございます")
    True
    >>> loops("請求書が届かないので困っています。請求書が届かないので困っていますが")
    True
    >>> loops("はい、はい、はい、わかりました"), loops("もしもし、もしもし")
    (False, False)
    """
    signs = bare(text)
    looped = sum(len(match[0]) for match in _LOOPS.finditer(signs))
    if looped > 0 and looped >= _LOOP_SHARE * len(signs):
        return True
    told = _STAMMER.sub(r"\g<unit>", _listening().sub("", signs))
    grams = [told[at : at + _GRAM] for at in range(len(told) - _GRAM + 1)]
    return len(told) >= _SHORTEST_TOLD and len(set(grams)) < _FEWEST_DISTINCT * len(grams)


@lru_cache(maxsize=1)
def _listening() -> re.Pattern[str]:
    lines = [line for line in _BACK_CHANNEL.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    words = sorted((row["word"] for row in csv.DictReader(lines)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def repeated(utterances: pl.DataFrame) -> pl.Series:
    """Tell which utterances say again what was said before on their channel.

    They loop within; or they continue a run of three or more equal ones (short ones: of eight, without
    pauses), the first of which stays free; or they double the sentence before without a pause; or a group of up to
    four utterances comes three times in a row.

    Parameters
    ----------
    utterances : DataFrame
        Of one recording, sorted by ``channel`` and ``no``, with ``text``, ``start_s`` and ``end_s``.

    Returns
    -------
    Series
        True or false for each row.
    """
    marks: list[bool] = []
    for _, rows in utterances.group_by("channel", maintain_order=True):
        texts = [bare(text) for text in rows["text"]]
        pauses = (rows["start_s"] - rows["end_s"].shift(1)).to_list()[1:]
        again = _in_runs(texts, pauses)
        for period in range(2, _LONGEST_CYCLE + 1):
            again = [one or other for one, other in zip(again, _in_cycles(texts, period), strict=True)]
        marks += [mark or loops(text) for mark, text in zip(again, rows["text"], strict=True)]
    return pl.Series("repeated", marks, dtype=pl.Boolean)


def _in_runs(texts: list[str], pauses: list[float]) -> list[bool]:
    """Continue a run of equal texts; ``pauses[n]`` lies between the texts n and n + 1."""
    marks = [False] * len(texts)
    start = 0
    for at in range(1, len(texts) + 1):
        if at < len(texts) and texts[at] == texts[start] and _no_pause(texts[at], pauses[at - 1]):
            continue
        length, size = at - start, len(texts[start])
        longest = _SHORT_RUN if size < _SHORT_CHARS else _LONG_RUN
        doubled = size >= _SENTENCE_CHARS and any(pause <= _DOUBLING_PAUSE_S for pause in pauses[start : at - 1])
        if length >= longest or (length > 1 and doubled):
            marks[start + 1 : at] = [True] * (length - 1)
        start = at
    return marks


def _no_pause(text: str, pause_s: float) -> bool:
    """Whether an equal text belongs to the run: short ones only where no pause parts them, as listeners make them."""
    return len(text) >= _SHORT_CHARS or pause_s <= _SHORT_PAUSE_S


def _in_cycles(texts: list[str], period: int) -> list[bool]:
    """Repeat the group of utterances before, at least for the third time."""
    same = [at >= period and texts[at] == texts[at - period] for at in range(len(texts))]
    marks = [False] * len(texts)
    start = 0
    for at in range(len(texts) + 1):
        if at < len(texts) and same[at]:
            continue
        group = texts[start - period : start] if start >= period else []
        long_enough = len("".join(dict.fromkeys(group))) >= _SENTENCE_CHARS and len(set(group)) > 1
        if at - start >= 2 * period and long_enough:
            marks[start:at] = [True] * (at - start)
        start = at + 1
    return marks
