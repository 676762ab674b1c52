"""Rows of word lists that no cell shows to be wrong: synonyms that contradict each other, words that are none, bad rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from voc_mining.coding_rules.parsing import RuleFault, parse_rule
from voc_mining.faults import Fault, as_stored
from voc_mining.ingest.kinds import CODES, DICTIONARY, SYNONYMS
from voc_mining.ingest.records import FileRecords
from voc_mining.ingest.rejects import SCHEMA, shortened

_BETWEEN = "[;；|｜、\n]"
_BETWEEN_SENTENCES = "[;；|｜\n]"
_BLANK = r"\s"
_LONGEST = 60


def words_of(column: str) -> pl.Expr:
    """Words of cells that hold several, each once, parted by ``;``, ``|`` or 、."""
    return _parted(column, _BETWEEN)


def sentences_of(column: str) -> pl.Expr:
    """Sentences of cells that hold several, each once, parted by ``;``, ``|`` or a new line."""
    return _parted(column, _BETWEEN_SENTENCES)


def _parted(column: str, between: str) -> pl.Expr:
    split = pl.col(column).str.replace_all(between, ";").str.split(";")
    words = split.list.eval(pl.element().str.strip_chars()).list.unique(maintain_order=True).fill_null([])
    return words.list.set_difference(pl.concat_list(pl.lit("", pl.String)))


def consistent(kind: str, files: Sequence[FileRecords]) -> list[FileRecords]:
    """Reject the rows of a word list that cannot hold; other kinds stay as they are.

    Rows count in the order of files and lines: of two that contradict each other the later one is rejected.
    """
    if kind == DICTIONARY:
        return [_without(found, _no_words(found.records)) for found in files]
    if kind == CODES:
        return [_without(found, _bad_codes(found.records)) for found in files]
    if kind != SYNONYMS:
        return list(files)
    stands_for: dict[str, str] = {}
    return [_without(found, _contradictions(found.records, stands_for)) for found in files]


def _no_words(records: pl.DataFrame) -> list[tuple[int, Fault, str]]:
    blank = pl.col("surface").str.contains(_BLANK) | (pl.col("surface").str.len_chars() > _LONGEST)
    rows = records.filter(blank).select("row", "surface").iter_rows()
    return [(row, Fault("no_word", surface=surface[:_LONGEST]), surface) for row, surface in rows]


def _bad_codes(records: pl.DataFrame) -> list[tuple[int, Fault, str]]:
    rows = records.select("row", "name", "rule").iter_rows()
    return [(row, fault, f"{name},{rule or ''}") for row, name, rule in rows if (fault := _fault_of(name, rule))]


def _fault_of(name: str, rule: str | None) -> Fault | None:
    if len(name) > _LONGEST or ";" in name:
        return Fault("code_name", name=shortened(name), allowed=str(_LONGEST))
    try:
        if rule is not None:
            parse_rule(rule)
    except RuleFault as trouble:
        return trouble.fault
    return None


def _contradictions(records: pl.DataFrame, stands_for: dict[str, str]) -> list[tuple[int, Fault, str]]:
    """Find the rows that give a synonym of another term, or that run in a circle; take in the others."""
    found = []
    rows = records.sort("row").select("row", "term", words_of("written").alias("words"), "written")
    for row, term, words, cell in rows.iter_rows():
        fault = next((fault for word in sorted({*words} - {term}) if (fault := _fault(word, term, stands_for))), None)
        if fault is None:
            stands_for.update(dict.fromkeys({*words} - {term}, term))
        else:
            found.append((row, fault, f"{term},{cell}"))
    return found


def _fault(word: str, term: str, stands_for: dict[str, str]) -> Fault | None:
    if stands_for.get(word, term) != term:
        return Fault("synonym_of_two", word=word, term=stands_for[word])
    if word in _chain(term, stands_for):
        return Fault("synonym_circle", word=word, term=term)
    return None


def _chain(term: str, stands_for: dict[str, str]) -> Iterable[str]:
    """Give the term and the terms that stand for it in turn."""
    while True:
        yield term
        if term not in stands_for:
            return
        term = stands_for[term]


def _without(found: FileRecords, wrong: Sequence[tuple[int, Fault, str]]) -> FileRecords:
    if not wrong:
        return found
    rows = [(row, fault.code, as_stored([fault]), content) for row, fault, content in wrong]
    rejects = pl.concat([found.rejects, pl.DataFrame(rows, schema=SCHEMA, orient="row")]).sort("row")
    left = found.records.filter(~pl.col("row").is_in([row for row, _, _ in wrong]))
    return replace(found, records=left, rejects=rejects)
