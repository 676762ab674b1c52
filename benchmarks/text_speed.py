"""Text, masking, voice, terms and pairs over many short statements, against a bare tokenizer on the same text.

    python -m benchmarks.text_speed [--statements 1000000] [--batch 20000] [--cores 2] [--only distinct] [--profile]

Statements are sentences of the labelled sets and of the sample's phrasebook in the circumstances of
``data/wording_ja.toml``; three in a hundred name a person or a number. All are distinct at first ("distinct"); then they
repeat as texts do ("as texts come"): a statement is one not yet seen with probability
``(strength + discount x distinct) / (strength + statements)``, else an earlier one word for word.

The bare loop reads surface, lemma, first part of speech and kana of each word of each statement with fugashi; ours makes
of each statement a contact with its utterances (masked, tokens stored), its statement (kind, polarity, urgency …), terms
and pairs, in frames that keep the contracts. Either reads its batches from one file, in as many new processes as cores, each
every so-manieth batch; Polars has one thread in each. Seconds are processor time, of the process that took longest,
without imports; what is compiled at first use (lexicons, dictionaries) is in them.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import os
import pstats
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import fugashi
import polars as pl
import unidic_lite

from benchmarks.archive import Surroundings
from benchmarks.pairs import labelled
from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import KINDS, read_phrasebook
from voc_mining.text.finders import term_finder
from voc_mining.text.rules import TextRules
from voc_mining.text.stage import to_utterances
from voc_mining.text.tokenizer_engine import FugashiTokenizer
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.stage import statements

DATA = Path(__file__).parent / "data"
SEED = 20261122
_STRENGTH, _DISCOUNT = 5.0, 0.7
_PERSONAL, _SURNAMES = 0.03, ("佐藤", "鈴木", "高橋", "田中", "渡辺", "小林", "加藤", "吉田")


def distinct_statements(n: int) -> list[str]:
    """Make ``n`` different short statements."""
    draws, around = Draws(SEED, "text speed"), Surroundings()
    book = read_phrasebook()
    lines = (DATA / "statements_ja.tsv").read_text("utf-8").splitlines()
    told = [row["text"] for row in csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t")]
    told += [row["text"] for name in ("dev", "held") for row in labelled(name)]
    frames = [frame for topic in book.side("reactive", "proactive", "both") for kind in KINDS
              for frame in topic.sentences.get(kind, ())]  # fmt: skip
    made: dict[str, None] = {}
    while len(made) < n:
        sentence = (
            draws.one_of(told)
            if draws.chance(0.5)
            else book.vary(book.fill(draws.one_of(frames), draws), "written", draws)
        )
        text = around.around(sentence, draws.one_of(KINDS), draws)
        if draws.chance(_PERSONAL):
            number = f"090-{draws.between(1000, 9999)}-{draws.between(1000, 9999)}"
            text = (
                f"{draws.one_of(_SURNAMES)}と申します。{text}"
                if draws.chance(0.5)
                else f"{text}電話番号は{number}です。"
            )
        made[text] = None
    return list(made)


def repeated(distinct: Sequence[str]) -> list[str]:
    """Draw as many statements as there are, repeating themselves as texts do."""
    draws, said, fresh = Draws(SEED, "repeats"), [], 0
    for n in range(len(distinct)):
        if draws.chance((_STRENGTH + _DISCOUNT * fresh) / (_STRENGTH + n)):
            said.append(distinct[fresh])
            fresh += 1
        else:
            said.append(said[draws.between(0, n - 1)])
    return said


class Run(NamedTuple):
    """What a process did: processor seconds, words or statements, and its peak of memory in MB."""

    seconds: float
    made: int
    peak: float


def bare(parts: Iterator[Sequence[str]]) -> int:
    """Read every word's surface, lemma, part of speech and kana; give how many words there are."""
    tagger = fugashi.Tagger(f'-d "{unidic_lite.DICDIR}"')  # type: ignore[attr-defined]  # not typed
    words = 0
    for texts in parts:
        for text in texts:
            for node in tagger(text):
                feature = node.feature
                _ = (node.surface, feature.lemma, feature.pos1, feature.kana)
                words += 1
    return words


def ours(parts: Iterator[Sequence[str]]) -> int:
    """Make utterances and statements of every text, batch by batch; give how many statements there are."""
    rules, voice_rules, tokenizer = TextRules(), VoiceRules.bundled(), FugashiTokenizer()
    made = 0
    for texts in parts:
        pieces = as_pieces(texts)
        utterances = to_utterances(pieces, tokenizer, rules)
        contacts = pieces.select("contact_id", "month", input_key="contact_id")
        finder = term_finder(tokenizer)
        made += statements(utterances, contacts, voice_rules, finder.terms, finder.pairs).voc.height
    return made


def as_pieces(texts: Sequence[str]) -> pl.DataFrame:
    """Make the statements pieces, each a contact of its own."""
    return pl.DataFrame({"contact_id": [f"c{n:09d}" for n in range(len(texts))], "text": texts}).with_columns(
        pl.lit("2026-11").alias("month"), pl.lit("answer").alias("part"), pl.lit(None, pl.Int8).alias("channel"),
        pl.lit("customer").alias("role"), pl.lit(None, pl.Float64).alias("start_s"),
        pl.lit(None, pl.Float64).alias("end_s"), pl.lit(None, pl.Float64).alias("confidence"),
        pl.lit([], pl.List(pl.String)).alias("flags"), pl.lit(None, pl.String).alias("question"),
    )  # fmt: skip


def read(file: Path, batch: int, core: int, cores: int) -> Iterator[Sequence[str]]:
    """Read from a file the batches of one core."""
    with file.open(encoding="utf-8") as lines:
        for n in range(sys.maxsize):
            texts = [line.rstrip("\n") for line in islice(lines, batch)]
            if not texts:
                return
            if n % cores == core:
                yield texts


def run(core: int, work: Callable[[Iterator[Sequence[str]]], int], file: Path, batch: int, cores: int) -> Run:
    """Do the work of one core."""
    begun = time.process_time()
    made = work(read(file, batch, core, cores))
    return Run(time.process_time() - begun, made, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def timed(work: Callable[[Iterator[Sequence[str]]], int], file: Path, batch: int, cores: int) -> Run:
    """Do the work in as many new processes as cores: the longest one's seconds, all that was made, the largest peak."""
    with get_context("spawn").Pool(cores) as pool:
        runs = pool.map(partial(run, work=work, file=file, batch=batch, cores=cores), range(cores), chunksize=1)
    return Run(max(each.seconds for each in runs), sum(each.made for each in runs), max(each.peak for each in runs))


def main() -> None:
    """Print the rates."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--statements", type=int, default=100_000)
    arguments.add_argument("--batch", type=int, default=20_000)
    arguments.add_argument("--cores", type=int, default=1)
    arguments.add_argument("--only", choices=["distinct", "as texts come"])
    arguments.add_argument("--profile", action="store_true")
    asked = arguments.parse_args()
    os.environ["POLARS_MAX_THREADS"] = "1"
    distinct = distinct_statements(asked.statements)
    if asked.profile:
        with cProfile.Profile() as profile:
            ours(distinct[start : start + asked.batch] for start in range(0, len(distinct), asked.batch))
        pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(45)
        return
    sets = {"distinct": lambda: distinct, "as texts come": lambda: repeated(distinct)}
    for name in [asked.only] if asked.only else sets:
        texts = sets[name]()
        with TemporaryDirectory() as folder:
            file = Path(folder) / "statements.txt"
            file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
            without = timed(bare, file, asked.batch, asked.cores)
            with_all = timed(ours, file, asked.batch, asked.cores)
        length = sum(map(len, texts)) / len(texts)
        print(
            f"{name}: {len(texts):,} statements, {len(set(texts)):,} distinct, {without.made:,} words, "
            f"{length:.0f} characters each; {with_all.made:,} made; {asked.cores} cores"
        )
        print(
            f"  bare {len(texts) / without.seconds:,.0f}/s  ours {len(texts) / with_all.seconds:,.0f}/s  "
            f"{without.seconds / with_all.seconds:.0%} of bare"
        )
        print(f"  peak of memory of a process: bare {without.peak:,.0f} MB, ours {with_all.peak:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
