"""Announcements at the beginning of calls, known by their sound where their words were misheard."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import polars as pl
from rapidfuzz import fuzz

from voc_mining.transcribe.announcements import SURE, AnnouncementPhrases, announcement_phrases, spoken_by_machine

Reader = Callable[[str], str]
"""Gives the reading of a text in katakana, as far as it has one."""

_BUNDLED = Path(__file__).parent / "data" / "ivr_readings.csv"
_CALL = "contact_id"
_NOT_SAID = ("silence_text", "tone", "music")
_UNHEARD = str.maketrans("", "", "ーッ")
_VOICING = ("\u3099", "\u309a")


@lru_cache(maxsize=4)
def opening_readings(who: str, path: Path = _BUNDLED) -> tuple[str, ...]:
    """Read what a ``machine`` or a ``person`` says, as it comes with the program, or another file of the same form."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return tuple(row["reading"] for row in csv.DictReader(lines) if row["who"] == who)


@dataclass(frozen=True, slots=True)
class OpeningRules:
    """When words at the beginning of a call are a machine's by their sound.

    Parameters
    ----------
    least_likeness : float, default 70.0
        Of the best aligned part to a reading, 0-100 (normalized indel similarity).
    shortest : int, default 12
        Least kana; below ``sure_from`` more likeness is asked for, by the kana that are missing.
    sure_from : int, default 20
        Kana from which ``least_likeness`` is enough.
    longest_s : float, default 90.0
        Seconds from the beginning of the recording in which announcements are looked for.
    machine, person : tuple of str
        What only machines say, and what people say that sounds alike, in katakana.
    phrases : AnnouncementPhrases
        What belongs to an announcement beside that.
    """

    least_likeness: float = 70.0
    shortest: int = 12
    sure_from: int = 20
    longest_s: float = 90.0
    machine: tuple[str, ...] = field(default_factory=lambda: opening_readings("machine"))
    person: tuple[str, ...] = field(default_factory=lambda: opening_readings("person"))
    phrases: AnnouncementPhrases = field(default_factory=announcement_phrases)

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that changes what is found, for digests."""
        numbers = (self.least_likeness, self.shortest, self.sure_from, self.longest_s)
        return (*numbers, *self.machine, "", *self.person, *self.phrases.key)

    def sounds(self, reading: str) -> bool:
        """Whether a reading sounds like a machine's words and not more like a person's.

        Voicing and length of vowels do not count.
        """
        heard = _folded(reading)
        if len(heard) < self.shortest:
            return False
        least = self.least_likeness + max(0, self.sure_from - len(heard))
        like_machine, like_person = (_likeness(heard, known) for known in (self.machine, self.person))
        return like_machine >= least and like_machine > like_person


def _likeness(heard: str, known: Sequence[str]) -> float:
    """Likeness to the best of some readings, 0-100."""
    return max((fuzz.partial_ratio(heard, _folded(one)) for one in known), default=0.0)


@lru_cache(maxsize=10_000)
def _folded(reading: str) -> str:
    """Katakana without marks of voicing, long vowels and stops.

    >>> _folded("ガイダンスー")
    'カイタンス'
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFD", reading) if sign not in _VOICING)
    return "".join(sign for sign in bare.translate(_UNHEARD) if "ァ" <= sign <= "ヺ")


def announced_openings(utterances: pl.DataFrame, rules: OpeningRules, reads: Reader) -> pl.Series:
    """Tell which utterances at the beginning of calls a machine says.

    The beginning ends where somebody speaks on another channel than the first to speak. What sounds like a machine's
    words there is an announcement, and so is what goes straight after it and may belong to one. On two channels so is all
    that was said before: no agent speaks to nobody and then puts on an announcement. On one channel only what goes
    straight before and may belong to it, and up to four lines between two of them.

    Parameters
    ----------
    utterances : DataFrame
        ``contact_id``, ``channels``, ``channel``, ``start_s``, ``text``, ``flags``.
    rules : OpeningRules
        What machines say, and thresholds.
    reads : callable
        Reads a text.

    Returns
    -------
    Series
        True or false for each row.
    """
    rows = utterances.select(_CALL, "channels", "channel", "start_s", "text", "flags").with_row_index("row")
    said = rows.filter(pl.col("flags").list.set_intersection(list(_NOT_SAID)).list.len() == 0).sort("start_s", "row")
    other = pl.col("channel") != pl.col("channel").first().over(_CALL)
    ends = pl.col("start_s").filter(other).min().over(_CALL).fill_null(float("inf"))
    opening = said.filter(pl.col("start_s") < pl.min_horizontal(ends, pl.lit(rules.longest_s)))
    if opening.is_empty():
        return pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True).alias("announced")
    sounding = [text for text in opening["text"].unique(maintain_order=True) if rules.sounds(reads(text))]
    sure = pl.col("flags").list.contains("ivr") | pl.col("text").is_in(sounding)
    opening = opening.with_columns(sure.alias("sure")).filter(pl.col("sure").any().over(_CALL))
    marked: list[int] = []
    for _, call in opening.group_by(_CALL, maintain_order=True):
        told = [
            SURE if certain else rules.phrases.told(text) for certain, text in call.select("sure", "text").iter_rows()
        ]
        places = spoken_by_machine(told)
        marked += call["row"].gather(list(range(max(places) + 1)) if call["channels"][0] > 1 else places).to_list()
    return pl.Series("announced", rows["row"].is_in(marked), dtype=pl.Boolean)
