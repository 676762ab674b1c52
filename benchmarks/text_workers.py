"""Words of many contacts worked on by one process and by several, as a night does: processes of the text stage.

python -m benchmarks.text_workers [--statements N] [--processes N] [--batch N]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.text_speed import as_pieces, distinct_statements
from pipelines import engines
from pipelines.engines import TextWords
from pipelines.steps.mine import PIECE_COLUMNS
from pipelines.text_workers import TextWorkers
from voc_mining.contracts.glossary import NO_GLOSSARY
from voc_mining.contracts.rules import NO_MASKING
from voc_mining.contracts.values import WORD
from voc_mining.contracts.wording import NO_DICTIONARY


def main() -> None:
    """Print the seconds by the clock of one process, of several, start included, and their ratio."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--statements", type=int, default=60_000)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--batch", type=int, default=2_000)
    told = arguments.parse_args()
    texts = distinct_statements(told.statements)
    with tempfile.TemporaryDirectory() as folder:
        words = TextWords(NO_DICTIONARY, Path(folder), NO_GLOSSARY, frozenset(), NO_MASKING)
        engines.text_engines(words)
        alone = _seconds(texts, TextWorkers(engines.text_engines, words, 1), told.batch)
        shared = _seconds(texts, TextWorkers(engines.text_engines, words, told.processes), told.batch)
    print(f"1 process {alone:.1f} s, {told.processes} processes {shared:.1f} s: {alone / shared:.2f} times as fast")


def _seconds(texts: list[str], work: TextWorkers, batch: int) -> float:
    begun = time.perf_counter()
    for start in range(0, len(texts), batch):
        pieces = as_pieces(texts[start : start + batch]).with_columns(pl.lit(None, pl.List(WORD)).alias("words"))
        work(pieces.select(PIECE_COLUMNS), pieces.select("contact_id", "month", input_key="contact_id"))
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
