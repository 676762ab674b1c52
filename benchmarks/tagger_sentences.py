"""Made-up sentences for training the tagger of personal data, from ``data/masking/frames.txt``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.masking import SPOKEN, Place, Sentence
from benchmarks.tagger_slots import Slots
from benchmarks.tagger_words import Piece

FRAMES = Path(__file__).parent / "data" / "masking" / "frames.txt"
_JOINED, _HESITATING = 0.2, 0.25
"""Shares of sentences that are two, and of spoken ones with a filler or a word broken off."""
_JOINTS = (("", "、", "で", "あと", "それで", "はい", "えっと", " "), ("\n", "。", " ", "　", "／"))
_FILLERS = ("えー", "えっと", "あのー", "ええと", "まあ", "その", "あ", "はい", "んー", "ねえ")
_PART = re.compile(r"\$[A-Z]+0?|\{\w+\}|[()|]|\\n|[^$(){}|\\]+")


@dataclass(frozen=True)
class Frames:
    """Patterns of sentences by style, and the named patterns within them."""

    patterns: tuple[tuple[str, str], ...]
    named: dict[str, str]


def read_frames(path: Path = FRAMES) -> Frames:
    """Read the frames."""
    patterns, named = [], {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("$"):
            name, pattern = line.split(" = ", 1)
            named[name] = pattern
        elif line and not line.startswith("#"):
            style, pattern = line.split("\t", 1)
            patterns.append((style, pattern))
    return Frames(tuple(patterns), named)


def sentences(frames: Frames, slots: Slots, random: Random, count: int) -> Iterator[Sentence]:
    """Make sentences, each of a frame drawn at random."""
    for number in range(count):
        style, pattern = random.choice(frames.patterns)
        pieces = _pieces(frames, pattern, slots, style, random)
        if random.random() < _JOINED:
            further = random.choice([other for other in frames.patterns if other[0] == style])[1]
            pieces += [(random.choice(_JOINTS[style != SPOKEN]), ""), *_pieces(frames, further, slots, style, random)]
        if style == SPOKEN and random.random() < _HESITATING:
            pieces = [part for piece in pieces for part in _hesitating(piece, random)]
        text, places = "", []
        for piece, kind in pieces:
            if kind and piece:
                places.append(Place(len(text), len(text) + len(piece), kind))
            text += piece
        if text.strip():
            yield Sentence(f"g{number}", "train", style, text, tuple(places))


def _pieces(frames: Frames, pattern: str, slots: Slots, style: str, random: Random) -> list[Piece]:
    return list(_filled(_Reader(pattern, frames.named, random).read(), slots, style))


def _hesitating(piece: Piece, random: Random) -> Iterator[Piece]:
    """Put a filler before a piece with nothing personal, or cut it short."""
    text, kind = piece
    if kind or random.random() < 1 - _HESITATING:
        yield piece
    elif random.random() < 1 / 2:
        yield random.choice(_FILLERS), ""
        yield piece
    else:
        yield text[: random.randint(0, len(text))], ""


def _filled(parts: list[str], slots: Slots, style: str) -> Iterator[Piece]:
    for part in parts:
        if part.startswith("{"):
            yield from slots.fill(part[1:-1], style)
        else:
            yield "\n" if part == "\\n" else part, ""


class _Reader:
    """Chooses one way through a pattern."""

    def __init__(self, pattern: str, named: dict[str, str], random: Random) -> None:
        self._parts = _PART.findall(pattern)
        self._at = 0
        self._named = named
        self._random = random

    def read(self) -> list[str]:
        """Texts and slots in order."""
        ways: list[list[str]] = [[]]
        while self._at < len(self._parts):
            part = self._parts[self._at]
            self._at += 1
            if part == "|":
                ways.append([])
            elif part == ")":
                break
            elif part == "(":
                ways[-1] += self.read()
            elif part.startswith("$"):
                ways[-1] += _Reader(self._named[part], self._named, self._random).read()
            else:
                ways[-1].append(part)
        return self._random.choice(ways)
