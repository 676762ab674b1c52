"""Notes: the customer's words as quoted or reported, told from the writer's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import polars as pl

from voc_mining.full_stops import SENTENCE
from voc_mining.voice.kinds import kinds
from voc_mining.voice.lexicon import Lexicon, folded

# Quotations side by side: 「A」「B」とのこと.
_QUOTES = re.compile(r"(?:「[^「」]*」[、・，,\s]*(?:や|など|等)?)+")
_INSIDE = re.compile(r"「([^「」]*)」")
_EDGE = "、。，,・ 　:：\n\t"
# こと、もと、もっと end in と without being the particle.
_PARTICLE = r"(?<![こもひっ])"


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a note sentence: whose words, and the kind its reporting word names, if any."""

    text: str
    role: str
    quoted: bool = False
    hint: str | None = None
    hint_words: str | None = None


class NoteReader:
    """Splits note sentences by the words that report speech.

    Parameters
    ----------
    lexicon : Lexicon
        ``tail`` and ``head`` patterns; the value names the speaker, after a colon the kind.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        tiers = lexicon.tiers("tail")
        self._tails = [value for _, value in tiers]
        self._tail = re.compile(
            "|".join(f"(?P<t{n}>{lexicon.alternation('tail', v, o)})" for n, (o, v) in enumerate(tiers))
        )
        self._clause_end = re.compile(rf"{_PARTICLE}(?=と)(?:{self._tail.pattern})")
        self._agent_head = re.compile(rf"(?:^|、)(?:{lexicon.alternation('head', 'agent')})、?")
        self._customer_head = re.compile(rf"(?:^|、)(?:{lexicon.alternation('head', 'customer')})、?")

    def passages(self, sentence: str) -> list[Passage]:
        """Split one note sentence.

        「…」 counts as speech only with a reporting word after it, its speaker before it, or where it is
        the whole sentence; a screen's name in brackets stays with the writer.
        """
        found: list[Passage] = []
        position = 0
        while position < len(sentence):
            quote, clause = _QUOTES.search(sentence, position), self._clause_end.search(sentence, position)
            if quote and (clause is None or quote.start() < clause.start()):
                speech = self._speech(sentence, position, quote)
                if speech:
                    found.extend(speech[0])
                    position = speech[1]
                    continue
            if clause is None:
                break
            found.append(self._reported(sentence[position : clause.start()], clause))
            position = clause.end()
        if rest := sentence[position:].strip(_EDGE):
            found.append(Passage(rest, "writer"))
        return [replace(passage, text=_unbroken(passage.text)) for passage in found if passage.text.strip("「」")]

    def _speech(self, sentence: str, start: int, quote: re.Match[str]) -> tuple[list[Passage], int] | None:
        """Read quotations and what stands around them; None where they quote nobody."""
        before, tail = sentence[start : quote.start()], self._tail.match(sentence, quote.end())
        speaker, hint, words = self._named(tail)
        end = tail.end() if tail else quote.end()
        if self._agent_head.search(before):
            speaker = "agent"
        elif tail is None and (self._customer_head.search(before) or not (before + sentence[end:]).strip(_EDGE)):
            speaker = "customer"
        if speaker is None:
            return None
        lead = before.strip(_EDGE)
        spoken_for = self._customer_head.sub("", self._agent_head.sub("", lead)).strip(_EDGE)
        passages = [Passage(lead, "writer")] if len(spoken_for) > 1 else []
        passages += [
            Passage(part.strip(_EDGE), speaker, quoted=True, hint=hint, hint_words=words)
            for inside in _INSIDE.findall(quote.group())
            for part in SENTENCE.findall(inside)
        ]
        return passages, end

    def _reported(self, clause: str, tail: re.Match[str]) -> Passage:
        """Read a reported clause without brackets (ログインできないとのこと)."""
        speaker, hint, words = self._named(tail)
        if self._agent_head.search(clause):
            speaker = "agent"
        text = self._customer_head.sub("", clause, count=1).strip(_EDGE)
        return Passage(text, speaker or "writer", quoted=True, hint=hint, hint_words=words)

    def _named(self, tail: re.Match[str] | None) -> tuple[str | None, str | None, str | None]:
        if tail is None:
            return None, None, None
        group = next(name for name, value in tail.groupdict().items() if value is not None)
        speaker, _, hint = self._tails[int(group[1:])].partition(":")
        return speaker, hint or None, tail.group().strip(_EDGE) if hint else None


def _unbroken(text: str) -> str:
    """Take away a bracket whose partner stands in another line."""
    return text if text.count("「") == text.count("」") else text.strip("「」" + _EDGE)


def note_passages(texts: pl.Series, quotes: Lexicon) -> pl.DataFrame:
    """Split distinct note sentences into passages.

    Returns
    -------
    DataFrame
        One row per passage: ``text`` (the sentence), ``sub`` (its place), ``passage``, ``role`` (customer,
        agent or writer), ``quoted``, ``hint`` and ``hint_words``.
    """
    reader = NoteReader(quotes)
    rows = [
        {"text": text, "sub": n, "passage": p.text, "role": p.role, "quoted": p.quoted, "hint": p.hint,
         "hint_words": p.hint_words}
        for text in texts.to_list()
        for n, p in enumerate(reader.passages(text))
    ]  # fmt: skip
    schema = {
        "text": pl.String, "sub": pl.Int32, "passage": pl.String, "role": pl.String, "quoted": pl.Boolean,
        "hint": pl.String, "hint_words": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def writer_reports(texts: pl.Series, writer: Lexicon, kind_lexicon: Lexicon) -> pl.DataFrame:
    """Decide which of the writer's own sentences tell the customer's trouble or wish.

    A sentence counts if it says that the customer asks, complains or wishes, or if its words make a
    complaint, request, inquiry, praise or churn signal. One that ends in what our side did counts
    only with the clause before ため、ので …, and only if that clause does.

    Returns
    -------
    DataFrame
        ``text`` and ``told``: what counts of it, null if nothing, in the order given.
    """
    line = folded(pl.col("text"))
    action = line.str.contains(rf"(?:{writer.alternation('action_end')})$")
    cause = pl.col("text").str.extract(rf"^(.+)(?:{writer.alternation('because_of')})[^。]*$", 1)
    frame = (
        texts.alias("text")
        .to_frame()
        .with_columns(
            pl.when(line.str.contains(writer.alternation("writer_only")))
            .then(None)
            .when(action)
            .then(cause.str.strip_chars(_EDGE))
            .otherwise(pl.col("text"))
            .alias("told")
        )
    )
    candidates = frame["told"].drop_nulls().unique(maintain_order=True)
    speaking = kinds(candidates, kind_lexicon).select(
        pl.col("text").alias("told"),
        (
            pl.col("kind_evidence").is_not_null() | folded(pl.col("text")).str.contains(writer.alternation("reports"))
        ).alias("speaks"),
    )
    return frame.join(speaking, on="told", how="left", maintain_order="left", validate="m:1").select(
        "text", pl.when(pl.col("speaks")).then("told").alias("told")
    )
