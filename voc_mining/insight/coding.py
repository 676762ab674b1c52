"""Which statements have which codes, and the words that say why: coding rules put to all statements at once.

A condition holds for rows, and words stand for it as evidence. Terms and pairs are numbered once; a word of a rule is looked
up among the distinct ones, so that what it costs does not grow with its number of spellings. Of conditions joined by OR those
that hold give the evidence; what is denied gives none, and neither does what is told by a column of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from voc_mining.coding_rules.tree import All, Any, Condition, Facet, Literal, Near, Not, Pair, Word, words_of_rule
from voc_mining.ids import code_id
from voc_mining.messages.catalogue import Messages

CODED = pl.Schema([("voc_id", pl.String()), ("code_id", pl.String()), ("evidence", pl.List(pl.String))])
WORDS = pl.Schema([("voc_id", pl.String()), ("terms", pl.List(pl.String)), ("pairs", pl.List(pl.String))])
FACETS = ("kind", "polarity", "urgency", "channel", "origin", "silence")
SHOWN = pl.Schema([("voc_id", pl.String()), ("codes", pl.List(pl.String)), ("code_evidence", pl.List(pl.String))])
_EVIDENCE = pl.Schema({"row": pl.UInt32, "word": pl.String})
_ARROW = "→"
_BETWEEN = "\n"


@dataclass(frozen=True, slots=True)
class Code:
    """A matter that an analyst looks for by a rule.

    Parameters
    ----------
    name : str
        In the analyst's words; no two codes have the same.
    heading : str or None
        What it stands under.
    written : str
        The rule as written.
    rule : Condition
        The rule as it is put to statements: in the words that stand for synonyms.
    """

    name: str
    heading: str | None
    written: str
    rule: Condition

    @property
    def code_id(self) -> str:
        """Id of the code: a digest of its name."""
        return code_id(self.name)


def coded(statements: pl.DataFrame, words: pl.DataFrame, codes: Sequence[Code]) -> pl.DataFrame:
    """Find the codes of statements.

    Parameters
    ----------
    statements : DataFrame
        ``voc_id`` (unique), ``text``, ``plain_text``, ``kind``, ``polarity``, ``urgency``, ``channel``, ``origin``,
        ``silence``.
    words : DataFrame
        ``voc_id`` (unique), ``terms``, ``pairs``, synonyms resolved.
    codes : sequence of Code
        What is looked for.

    Returns
    -------
    DataFrame
        ``voc_id``, ``code_id`` (unique together), ``evidence`` (words that made the rule hold, each once), by code in the
        order given and by statement in theirs.
    """
    if not codes:
        return CODED.to_frame()
    said = _Said.of(statements, words)
    return pl.concat([_of_code(code, said) for code in codes])


def words_not_said(words: pl.DataFrame, codes: Sequence[Code]) -> dict[str, list[str]]:
    """List by ``code_id`` the words of its rule that no statement has as a term, nor in a pair: mistaken forms mostly.

    Parameters
    ----------
    words : DataFrame
        ``terms``, ``pairs``, synonyms resolved.
    codes : sequence of Code
        Whose rules are looked at.
    """
    parts = words["pairs"].explode().drop_nulls().unique().str.split(_ARROW).explode()
    there = pl.concat([words["terms"].explode(), parts]).drop_nulls().unique().str.to_lowercase()
    return {
        code.code_id: [word for word in words_of_rule(code.rule) if not there.str.contains(_regex(word)).any()]
        for code in codes
    }


def code_columns(found: pl.DataFrame, codes: Sequence[Code], lang: str) -> pl.DataFrame:
    """Tell the codes of each statement in two columns.

    Parameters
    ----------
    found : DataFrame
        Of :func:`coded`.
    codes : sequence of Code
        Their names.
    lang : str
        Language of the reader: it says how words are parted.

    Returns
    -------
    DataFrame
        ``voc_id`` (unique), ``codes`` (names), ``code_evidence`` (name and words that made its rule hold).
    """
    if found.is_empty():
        return SHOWN.to_frame()
    names: Mapping[str, str] = {code.code_id: code.name for code in codes}
    named = found.with_columns(pl.col("code_id").replace_strict(names, return_dtype=pl.String).alias("name"))
    why = pl.when(pl.col("evidence").list.len() > 0).then(
        pl.format("{}: {}", "name", pl.col("evidence").list.join(Messages(lang)("summary.between")))
    )
    return named.group_by("voc_id", maintain_order=True).agg(
        pl.col("name").alias("codes"), why.drop_nulls().alias("code_evidence")
    )


@dataclass(frozen=True, slots=True)
class _Holds:
    """For which rows a condition holds, and the words that say why."""

    rows: pl.Series
    evidence: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Said:
    """Statements, numbered, as rules look at them.

    Parameters
    ----------
    facts : DataFrame
        ``voc_id``, ``said`` (text as shown and as analysed, in lower case), and the columns that rules may ask for.
    terms : DataFrame
        ``row``, ``place`` (among the terms of the row), ``number``.
    pairs : DataFrame
        ``row``, ``number``.
    term_names, pair_names : DataFrame
        ``number``, ``name`` (as it is shown), ``folded`` (in lower case): each once.
    """

    facts: pl.DataFrame
    terms: pl.DataFrame
    pairs: pl.DataFrame
    term_names: pl.DataFrame
    pair_names: pl.DataFrame
    known: dict[Condition, _Holds] = field(default_factory=dict)

    @classmethod
    def of(cls, statements: pl.DataFrame, words: pl.DataFrame) -> _Said:
        searched = pl.concat_str("text", "plain_text", separator=_BETWEEN, ignore_nulls=True).str.to_lowercase()
        facts = statements.select("voc_id", searched.alias("said"), *FACETS)
        listed = facts.select("voc_id").join(
            words.select("voc_id", "terms", "pairs"), on="voc_id", how="left", validate="1:1", maintain_order="left"
        )
        terms, term_names = _numbered(listed["terms"])
        pairs, pair_names = _numbered(listed["pairs"])
        return cls(facts, terms, pairs.drop("place"), term_names, pair_names)

    def holds(self, rule: Condition) -> _Holds:
        """Put a condition to every row."""
        if rule not in self.known:
            self.known[rule] = self._holds(rule)
        return self.known[rule]

    def _holds(self, rule: Condition) -> _Holds:
        if isinstance(rule, All | Any):
            return self._joined(rule)
        if isinstance(rule, Not):
            return _Holds(~self.holds(rule.part).rows, _EVIDENCE.to_frame())
        if isinstance(rule, Facet):
            return _Holds(self.facts[rule.name].eq_missing(rule.value), _EVIDENCE.to_frame())
        if isinstance(rule, Near):
            return self._near(rule)
        return self._found(rule)

    def _joined(self, rule: All | Any) -> _Holds:
        parts = [self.holds(part) for part in rule.parts]
        flags = pl.DataFrame([part.rows.alias(str(nth)) for nth, part in enumerate(parts)])
        told = pl.all_horizontal(pl.all()) if isinstance(rule, All) else pl.any_horizontal(pl.all())
        rows = flags.select(told).to_series()
        evidence = pl.concat([part.evidence for part in parts])
        return _Holds(rows, evidence.filter(rows.gather(evidence["row"])))

    def _found(self, rule: Word | Literal | Pair) -> _Holds:
        """Look for what is there by itself: evidence in some rows is what holds for them."""
        if isinstance(rule, Literal):
            there = self.facts["said"].str.contains(rule.text.lower(), literal=True).fill_null(value=False)
            rows = self.facts.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")).filter(there)
            return _Holds(there, rows.with_columns(pl.lit(rule.text).alias("word")))
        found = self._terms(rule.pattern) if isinstance(rule, Word) else self._pairs(rule)
        return self._by_evidence(found.select("row", "word"))

    def _terms(self, pattern: str) -> pl.DataFrame:
        named = self.term_names.filter(pl.col("folded").str.contains(_regex(pattern)))
        return self.terms.join(named.select("number", pl.col("name").alias("word")), on="number", maintain_order="left")

    def _pairs(self, rule: Pair) -> pl.DataFrame:
        regex = f"^{_letters(rule.noun)}{_ARROW}{_letters(rule.predicate)}$"
        named = self.pair_names.filter(pl.col("folded").str.contains(regex))
        return self.pairs.join(named.select("number", pl.col("name").alias("word")), on="number", maintain_order="left")

    def _near(self, rule: Near) -> _Holds:
        if isinstance(rule.first, Literal) and isinstance(rule.second, Literal):
            return self._near_letters(rule.first.text, rule.second.text, rule.distance)
        assert isinstance(rule.first, Word)
        assert isinstance(rule.second, Word)
        first, second = self._terms(rule.first.pattern), self._terms(rule.second.pattern)
        apart = pl.col("place").cast(pl.Int64) - pl.col("place_right").cast(pl.Int64)
        together = first.join(second, on="row", maintain_order="left_right").filter(
            apart.abs().is_between(1, rule.distance)
        )
        return self._by_evidence(
            pl.concat([together.select("row", "word"), together.select("row", pl.col("word_right").alias("word"))])
        )

    def _near_letters(self, first: str, second: str, distance: int) -> _Holds:
        one, other = re.escape(first.lower()), re.escape(second.lower())
        regex = f"{one}.{{0,{distance}}}{other}|{other}.{{0,{distance}}}{one}"
        there = self.facts.select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), pl.col("said").str.extract(f"({regex})").alias("word")
        )
        return self._by_evidence(there.drop_nulls("word"))

    def _by_evidence(self, evidence: pl.DataFrame) -> _Holds:
        numbers = pl.int_range(pl.len(), dtype=pl.UInt32)
        rows = self.facts.select(numbers.is_in(evidence["row"].unique().implode())).to_series()
        return _Holds(rows, evidence.cast(_EVIDENCE))


def _of_code(code: Code, said: _Said) -> pl.DataFrame:
    found = said.holds(code.rule)
    why = (
        found.evidence.unique(maintain_order=True)
        .group_by("row", maintain_order=True)
        .agg(pl.col("word").alias("evidence"))
    )
    return (
        said.facts.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), "voc_id")
        .filter(found.rows)
        .join(why, on="row", how="left", validate="1:1", maintain_order="left")
        .select(
            "voc_id",
            pl.lit(code.code_id).alias("code_id"),
            pl.col("evidence").fill_null(pl.lit([], pl.List(pl.String))),
        )
    )


def _numbered(lists: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take lists apart: row, place and number of each entry, and the name of each number."""
    flat = (
        pl.DataFrame({"row": pl.int_range(len(lists), dtype=pl.UInt32, eager=True), "name": lists})
        .explode("name", empty_as_null=True)
        .drop_nulls("name")
        .with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).over("row").alias("place"))
    )
    names = flat.select(pl.col("name").unique().sort()).with_row_index("number")
    names = names.with_columns(pl.col("name").str.to_lowercase().alias("folded"))
    numbered = flat.join(names.select("name", "number"), on="name", maintain_order="left")
    return numbered.select("row", "place", "number"), names


def _regex(pattern: str) -> str:
    return f"^{_letters(pattern)}$"


def _letters(pattern: str) -> str:
    return f"[^{_ARROW}]*".join(map(re.escape, pattern.lower().split("*")))
