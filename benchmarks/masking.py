"""How much personal data the masking finds in the labelled sentences, and how much of what it masks is none.

    python benchmarks/masking.py [--file sentences|sentences2|sentences3] [--half dev|held] [--companies] [--errors] [--lines CORPUS.tsv:COLUMN ...]

``sentences`` and ``sentences2`` are by two authors. Figures per type, span by span: a place counts as found whole if all its letters and digits are masked, whatever the
mask is called; exactly, if the mask ends where the place does (forms of address and particles beside it are free).
A mask is right if it touches a place and takes no other words along than these. Places marked ``either`` count
neither way. ``--errors`` prints what went wrong, of the dev half only; ``--lines`` counts masks in lines without
personal data.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from voc_mining.text.mask import Masker, MaskRules
from voc_mining.text.normalize import aligned_normal
from voc_mining.text.tokenizer_engine import FugashiTokenizer

FOLDER = Path(__file__).parent / "data" / "masking"
FILES = ("sentences", "sentences2", "sentences3")
EITHER, COMPANY, SPOKEN = "either", "company", "call"
_MARK = re.compile(r"(?<!\\)［(\w+):((?:[^\\］]|\\.)*)］")
_ESCAPED = re.compile(r"\\(［|］|n|\\)")
# What may stand beside a value within one mask.
_FREE = re.compile(
    r"(?:郵便|電話|携帯)?番号|えーと|えっと|ええと|えー|ちゃん|TEL|Tel|FAX|さま|さん|くん|先生|です|生まれ|はい|ええ|あの|番地?|号室?|様|氏|殿|君|生|"
    r"[\s、。,.:;・()「」『』〒+\-/のにはがをでも]"
)
_TELLING = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Place:
    """A stretch of a sentence with its type."""

    start: int
    end: int
    type: str


@dataclass(frozen=True)
class Sentence:
    """A labelled sentence."""

    id: str
    half: str
    style: str
    text: str
    places: tuple[Place, ...]


def read(path: Path) -> list[Sentence]:
    """Read the labelled sentences; the marks become places."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(
            (line for line in file if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE
        )
        return [_sentence(row) for row in rows]


def _sentence(row: dict[str, str]) -> Sentence:
    text, places, position = "", [], 0
    for mark in _MARK.finditer(row["text"]):
        text += _plain(row["text"][position : mark.start()])
        start = len(text)
        text += _plain(mark[2])
        places.append(Place(start, len(text), mark[1]))
        position = mark.end()
    return Sentence(row["id"], row["half"], row["style"], text + _plain(row["text"][position:]), tuple(places))


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda sign: "\n" if sign[1] == "n" else sign[1], text)


def masks(sentence: Sentence, masker: Masker) -> list[Place]:
    """Places that are masked, in the sentence as it came."""
    normal = aligned_normal(sentence.text)
    found = masker.find(normal.text, spoken=sentence.style == SPOKEN)
    return [Place(*normal.span(place.start, place.end), place.type) for place in found]


def visible(sentence: Sentence, place: Place, masked: list[Place]) -> int:
    """Letters and digits of a place that no mask covers."""
    return sum(
        _TELLING.match(sentence.text[at]) is not None and not any(mask.start <= at < mask.end for mask in masked)
        for at in range(place.start, place.end)
    )


def is_right(sentence: Sentence, mask: Place, free: frozenset[str]) -> bool | None:
    """Whether a mask covers a place and nothing that tells beside it; None where it only touches ``free`` kinds."""
    touched = [place for place in sentence.places if place.start < mask.end and mask.start < place.end]
    if not touched:
        return False
    rest = "".join(
        sentence.text[at]
        for at in range(mask.start, mask.end)
        if not any(place.start <= at < place.end for place in sentence.places)
    )
    if _TELLING.search(_FREE.sub("", rest)):
        return False
    return None if all(place.type in free for place in touched) else True


def _counter() -> Counter[str]:
    return Counter()


@dataclass
class Score:
    """Counts over some sentences."""

    places: Counter[str] = field(default_factory=_counter)
    whole: Counter[str] = field(default_factory=_counter)
    touched: Counter[str] = field(default_factory=_counter)
    exact: Counter[str] = field(default_factory=_counter)
    typed: Counter[str] = field(default_factory=_counter)
    right: Counter[str] = field(default_factory=_counter)
    false: Counter[str] = field(default_factory=_counter)
    characters: Counter[str] = field(default_factory=_counter)
    left: Counter[str] = field(default_factory=_counter)
    errors: list[str] = field(default_factory=list)


def score(sentences: list[Sentence], masker: Masker, *, companies: bool = False) -> Score:
    """Judge the masker on sentences."""
    free = frozenset({EITHER} if companies else {EITHER, COMPANY})
    told = Score()
    for sentence in sentences:
        masked = masks(sentence, masker)
        for mask in masked:
            if mask.type == COMPANY and not companies:
                continue
            right = is_right(sentence, mask, free)
            if right is not None:
                (told.right if right else told.false)[mask.type] += 1
            if right is False:
                told.errors.append(f"{sentence.id} false {mask.type} {_shown(sentence, mask)}")
        for place in sentence.places:
            if place.type in free:
                continue
            left = visible(sentence, place, masked)
            there = [mask for mask in masked if mask.start < place.end and place.start < mask.end]
            told.places[place.type] += 1
            told.whole[place.type] += not left
            told.touched[place.type] += bool(there)
            told.exact[place.type] += any((mask.start, mask.end) == (place.start, place.end) for mask in there)
            told.typed[place.type] += not left and all(mask.type == place.type for mask in there)
            told.characters[place.type] += len(_TELLING.findall(sentence.text[place.start : place.end]))
            told.left[place.type] += left
            if left:
                told.errors.append(f"{sentence.id} missed {place.type} {_shown(sentence, place)}")
    return told


def _shown(sentence: Sentence, place: Place) -> str:
    text = sentence.text
    return f"{text[: place.start]}【{text[place.start : place.end]}】{text[place.end :]}".replace("\n", "\\n")


def table(told: Score) -> str:
    """Lay the figures out as a table in Markdown."""
    lines = [
        "| type | places | found whole | touched | exact | right type | visible characters | masks | precision |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    kinds = sorted(told.places | told.false | told.right)
    for kind in (*kinds, "all"):
        chosen = kinds if kind == "all" else [kind]
        places, whole, touched, exact, typed, right, false, characters, left = (
            sum(counts[each] for each in chosen)
            for counts in (told.places, told.whole, told.touched, told.exact, told.typed, told.right, told.false,
                           told.characters, told.left)
        )  # fmt: skip
        share = [_share(part, places) for part in (whole, touched, exact, typed)]
        lines.append(
            f"| {kind} | {places} | {' | '.join(share)} | {_share(left, characters)} | {right + false} "
            f"| {_share(right, right + false)} |"
        )
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def alarms(argument: str, masker: Masker) -> str:
    """Count masks in the lines of a corpus."""
    path, column = argument.rsplit(":", 1)
    with Path(path).open(encoding="utf-8", newline="") as file:
        lines = [row[column] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    found = Counter(place.type for line in lines for place in masker.find(aligned_normal(line).text))
    each = ", ".join(f"{kind} {n}" for kind, n in found.most_common())
    return f"{path}: {found.total()} masks in {len(lines)} lines ({1000 * found.total() / len(lines):.2f} per 1,000) {each}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", choices=FILES)
    parser.add_argument("--half", choices=("dev", "held"))
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--companies", action="store_true")
    parser.add_argument("--lines", nargs="*", default=[])
    asked = parser.parse_args()
    masker = Masker(FugashiTokenizer(), MaskRules(companies=asked.companies))
    for name in (asked.file,) if asked.file else FILES:
        sentences = read(FOLDER / f"{name}.tsv")
        for half in (asked.half,) if asked.half else ("dev", "held"):
            chosen = [sentence for sentence in sentences if sentence.half == half]
            told = score(chosen, masker, companies=asked.companies)
            print(f"\n{name}, {half}\n\n{table(told)}")
            if asked.errors and half == "dev":
                print("\n".join(told.errors))
    for argument in asked.lines:
        print(alarms(argument, masker))


if __name__ == "__main__":
    main()
