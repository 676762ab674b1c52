"""`voc glossary`: print the terms, what was put right and what may have been misheard; accept candidates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from pipelines.commands import glossary
from pipelines.commands.arguments import lake_with_data, language
from pipelines.commands.glossary_file import accept
from pipelines.engines import tokenizer
from voc_mining.errors import UserError
from voc_mining.messages.catalogue import Messages

_LISTED = ("term", "reading", "aliases", "category", "n_utterances", "n_corrections")
_CORRECTED = ("original", "term", "kind", "score", "n_utterances", "n_contacts", "text")
_CANDIDATES = ("heard", "term", "known_from", "likeness", "n_utterances", "start_s", "example")
_WORDS = {"kind": "correction_kind", "known_from": "candidate_source"}
"""Columns of codes, and the family of their words."""
_MEANS = "="


def print_list(lake: str, *, as_json: bool, lang: str | None) -> int:
    """List the terms with how often they were said."""
    say = Messages(language(lang))
    return _print(glossary.list_terms(lake_with_data(lake), tokenizer()), _LISTED, say, "glossary.none", as_json)


def print_corrections(lake: str, *, as_json: bool, lang: str | None) -> int:
    """List what was put right."""
    say = Messages(language(lang))
    return _print(glossary.corrections(lake_with_data(lake)), _CORRECTED, say, "glossary.no_corrections", as_json)


def print_candidates(lake: str, *, most: int, out: Path | None, as_json: bool, lang: str | None) -> int:
    """List what may have been misheard; write it as a glossary file, too, where one is named."""
    say = Messages(language(lang))
    store = lake_with_data(lake)
    listed = glossary.misheard(store, tokenizer())
    if out is not None:
        try:
            out.write_text(glossary.as_glossary(listed, store).write_csv(), encoding="utf-8-sig")
        except OSError as trouble:
            raise UserError("error.unwritable", path=out, problem=trouble) from trouble
    return _print(listed.head(most), _CANDIDATES, say, "glossary.no_candidates", as_json)


def accept_candidates(place: Path, pairs: Sequence[str], *, as_json: bool, lang: str | None) -> int:
    """Enter spellings into a glossary file as aliases; each is written HEARD=TERM."""
    say = Messages(language(lang))
    meant: dict[str, str] = {}
    for pair in pairs:
        heard, means, term = (part.strip() for part in pair.partition(_MEANS))
        if not (heard and means and term):
            raise UserError("glossary.bad_pair", pair=pair)
        meant[heard] = term
    added = accept(place, meant)
    if as_json:
        print(json.dumps({"added": added}))  # noqa: T201 - the command's output
    else:
        Console().print(say("glossary.accepted", added=added), soft_wrap=True)
    return 0


def _print(frame: pl.DataFrame, shown: Sequence[str], say: Messages, nothing: str, as_json: bool) -> int:  # noqa: FBT001
    if as_json:
        print(json.dumps(frame.to_dicts(), ensure_ascii=False, indent=1, default=str))  # noqa: T201 - the output
    elif frame.is_empty():
        Console().print(say(nothing), soft_wrap=True)
    else:
        table = Table(*(Column(say(f"glossary.col_{name}"), overflow="fold") for name in shown))
        for row in frame.select(shown).iter_rows(named=True):
            table.add_row(*(escape(_cell(name, value, say)) for name, value in row.items()))
        Console().print(table)
    return 0


def _cell(name: str, value: object, say: Messages) -> str:
    if isinstance(value, list):
        return say("summary.between").join(map(str, value))
    if name in _WORDS:
        return say.value(_WORDS[name], value)
    if isinstance(value, float):
        return f"{int(value // 60)}:{value % 60:04.1f}" if name == "start_s" else f"{value:.2f}"
    return "" if value is None else str(value)
