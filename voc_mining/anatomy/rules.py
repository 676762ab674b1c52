"""Parameters of the stage: what counts as a hold, dead air, an interruption."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path

from voc_mining.ids import digest

_HOLD_PHRASES = Path(__file__).parent / "data" / "hold_phrases.csv"
_EDITION = 1  # raised whenever the same rules would give other figures


@dataclass(frozen=True, slots=True)
class HoldPhrases:
    """Patterns by which an agent asks to wait, and comes back."""

    asked: str
    over: str


@lru_cache(maxsize=1)
def hold_phrases() -> HoldPhrases:
    """Read the patterns that come with the program."""
    lines = [line for line in _HOLD_PHRASES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    asked, over = ("|".join(row["pattern"] for row in rows if row["when"] == when) for when in ("asked", "over"))
    return HoldPhrases(asked, over)


@dataclass(frozen=True, slots=True)
class AnatomyRules:
    """What counts as what.

    Parameters
    ----------
    turn_gap_s : float, default 0.6
        Pause up to which a speaker's words are one stretch of talk, seconds.
    dead_air_s : float, default 3.0
        Silence of everyone from which it is dead air, seconds.
    hold_silence_s : float, default 10.0
        Silence of the agent from which a wait that was asked for, or ended with an apology, is a hold.
    hold_gap_s : float, default 10.0
        Pause in hold music, for an announcement, up to which it is one hold, seconds.
    interrupted_after_s, interrupted_before_s : float, default 1.0 and 0.5
        How long the one interrupted must have spoken, and how long before the end of the talk; nearer to
        its ends it is a change of turns.
    interruption_s : float, default 1.0
        Shortest talk that interrupts; less is a listener's word.
    most_unknown : float, default 0.2
        Share of talk without a speaker above which nothing is said about speakers, 0-1.
    rated_utterance_s, least_rated_s : float, default 1.0 and 5.0
        Shortest utterance, and least talk of a speaker, from which a speech rate is taken, seconds.
    phrases : HoldPhrases
        How agents ask to wait and come back.
    """

    turn_gap_s: float = 0.6
    dead_air_s: float = 3.0
    hold_silence_s: float = 10.0
    hold_gap_s: float = 10.0
    interrupted_after_s: float = 1.0
    interrupted_before_s: float = 0.5
    interruption_s: float = 1.0
    most_unknown: float = 0.2
    rated_utterance_s: float = 1.0
    least_rated_s: float = 5.0
    phrases: HoldPhrases = field(default_factory=hold_phrases)

    @property
    def key(self) -> str:
        """Digest of the rules: figures made under another key are made again."""
        numbers = (getattr(self, each.name) for each in fields(self) if each.name != "phrases")
        return digest("anatomy", _EDITION, *numbers, self.phrases.asked, self.phrases.over)
