"""Precision and recall of dependency pairs on sentences labelled by hand.

    python -m benchmarks.pairs [--set dev|held] [--show]

``--show`` lists what was found wrongly and what was missed; for the half that rules are made with.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass, field
from pathlib import Path

from voc_mining.text.normalize import normalize
from voc_mining.text.sentences import sentences
from voc_mining.text.terms import pairs
from voc_mining.text.tokenizer_engine import FugashiTokenizer

LABELLED = Path(__file__).parent / "data" / "pairs"


@dataclass
class Counts:
    """Pairs found and right, found and wrong, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    shown: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        """Tell counts, precision, recall and their harmonic mean."""
        precision = self.right / max(self.right + self.wrong, 1)
        recall = self.right / max(self.right + self.missed, 1)
        harmonic = 2 * precision * recall / max(precision + recall, 1e-9)
        amounts = f"right {self.right:3d}  wrong {self.wrong:3d}  missed {self.missed:3d}"
        return f"{name:12s} {amounts}  precision {precision:.3f}  recall {recall:.3f}  F1 {harmonic:.3f}"


def labelled(name: str) -> list[dict[str, str]]:
    """Read a labelled set: text, pairs, source."""
    lines = (LABELLED / f"{name}.tsv").read_text("utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def score(name: str) -> dict[str, Counts]:
    """Count right, wrong and missed pairs of a set, by source and over all."""
    tokenizer = FugashiTokenizer()
    counts = {"all": Counts()}
    for row in labelled(name):
        told = [pair for pair in (row["pairs"] or "").split("|") if pair]
        wanted = {pair for pair in told if not pair.startswith("?")}
        open_ones = {pair[1:] for pair in told if pair.startswith("?")}
        found = {pair for sentence in sentences(normalize(row["text"])) for pair in pairs(tokenizer.tokenize(sentence))}
        for part in (counts["all"], counts.setdefault(row["source"], Counts())):
            part.right += len(found & wanted)
            part.wrong += len(found - wanted - open_ones)
            part.missed += len(wanted - found)
        if found - open_ones != wanted:
            shown = f"{row['text']}\n   + {sorted(found - wanted - open_ones)}\n   - {sorted(wanted - found)}"
            counts["all"].shown.append(shown)
    return counts


def main() -> None:
    """Print the table of a set."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--set", default="held", choices=["dev", "held"])
    arguments.add_argument("--show", action="store_true")
    told = arguments.parse_args()
    counts = score(told.set)
    if told.show:
        print("\n".join(counts["all"].shown))
    for name, part in counts.items():
        print(part.line(name))


if __name__ == "__main__":
    main()
