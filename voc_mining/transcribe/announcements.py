"""Announcements: what voice menus and answering machines say on a call's channels."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from voc_mining.transcribe.phrases import bare

_BUNDLED = Path(__file__).parent / "data" / "ivr_phrases.csv"
_KINDS = ("always", "before", "after", "person")
_SENTENCES = re.compile(r"[。\s]+")
SURE = "always"
"""What a line is that only machines say."""
_LONGEST_PAUSE_S = 6.0
_MOST_BETWEEN = 4


@dataclass(frozen=True, slots=True)
class AnnouncementPhrases:
    """Patterns over :func:`~voc_mining.transcribe.phrases.bare` text, by what they prove.

    Parameters
    ----------
    always : str
        Said by machines alone.
    before, after : str
        Said by people too: part of an announcement that follows, or that came before.
    person : str
        How people tell about announcements.
    """

    always: str
    before: str
    after: str
    person: str

    @property
    def key(self) -> tuple[str, ...]:
        """All patterns, for digests."""
        return (self.always, self.before, self.after, self.person)

    def told(self, text: str) -> str:
        """Say what a text is: ``always``, ``before``, ``after`` or nothing of these.

        >>> announcement_phrases().told("解約の方は、4を押してください。")
        'always'
        >>> announcement_phrases().told("4を押してくださいって言われたんですけど")
        ''
        """
        told = {self._told(bare(sentence)) for sentence in _SENTENCES.split(text)}
        return next((when for when in _KINDS[:3] if when in told), "")

    def _told(self, signs: str) -> str:
        if re.search(self.person, signs):
            return ""
        return next((when for when in _KINDS[:3] if re.search(getattr(self, when), signs)), "")


@lru_cache(maxsize=4)
def announcement_phrases(path: Path = _BUNDLED) -> AnnouncementPhrases:
    """Read the patterns that come with the program, or others of the same form."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    joined = ("|".join(row["pattern"] for row in rows if row["when"] == when) for when in _KINDS)
    return AnnouncementPhrases(*joined)


def announced(utterances: pl.DataFrame, phrases: AnnouncementPhrases) -> pl.Series:
    """Tell which utterances a machine says.

    A line that only machines say is one wherever it stands. Lines that people say too are where they go
    straight before or after such a one, and so are up to four lines between two of them, which a decoder
    misheard: on the same channel, nobody else speaking in between, and no pause longer than six seconds.

    Parameters
    ----------
    utterances : DataFrame
        Of one recording, sorted by ``channel`` and ``no``, with ``text``, ``start_s`` and ``end_s``.
    phrases : AnnouncementPhrases
        Patterns.

    Returns
    -------
    Series
        True or false for each row.
    """
    rows = utterances.with_row_index("row").with_columns(
        told=pl.col("text").map_elements(phrases.told, return_dtype=pl.String)
    )
    marks = [told == SURE for told in rows["told"]]
    if not any(marks):
        return pl.Series("announced", marks, dtype=pl.Boolean)
    for stretch in _alone(rows):
        told = [rows["told"][row] for row in stretch]
        for place in spoken_by_machine(told):
            marks[stretch[place]] = True
    return pl.Series("announced", marks, dtype=pl.Boolean)


def _alone(rows: pl.DataFrame) -> list[list[int]]:
    """Rows of each stretch in which one channel speaks alone, without a long pause."""
    stretches: list[list[int]] = []
    ended, speaker = 0.0, None
    for row, channel, start, end in (
        rows.sort("start_s", "row").select("row", "channel", "start_s", "end_s").iter_rows()
    ):
        if channel != speaker or start - ended > _LONGEST_PAUSE_S:
            stretches.append([])
        stretches[-1].append(row)
        ended, speaker = end, channel
    return stretches


def spoken_by_machine(told: list[str]) -> list[int]:
    """Find the places in a stretch that belong to its announcements.

    Parameters
    ----------
    told : list of str
        What each line is, as :meth:`AnnouncementPhrases.told` says.
    """
    sure = [place for place, what in enumerate(told) if what == SURE]
    found: set[int] = set()
    for place in sure:
        first = place
        while first and told[first - 1] == "before":
            first -= 1
        last = place
        while last + 1 < len(told) and told[last + 1] == "after":
            last += 1
        found |= {*range(first, last + 1)}
    for one, other in zip(sorted(found)[:-1], sorted(found)[1:], strict=True):
        if other - one - 1 <= _MOST_BETWEEN:
            found |= {*range(one, other)}
    return sorted(found)
