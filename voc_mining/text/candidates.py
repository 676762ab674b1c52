"""Words that a transcriber may have misheard, for an analyst to accept into the glossary."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import polars as pl

from voc_mining.contracts.glossary import Glossary, GlossaryTerm
from voc_mining.text.corrections import term_reading
from voc_mining.text.heard import heard_words
from voc_mining.text.normalize import normalize
from voc_mining.text.phrases import NOUN, phrases
from voc_mining.text.sound_index import SoundIndex
from voc_mining.text.sounds import Mora, morae
from voc_mining.text.tokens import KANJI, Token, Tokenizer, offsets

GLOSSARY, WRITTEN, NONE = "glossary", "written", "none"
"""Where the word comes from that may be meant: the glossary, what customers write, or nowhere."""

CANDIDATE_SCHEMA = pl.Schema(
    {
        "heard": pl.String,
        "term": pl.String,
        "known_from": pl.String,
        "likeness": pl.Float64,
        "ordinary": pl.Boolean,
        "n_utterances": pl.Int64,
        "n_contacts": pl.Int64,
        "confidence": pl.Float64,
        "contact_id": pl.String,
        "start_s": pl.Float64,
        "example": pl.String,
    }
)
_PLAIN = re.compile("[ぁ-ゖァ-ヺー一-鿿々a-zA-Z0-9]+")
_NOUNS = ("名詞-普通名詞", "名詞-固有名詞", "接頭辞", "接尾辞-名詞的", "形状詞-一般")
_DIFFERENCE_WEIGHS = 4.0


@dataclass(frozen=True, slots=True)
class CandidateRules:
    """What is worth an analyst's look.

    Parameters
    ----------
    nearest : float, default 0.26
        How unlike a stretch may be to a word, a mora.
    least_ordinary : float, default 0.9
        Least likeness where all that stands there are words of the dictionary, 0-1.
    least_morae : int, default 3
        Shortest word looked for.
    least_written : int, default 3
        How often customers must have written a word for it to be looked for.
    most_written : int, default 500
        Words of customers looked for, the most frequent.
    least_alone : int, default 2
        How often something odd that is like no word must occur.
    """

    nearest: float = 0.26
    least_ordinary: float = 0.9
    least_morae: int = 3
    least_written: int = 3
    most_written: int = 500
    least_alone: int = 2


class _Word(NamedTuple):
    term: str
    known_from: str
    sound: tuple[Mora, ...]


class _Key(NamedTuple):
    heard: str
    term: str
    known_from: str
    likeness: float
    ordinary: bool


class _Stretch(NamedTuple):
    start: int
    end: int
    heard: str
    term: str
    known_from: str
    likeness: float
    ordinary: bool
    weight: float


def candidates(
    utterances: pl.DataFrame, tokenizer: Tokenizer, glossary: Glossary, rules: CandidateRules | None = None
) -> pl.DataFrame:
    """List what sounds like a word of the glossary, or of what customers write, but is written otherwise.

    Beside these, odd words that recur and are like no such word: perhaps a term is missing from the glossary.

    Parameters
    ----------
    utterances : DataFrame
        ``contact_id``, ``part``, ``text``, ``tokens``, ``confidence``, ``start_s`` of the lake's utterances.
    tokenizer : Tokenizer
        Engine.
    glossary : Glossary
        The terms there are.
    rules : CandidateRules, optional
        What is listed.

    Returns
    -------
    DataFrame
        One row per heard spelling and term, the most telling first: ``heard``, ``term`` (empty where none is
        like it), ``known_from``, ``likeness`` 0-1, ``ordinary`` (a word of the
        dictionary, so perhaps really said), counts, mean ``confidence``, and an example with its place.
    """
    rules = rules or CandidateRules()
    is_spoken = pl.col("part") == "audio"
    spoken = utterances.filter(is_spoken)
    words = _words(utterances.filter(~is_spoken), tokenizer, glossary, rules)
    index = SoundIndex([(word.sound, rules.nearest * len(word.sound)) for word in words])
    found: defaultdict[_Key, list[int]] = defaultdict(list)
    of_text = spoken.with_row_index("row").group_by("text", maintain_order=True).agg("row", pl.col("tokens").first())
    for text, rows, tokens in of_text.iter_rows():
        for one in _odd(text, [Token(**token) for token in tokens], words, index, rules, tokenizer):
            found[_Key(one.heard, one.term, one.known_from, one.likeness, one.ordinary)] += rows
    return _listed(found, spoken, rules)


def _words(written: pl.DataFrame, tokenizer: Tokenizer, glossary: Glossary, rules: CandidateRules) -> list[_Word]:
    """Words looked for, each sound once: those of the glossary first, then what customers write most."""
    texts = written.group_by("text", maintain_order=True).agg(pl.len(), pl.col("tokens").first())
    counts: Counter[str] = Counter()
    for _, n, tokens in texts.iter_rows():
        held = [Token(**token) for token in tokens]
        said = {
            "".join(token.surface for token in held[phrase.start : phrase.end])
            for phrase in phrases(held)
            if phrase.kind == NOUN
        }
        counts.update(dict.fromkeys(said, n))
    often = sorted(
        (word for word, n in counts.items() if n >= rules.least_written), key=lambda word: (-counts[word], word)
    )
    told = [(normalize(term.term), GLOSSARY, term) for term in glossary.terms]
    told += [(word, WRITTEN, GlossaryTerm(word)) for word in often if _PLAIN.fullmatch(word)][: rules.most_written]
    words: dict[tuple[Mora, ...], _Word] = {}
    for term, known_from, entry in told:
        sound = morae(term_reading(entry, tokenizer))
        if len(sound) >= rules.least_morae:
            words.setdefault(sound, _Word(term, known_from, sound))
    return list(words.values())


def _odd(  # noqa: PLR0913, PLR0917 - a text, and all there is to judge it by
    text: str,
    tokens: Sequence[Token],
    words: Sequence[_Word],
    index: SoundIndex,
    rules: CandidateRules,
    tokenizer: Tokenizer,
) -> list[_Stretch]:
    """Stretches of a text that may be misheard, not overlapping."""
    right = {word.term for word in words}
    places = list(zip(offsets(text, tokens), tokens, strict=True))
    found = []
    for one in heard_words(text, tokens, tokenizer.readings, index):
        surface, word = text[one.start : one.end], words[one.word]
        if surface in right or word.term in surface or not _PLAIN.fullmatch(surface):
            continue
        covered = [token for start, token in places if start < one.end and one.start < start + len(token.surface)]
        likeness = round(1 - one.distance / len(word.sound), 4)
        ordinary = not _strange(covered, tokenizer)
        single = tokenizer.knows(surface)
        if not all(token.pos.startswith(_NOUNS) for token in covered) and not (single and not one.distance):
            continue
        if ordinary and likeness < (1.0 if single else rules.least_ordinary):
            continue
        weight = len(word.sound) - _DIFFERENCE_WEIGHS * one.distance
        found.append(_Stretch(one.start, one.end, surface, word.term, word.known_from, likeness, ordinary, weight))
    return _apart([*found, *_alone(text, places, right, tokenizer)])


def _alone(
    text: str, places: Sequence[tuple[int, Token]], right: Collection[str], tokenizer: Tokenizer
) -> Iterator[_Stretch]:
    """Compounds with something in them that is no word."""
    for compound, run in groupby(places, key=lambda place: place[1].pos.startswith(_NOUNS)):
        if not compound:
            continue
        held = list(run)
        start, end = held[0][0], held[-1][0] + len(held[-1][1].surface)
        surface = text[start:end]
        if surface not in right and _PLAIN.fullmatch(surface) and _strange([token for _, token in held], tokenizer):
            yield _Stretch(start, end, surface, "", NONE, 0.0, ordinary=False, weight=-1.0)


def _strange(tokens: Sequence[Token], tokenizer: Tokenizer) -> bool:
    """Whether words hold one that the dictionary does not know, or single kanji put together."""
    if any(not tokenizer.knows(token.surface) for token in tokens):
        return True
    return len(tokens) > 1 and all(len(token.surface) == 1 and KANJI.match(token.surface) for token in tokens[:2])


def _apart(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """Of stretches that overlap keep the weightiest."""
    kept: list[_Stretch] = []
    for one in sorted(stretches, key=lambda one: (-one.weight, one.start, one.end, one.term)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


def _listed(found: Mapping[_Key, Sequence[int]], spoken: pl.DataFrame, rules: CandidateRules) -> pl.DataFrame:
    """Count each candidate, choose its surest utterance as the example, and put the most telling first."""
    keys = pl.DataFrame(
        [(*key, row) for key, rows in found.items() for row in rows],
        schema={**dict(list(CANDIDATE_SCHEMA.items())[: len(_Key._fields)]), "row": pl.UInt32},
        orient="row",
    )
    places = spoken.with_row_index("row").select("row", "contact_id", "start_s", "confidence", example="text")
    by = list(_Key._fields)
    listed = (
        keys.join(places, on="row", how="left", validate="m:1")
        .sort(*by, "confidence", "contact_id", "start_s", descending=[False] * len(by) + [True, False, False])
        .group_by(by, maintain_order=True)
        .agg(
            pl.col("row").n_unique().cast(pl.Int64).alias("n_utterances"),
            pl.col("contact_id").n_unique().cast(pl.Int64).alias("n_contacts"),
            pl.col("confidence").mean().round(4),
            pl.col("start_s", "example").first(),
            pl.col("contact_id").first(),
        )
    )
    telling = pl.col("likeness").pow(2) * pl.col("n_utterances") * pl.when("ordinary").then(0.3).otherwise(1.0)
    return (
        listed.filter((pl.col("known_from") != NONE) | (pl.col("n_utterances") >= rules.least_alone))
        .sort(telling, "n_utterances", "heard", "term", descending=[True, True, False, False])
        .select(CANDIDATE_SCHEMA.names())
    )
