"""A user's words as a dictionary of MeCab, in the layout of unidic-lite."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import unidic_lite

from voc_mining.contracts.wording import DictionaryWord, UserDictionary
from voc_mining.ids import digest
from voc_mining.text.normalize import normalize

_EDITION = 1
"""Raised when the same words give another dictionary."""

_SYSTEM = Path(unidic_lite.DICDIR)  # type: ignore[attr-defined]  # not typed
_COMPILE = "from fugashi.cli import build_dict; build_dict()"
_PARTS_OF_SPEECH = {
    "名詞": ("名詞", "普通名詞", "一般", "*"),
    "固有名詞": ("名詞", "固有名詞", "一般", "*"),
    "サ変名詞": ("名詞", "普通名詞", "サ変可能", "*"),
    "形容動詞": ("形状詞", "一般", "*", "*"),
    "副詞": ("副詞", "*", "*", "*"),
    "感動詞": ("感動詞", "一般", "*", "*"),
}
# Where words come from, as the contexts tell them apart; the first that there is.
_ORIGINS = ("固", "混", "外", "漢", "和", "*")
_ORIGIN_PLACE = 8
# A short word in hiragana stands within many others (まる in 止まる), so it must not be likelier than they are.
_USUAL_COST, _COST_OF_SHORT = 2_000, 8_000
_SHORT = re.compile("[ぁ-ゖー]{1,3}")
_KATAKANA = re.compile("[ァ-ヶー]+")


def compiled(words: UserDictionary, reading_of: Callable[[str], str], folder: Path) -> Path:
    """Compile the words, unless the folder holds them already.

    Parameters
    ----------
    words : UserDictionary
        At least one word.
    reading_of : callable
        Reading in katakana of a word that the user gave none for.
    folder : Path
        Where compiled dictionaries are kept, each by the digest of its words.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OSError
        If the folder cannot be written.
    RuntimeError
        If the compiler refuses the words.
    """
    found = folder / f"{digest('user dictionary', _EDITION, words.key)}.dic"
    if found.exists():
        return found
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as workshop:
        table, made = Path(workshop) / "words.csv", Path(workshop) / "words.dic"
        table.write_text(_table(words, reading_of), encoding="utf-8")
        # In a process of its own: the compiler ends the process where it gives up.
        arguments = ["-d", f'"{_SYSTEM}"', "-u", f'"{made}"', f'"{table}"']
        told = subprocess.run([sys.executable, "-c", _COMPILE, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
        if not made.exists():
            raise RuntimeError(told.stderr or told.stdout)
        # Whoever looks meanwhile sees the whole file or none.
        made.replace(found)
    return found


def _table(words: UserDictionary, reading_of: Callable[[str], str]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for word in words.words:
        writer.writerow(_entry(word, reading_of))
    return lines.getvalue()


def _entry(word: DictionaryWord, reading_of: Callable[[str], str]) -> list[object]:
    surface = normalize(word.surface)
    reading = word.reading or reading_of(surface)
    reading = reading if _KATAKANA.fullmatch(reading) else "*"
    told = _PARTS_OF_SPEECH[word.part_of_speech]
    left, origin = _context("left-id.def", told)
    right, _ = _context("right-id.def", told)
    cost = word.cost if word.cost is not None else _COST_OF_SHORT if _SHORT.fullmatch(surface) else _USUAL_COST
    spelled = [reading, surface, surface, reading, surface, reading, origin, "*", "*", "*", "*", *[reading] * 4]
    return [surface, left, right, cost, *told, "*", "*", *spelled, *["*"] * 5]


@cache
def _context(name: str, told: tuple[str, ...]) -> tuple[int, str]:
    """Give number and origin of the context that words of a part of speech have in the system dictionary."""
    numbers: dict[str, int] = {}
    for line in (_SYSTEM / name).read_text(encoding="utf-8").splitlines():
        number, _, context = line.partition(" ")
        parts = context.split(",")
        if tuple(parts[:4]) == told and set(parts[4:_ORIGIN_PLACE]) <= {"*"} and len(parts) == _ORIGIN_PLACE + 1:
            numbers.setdefault(parts[_ORIGIN_PLACE], int(number))
    origin = next(each for each in _ORIGINS if each in numbers)
    return numbers[origin], origin
