"""Words into utterances and statements, in this process or, where there are many, in several."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing import current_process, get_context
from typing import Any, NamedTuple

import polars as pl

from voc_mining.errors import EngineTrouble
from voc_mining.text.disfluency import plain
from voc_mining.text.finders import term_finder
from voc_mining.text.rules import TextRules
from voc_mining.text.stage import to_utterances
from voc_mining.text.tokens import Tokenizer
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.stage import Voice, statements

_WORTH_A_START = 5_000
"""Pieces of all batches from which on further processes are started: a start takes as long as some thousand pieces."""
_WORTH_SHARING = 500
"""Pieces of a batch from which on it is shared."""


class TextEngines(NamedTuple):
    """What words are worked on with."""

    tokenizer: Tokenizer
    text: TextRules
    voice: VoiceRules


class Worked(NamedTuple):
    """What words became: utterances, and what contacts say in them."""

    utterances: pl.DataFrame
    voice: Voice


Build = Callable[[Any], TextEngines]
Work = Callable[[pl.DataFrame, pl.DataFrame], Worked]


def worked(pieces: pl.DataFrame, contacts: pl.DataFrame, engines: TextEngines) -> Worked:
    """Run the stages *text* and *voice* on the words of whole contacts.

    Parameters
    ----------
    pieces : DataFrame
        Of :func:`voc_mining.text.stage.to_utterances`.
    contacts : DataFrame
        ``contact_id``, ``month``, ``input_key``, also of contacts without words.
    engines : TextEngines
        Tokenizer and rules.
    """
    utterances = to_utterances(pieces, engines.tokenizer, engines.text)
    finder = term_finder(engines.tokenizer, engines.text.kept_words)
    return Worked(utterances, statements(utterances, contacts, engines.voice, finder.terms, finder.pairs, plain=plain))


class TextWorkers:
    """Shares the words of contacts out among processes; the result is that of one.

    Parameters
    ----------
    build : callable
        Makes the engines of the users' words, in this process and in each further one, where it is known by its name.
    words : object
        What users gave; it can be pickled, and compared.
    processes : int
        How many may work; 1 works here.
    """

    def __init__(self, build: Build, words: Any, processes: int) -> None:
        self._build, self._words = build, words
        # Some schedulers' workers may have no processes of their own.
        self._processes = 1 if current_process().daemon else processes
        self._pool: ProcessPoolExecutor | None = None
        self._pieces = 0

    def __call__(self, pieces: pl.DataFrame, contacts: pl.DataFrame) -> Worked:
        """Work on the words of contacts as :func:`worked` does.

        Raises
        ------
        EngineTrouble
            If a process died, as it does where memory runs out; another try starts new ones.
        """
        self._pieces += pieces.height
        if self._processes == 1 or pieces.height < _WORTH_SHARING or self._pieces < _WORTH_A_START:
            return worked(pieces, contacts, self._build(self._words))
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes, get_context("spawn"), _prepare, (self._build, self._words)
            )
            atexit.register(self._pool.shutdown, cancel_futures=True)
        try:
            parts = list(self._pool.map(_worked_here, *_shares(pieces, contacts, self._processes)))
        except BrokenProcessPool as trouble:
            self._pool = None
            raise EngineTrouble(f"a process of the text stage died: {trouble}") from trouble
        voices = zip(*(part.voice for part in parts), strict=True)
        return Worked(pl.concat([part.utterances for part in parts]), Voice(*(pl.concat(frames) for frames in voices)))


def _shares(pieces: pl.DataFrame, contacts: pl.DataFrame, n: int) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """Cut the contacts, in their order, where the pieces before them make a further share of all."""
    counted = contacts.join(pieces.group_by("contact_id").len(), on="contact_id", how="left", maintain_order="left")
    before = pl.col("len").fill_null(0).cast(pl.Int64).cum_sum()
    shared = counted.select("contact_id", ((before - 1).clip(0) * n // max(pieces.height, 1)).alias("share"))
    owned = [shared.filter(pl.col("share") == share) for share in range(n)]
    return (
        [pieces.join(own, on="contact_id", how="semi", maintain_order="left") for own in owned],
        [contacts.join(own, on="contact_id", how="semi", maintain_order="left") for own in owned],
    )


_ENGINES: list[TextEngines] = []
"""Of a further process, which makes them once."""


def _prepare(build: Build, words: Any) -> None:
    _ENGINES.append(build(words))


def _worked_here(pieces: pl.DataFrame, contacts: pl.DataFrame) -> Worked:
    return worked(pieces, contacts, _ENGINES[0])


text_workers = lru_cache(maxsize=2)(TextWorkers)
"""Give the same workers for the same engines, so that processes serve batch after batch."""
