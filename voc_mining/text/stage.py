"""The text stage: raw pieces of contacts to masked, tokenized utterances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.lists import lists, records
from voc_mining.contracts.values import CORRECTION, MUTED, SPAN, TOKEN, WORD
from voc_mining.text.corrections import Correction, Corrector
from voc_mining.text.letters import Line
from voc_mining.text.mask import Found, Masker, Span
from voc_mining.text.mask.spans import joined, replace
from voc_mining.text.normalize import normalize
from voc_mining.text.persons import Numbered, numbered, numbers, person_keys
from voc_mining.text.pieces import LETTER, SPOKEN, WRITTEN, split
from voc_mining.text.rules import TextRules
from voc_mining.text.seconds import Muted, WordTime, muted, muted_words, shares
from voc_mining.text.smalltalk import smalltalk
from voc_mining.text.source import Kept, source_spans
from voc_mining.text.tokens import Token, Tokenizer, tokenize_masked
from voc_mining.text.turns import with_asked

_PARTS = ("audio", "subject", "body", "message", "answer", "note")
_TEXTS_KEPT, _LONGEST_KEPT = 50_000, 200
"""How many texts are remembered from batch to batch, and the characters of the longest."""
_UTTERANCES = LAKE_TABLES["utterances"]
_DISTINCT = ("sentence", "spoken", "asked")
"""What decides what becomes of a sentence."""
_OF_MUTED = (
    "row", "shares", "start_s", "end_s", "words", "raw", "masked", "masked_spans", "masked_lengths", "corrections",
)  # fmt: skip


class Worked(NamedTuple):
    """What becomes of one distinct sentence.

    Parameters
    ----------
    text : str
        Masked.
    spans : tuple of Span
        Its placeholders.
    tokens : list of Token
        Of the masked text.
    kind : str
        ``greeting``, ``filler`` or empty.
    corrections : tuple of Correction
        Words put right.
    lengths : tuple of int
        Characters of the sentence that each placeholder stands for.
    persons : tuple of str
        How the name under each placeholder is read; empty where there is none. Not stored.
    shares : tuple of (float, float)
        Where in the speech each of them begins and ends, 0-1.
    """

    text: str
    spans: tuple[Span, ...]
    tokens: list[Token]
    kind: str
    corrections: tuple[Correction, ...] = ()
    lengths: tuple[int, ...] = ()
    persons: tuple[str, ...] = ()
    shares: tuple[tuple[float, float], ...] = ()


def to_utterances(pieces: pl.DataFrame, tokenizer: Tokenizer, rules: TextRules) -> pl.DataFrame:
    """Normalize, split, mask and tokenize the pieces of contacts.

    Spoken pieces stay one utterance each; written ones become one utterance per sentence. Each distinct
    text is worked on once. In spoken ones words of the glossary are put right first. Nothing is dropped but pieces
    without a visible character: greetings, fillers, quoted replies and signatures carry a flag (``greeting``,
    ``filler``, ``reply_quote``, ``signature``).

    Parameters
    ----------
    pieces : DataFrame
        contact_id, month, part, channel, role, start_s, end_s, confidence, flags, text (raw), and words (when
        each was heard) where it is at hand; further columns are ignored.
    tokenizer : Tokenizer
        Engine.
    rules : TextRules
        What is masked, which parts are letters, and the glossary.

    Returns
    -------
    DataFrame
        As the contract of ``utterances`` says, ``no`` counting within the contact in the order of parts
        (audio, subject, body, message, answer, note) and of time.
    """
    form = (
        pl.when(pl.col("part") == "audio")
        .then(pl.lit(SPOKEN))
        .when(pl.col("part").is_in(rules.letter_parts))
        .then(pl.lit(LETTER))
        .otherwise(pl.lit(WRITTEN))
    )
    if "words" not in pieces.columns:
        pieces = pieces.with_columns(words=pl.lit(None, pl.List(WORD)))
    pieces = pieces.with_columns(pl.col("text").cast(pl.String), form.alias("form")).with_row_index("piece")
    bench = _bench(tokenizer, rules)
    lines = _lines(pieces.select(pl.col("text").alias("raw"), "form").unique(maintain_order=True), bench)
    order = pl.col("part").cast(pl.Enum(_PARTS))
    placed = (
        pieces.rename({"text": "raw", "flags": "piece_flags"})
        .join(lines, on=["raw", "form"], how="inner", maintain_order="left_right")
        .with_columns(spoken=pl.col("form") == SPOKEN)
        .sort("contact_id", order, "start_s", "channel", "piece", "line", nulls_last=False)
        .pipe(with_asked)
    )
    worked = _worked(placed.select(*_DISTINCT).unique(maintain_order=True), bench)
    placed = placed.join(worked, on=_DISTINCT, how="left", validate="m:1", maintain_order="left").pipe(_with_persons)
    flags = pl.concat_list(pl.col("piece_flags").fill_null([]), _flag("kind"), _flag("line_part"))
    utterances = _UTTERANCES.conform(
        placed.select(
            "contact_id",
            pl.int_range(pl.len(), dtype=pl.Int32).over("contact_id").alias("no"),
            "part",
            "channel",
            "role",
            "start_s",
            "end_s",
            pl.col("masked").alias("text"),
            "tokens",
            "confidence",
            flags.list.unique(maintain_order=True).alias("flags"),
            "masked_spans",
            "masked_lengths",
            _muted(placed).alias("muted"),
            "corrections",
            "month",
        )
    )
    return _UTTERANCES.check(utterances)


class PutRight(NamedTuple):
    """A sentence with words of the glossary put right, and what was found out on the way."""

    text: str
    corrections: tuple[Correction, ...]
    tokens: list[Token]
    found: list[Found]


def put_right(
    sentence: str, masker: Masker, corrector: Corrector | None, *, spoken: bool = True, asked: Sequence[str] = ()
) -> PutRight:
    """Put words of the glossary right in one normalized sentence; personal data in it stay as they were heard.

    ``asked`` are the kinds of personal data that the turn before asked for.

    Returns
    -------
    PutRight
        Text, corrections, tokens, and the personal data that are yet to be masked.
    """
    corrections: tuple[Correction, ...] = ()
    if corrector is not None:
        sentence, corrections = corrector.replace_aliases(sentence)
    tokens = masker.tokenizer.tokenize(sentence)
    found = masker.find(sentence, tokens, spoken=spoken, asked=asked)
    if corrector is not None:
        better = corrector.correct(sentence, tokens, found, corrections)
        if better.text != sentence:
            sentence, corrections = better
            tokens = masker.tokenizer.tokenize(sentence)
            found = masker.find(sentence, tokens, spoken=spoken, asked=asked)
    return PutRight(sentence, corrections, tokens, found)


def work_sentence(
    sentence: str, masker: Masker, *, spoken: bool, corrector: Corrector | None = None, asked: Sequence[str] = ()
) -> Worked:
    """Put right, mask and tokenize one normalized sentence or utterance."""
    sentence, corrections, tokens, found = put_right(sentence, masker, corrector, spoken=spoken, asked=asked)
    if not found:
        return Worked(sentence, (), tokens, smalltalk(sentence), corrections)
    masked = replace(sentence, found)
    places = joined(found)
    said = shares(sentence)
    seen = tuple(_among_masked(sentence, found, corrections))
    return Worked(
        masked.text,
        masked.spans,
        tokenize_masked(masked.text, masker.tokenizer.tokenize),
        smalltalk(masked.text),
        seen,
        tuple(_lengths(places, corrections)),
        person_keys(sentence, tokens, places),
        tuple((said[place.start], said[place.end]) for place in places),
    )


class _Bench:
    """Works on texts with one set of rules, and keeps what was made of short ones: they repeat themselves."""

    def __init__(self, tokenizer: Tokenizer, rules: TextRules) -> None:
        self._masker = Masker(tokenizer, rules.mask)
        self._corrector = Corrector(tokenizer, rules.glossary, rules.corrections) if rules.glossary.terms else None
        self._kept_lines = lru_cache(_TEXTS_KEPT)(self._cut)
        self._kept_works = lru_cache(_TEXTS_KEPT)(self._work)

    def lines(self, raw: str, form: str) -> list[Line]:
        """Sentences of a raw text."""
        return (self._kept_lines if len(raw) <= _LONGEST_KEPT else self._cut)(raw, form)

    def worked(self, sentence: str, spoken: bool, asked: str) -> Worked:  # noqa: FBT001 - a column's value
        """Tell what becomes of a sentence."""
        return (self._kept_works if len(sentence) <= _LONGEST_KEPT else self._work)(sentence, spoken, asked)

    @staticmethod
    def _cut(raw: str, form: str) -> list[Line]:
        return split(normalize(raw), form)

    def _work(self, sentence: str, spoken: bool, asked: str) -> Worked:  # noqa: FBT001 - as above
        kinds = tuple(asked.split(",")) if asked else ()
        corrector = self._corrector if spoken else None
        return work_sentence(sentence, self._masker, spoken=spoken, corrector=corrector, asked=kinds)


@lru_cache(2)
def _bench(tokenizer: Tokenizer, rules: TextRules) -> _Bench:
    return _Bench(tokenizer, rules)


def _lengths(places: Iterable[Found], corrections: Sequence[Correction]) -> Iterator[int]:
    """Characters that stood in each place before words in it were put right."""
    for place in places:
        inside = [one for one in corrections if one.start < place.end and place.start < one.end]
        yield place.end - place.start + sum(len(one.original) - len(one.term) for one in inside)


def _among_masked(text: str, found: Sequence[Found], corrections: Iterable[Correction]) -> Iterator[Correction]:
    """Corrections at their places in the masked text; those that are masked themselves are gone."""
    for one in corrections:
        if all(place.end <= one.start or one.end <= place.start for place in found):
            before = [place for place in found if place.end <= one.start]
            start = len(replace(text[: one.start], before).text)
            yield one._replace(start=start, end=start + one.end - one.start)


def _lines(texts: pl.DataFrame, bench: _Bench) -> pl.DataFrame:
    """Sentences of each distinct raw text: raw, form, line (position), sentence, line_part."""
    cut = [
        (raw, form, line, sentence.text, sentence.part)
        for raw, form in texts.iter_rows()
        for line, sentence in enumerate(bench.lines(raw or "", form))
    ]
    schema = {
        "raw": pl.String,
        "form": pl.String,
        "line": pl.Int32,
        "sentence": pl.String,
        "line_part": pl.String,
    }
    return pl.DataFrame(cut, schema=schema, orient="row")


def _worked(distinct: pl.DataFrame, bench: _Bench) -> pl.DataFrame:
    """Masked text, tokens, spans, kind and corrections of each distinct sentence."""
    worked = [bench.worked(sentence, spoken, asked) for sentence, spoken, asked in distinct.iter_rows()]
    return distinct.with_columns(
        pl.Series("masked", [each.text for each in worked], dtype=pl.String),
        pl.Series("kind", [each.kind for each in worked], dtype=pl.String),
        records([each.tokens for each in worked], TOKEN).alias("tokens"),
        records([each.spans for each in worked], SPAN).alias("masked_spans"),
        records([each.corrections for each in worked], CORRECTION).alias("corrections"),
        lists([each.lengths for each in worked], pl.Int32).alias("masked_lengths"),
        lists([each.persons for each in worked], pl.String).alias("persons"),
        lists([each.shares for each in worked], pl.List(pl.Float64)).alias("shares"),
    )


def _with_persons(placed: pl.DataFrame) -> pl.DataFrame:
    """Give the people of each contact numbers where more than one is named."""
    placed = placed.with_row_index("row")
    named = placed.filter(pl.col("persons").list.join("") != "")
    keys = named.group_by("contact_id", maintain_order=True).agg(pl.col("persons").list.explode())
    given = {contact: numbers(names) for contact, names in keys.iter_rows()}
    several = [contact for contact, people in given.items() if max(people.values()) > 1]
    named = named.filter(pl.col("contact_id").is_in(several))
    if named.is_empty():
        return placed
    columns = named.select("contact_id", "persons", "masked", "masked_spans", "tokens", "corrections")
    told = [
        numbered(
            Numbered(
                text,
                tuple(Span(**span) for span in spans),
                [Token(**token) for token in tokens],
                tuple(Correction(**one) for one in corrections),
            ),
            people,
            given[contact],
        )
        for contact, people, text, spans, tokens, corrections in columns.iter_rows()
    ]
    changed = named.select("row").with_columns(
        pl.Series("masked", [each.text for each in told], dtype=pl.String),
        records([each.spans for each in told], SPAN).alias("masked_spans"),
        records([each.tokens for each in told], TOKEN).alias("tokens"),
        records([each.corrections for each in told], CORRECTION).alias("corrections"),
    )
    renewed = [column for column in changed.columns if column != "row"]
    return (
        placed.join(changed, on="row", how="left", suffix="_numbered", maintain_order="left", validate="1:1")
        .with_columns(pl.coalesce(f"{column}_numbered", column).alias(column) for column in renewed)
        .drop(f"{column}_numbered" for column in renewed)
    )


def _muted(placed: pl.DataFrame) -> pl.Series:
    """Seconds to mute for what is masked in speech: by the times of words, where they are known."""
    said = placed.filter(
        pl.col("shares").list.len() > 0, pl.col("start_s").is_not_null(), pl.col("end_s").is_not_null()
    )
    found = {row["row"]: _muted_in(row) for row in said.select(_OF_MUTED).iter_rows(named=True)}
    return records([found.get(row, []) for row in range(placed.height)], MUTED)


def _muted_in(row: dict[str, Any]) -> list[Muted]:
    """Seconds to mute in one utterance."""
    start_s, end_s = row["start_s"], row["end_s"]
    if not row["words"]:
        return muted(row["shares"], start_s, end_s)
    kept = Kept(
        row["masked"],
        [Span(**span) for span in row["masked_spans"]],
        row["masked_lengths"],
        [Correction(**one) for one in row["corrections"]],
        start_s,
        end_s,
        words=[WordTime(**word) for word in row["words"]],
    )
    places = source_spans(row["raw"], kept, [(span.start, span.end) for span in kept.masked_spans])
    return muted_words(
        [(place.start_s, place.end_s) for place in places if place.start_s is not None and place.end_s is not None],
        start_s,
        end_s,
    )


def _flag(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.concat_list(column)).otherwise(pl.lit([], dtype=pl.List(pl.String)))
