"""Stock phrases: what Whisper writes where nobody speaks."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_BUNDLED = Path(__file__).parent / "data" / "stock_phrases.csv"


@dataclass(frozen=True, slots=True)
class StockPhrases:
    """Phrases by what they prove, as :func:`bare` text.

    Parameters
    ----------
    always : frozenset of str
        Never said on a telephone.
    silence : frozenset of str
        Also said by people: suspicious only where there is hardly any sound.
    """

    always: frozenset[str]
    silence: frozenset[str]

    @property
    def key(self) -> tuple[str, ...]:
        """All phrases in a fixed order, for digests."""
        return (*sorted(self.always), "", *sorted(self.silence))

    def invented(self, text: str) -> bool:
        """Whether a text consists of nothing but phrases that nobody says on a telephone.

        >>> stock_phrases().invented("ご視聴ありがとうございました。")
        True
        >>> stock_phrases().invented("ありがとうございました。")
        False
        """
        rest = bare(text)
        if not rest:
            return False
        for phrase in sorted(self.always, key=lambda phrase: (-len(phrase), phrase)):
            rest = rest.replace(phrase, "")
        return not rest

    def doubtful(self, text: str) -> bool:
        """Whether a text is a phrase that people say, but Whisper also writes over silence."""
        return bare(text) in self.silence


def bare(text: str) -> str:
    """Letters and digits of a text alone, width folded (NFKC), lower case.

    >>> bare("はい、ＯＫです。")
    'はいokです'
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")


@lru_cache(maxsize=4)
def stock_phrases(path: Path = _BUNDLED) -> StockPhrases:
    """Read the phrase list that comes with the program, or another of the same form."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    always, silence = (
        frozenset(bare(row["phrase"]) for row in rows if row["when"] == when) for when in ("always", "silence")
    )
    return StockPhrases(always, silence)
