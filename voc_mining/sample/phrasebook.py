"""The wording of the sample: planted topics, frames around them, invented names."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voc_mining.resources import bundled
from voc_mining.sample.draws import Draws

KINDS = ("complaint", "inquiry", "request", "praise", "churn_signal", "other")
_LEAD_SHARE = {"written": 0.3, "quoted": 0.2}
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Topic:
    """A planted topic and the sentences that voice it, by kind of statement."""

    key: str
    title: str
    side: str
    weight: int
    codes: tuple[str, ...]
    proactive_class: str
    urgent: bool
    sentences: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Names:
    """Invented people, companies and addresses."""

    surnames: tuple[str, ...]
    given: tuple[str, ...]
    companies: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Everything the sample can say.

    Parameters
    ----------
    topics : mapping of str to Topic
        Planted topics by key.
    slots : mapping of str to tuple of str
        Words for ``{slot}`` places.
    frames : mapping
        Frames of inquiries, notes, check-ins and answers, as in ``phrases.toml``.
    names : Names
        Invented names.
    variants : mapping of str to tuple of str
        Other ways of saying a word.
    before : mapping of str to tuple of str
        Words put before a sentence, by how it is uttered: ``written`` or ``quoted``.
    """

    topics: Mapping[str, Topic]
    slots: Mapping[str, tuple[str, ...]]
    frames: Mapping[str, Any]
    names: Names
    variants: Mapping[str, tuple[str, ...]]
    before: Mapping[str, tuple[str, ...]]

    def fill(self, frame: str, draws: Draws, **given: str) -> str:
        """Fill the places of a frame: what is given first, slot words for the rest."""
        return _SLOT.sub(lambda slot: given.get(slot[1]) or draws.one_of(self.slots[slot[1]]), frame)

    def vary(self, sentence: str, manner: str, draws: Draws) -> str:
        """Say a sentence in other words, as one would when writing or when quoted."""
        for word, others in self.variants.items():
            if word in sentence:
                sentence = sentence.replace(word, draws.one_of(others), 1)
        lead = draws.one_of(self.before[manner]) if draws.chance(_LEAD_SHARE[manner]) else ""
        return self.fill(lead, draws) + sentence

    def side(self, *sides: str) -> list[Topic]:
        """Topics raised on these sides, in file order."""
        return [topic for topic in self.topics.values() if topic.side in sides]


def read_phrasebook() -> Phrasebook:
    """Read the wording that comes with the program."""
    folder = bundled("sample", "data/sample")
    phrases = _read_toml(folder / "phrases.toml")
    slots = {name: tuple(words) for name, words in phrases.pop("slots").items()}
    topics = [_topic(entry) for entry in _read_toml(folder / "topics.toml")["topic"]]
    variants = _read_toml(folder / "variants.toml")
    return Phrasebook(
        {topic.key: topic for topic in topics},
        slots,
        phrases,
        _read_names(folder / "names.csv"),
        {word: tuple(others) for word, others in variants["words"].items()},
        {manner: tuple(words) for manner, words in variants["before"].items()},
    )


def read_call_scripts() -> list[dict[str, Any]]:
    """Read the scripts of the spoken calls, in file order."""
    scripts: list[dict[str, Any]] = _read_toml(bundled("sample", "data/sample") / "calls.toml")["call"]
    return scripts


def _topic(entry: Mapping[str, Any]) -> Topic:
    return Topic(
        key=entry["key"],
        title=entry["title"],
        side=entry["side"],
        weight=entry["weight"],
        codes=tuple(entry["codes"]),
        proactive_class=entry["class"],
        urgent=entry.get("urgent", False),
        sentences={kind: tuple(entry[kind]) for kind in KINDS if kind in entry},
    )


def _read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _read_names(path: Path) -> Names:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    values: dict[str, list[str]] = {}
    for row in csv.DictReader(lines):
        values.setdefault(row["kind"], []).append(row["value"])
    return Names(*(tuple(values[kind]) for kind in ("surname", "given", "company", "address")))
