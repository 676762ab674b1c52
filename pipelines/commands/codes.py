"""`voc topics codes`: the codes of analysts with their counts, and rules that could not be read."""

from __future__ import annotations

import json
from dataclasses import dataclass

import polars as pl
from rich.console import Console
from rich.markup import escape

from pipelines.commands.arguments import lake_with_data, language
from pipelines.publish import told_rejects
from pipelines.request import today
from pipelines.steps.coding import stored_codes
from pipelines.steps.edited import edited_topics
from pipelines.steps.guides import stored_guides
from pipelines.steps.insight import InsightParams, read_accounts, read_statements
from pipelines.steps.wording import stored_words
from pipelines.terminal import print_table
from voc_mining.errors import UserError
from voc_mining.insight.coding import coded, words_not_said
from voc_mining.insight.coding_table import coding_table
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.guided import GUIDED

_KIND = "codes"
_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class CodesView:
    """What analysts look for, as they see it.

    Parameters
    ----------
    coding : DataFrame
        Rows of ``coding.csv`` as of today, of codes with a rule.
    statements : DataFrame
        ``code_id``, ``voc_id``, ``text``, ``evidence``, the latest first.
    guided : DataFrame
        ``topic_id``, ``name``, ``n_examples``, ``n_texts`` (distinct texts that the examples took), of codes with examples.
    unreadable : DataFrame
        ``file``, ``row``, ``detail``: rows that were rejected; rules that this version cannot read have no place.
    """

    coding: pl.DataFrame
    statements: pl.DataFrame
    guided: pl.DataFrame
    unreadable: pl.DataFrame


def view_codes(lake: DeltaStore, lang: str) -> CodesView:
    """Put the codes of a lake to its statements."""
    params = InsightParams(as_of=today(), lang=lang)
    stored = stored_codes(lake)
    edited = edited_topics(lake)
    statements = read_statements(lake, params, edited.assigned)
    words = stored_words(lake, "voc_id", "terms", "pairs")
    found = coded(statements, words, stored.codes)
    latest = found.join(statements.select("voc_id", "text", "started_at"), on="voc_id", validate="m:1")
    taken = edited.assigned.filter(pl.col("by") == GUIDED).group_by("topic_id").agg(pl.len().alias("n_texts"))
    guides = [(guide.topic_id, guide.label, len(guide.examples)) for guide in stored_guides(lake)]
    schema = {"topic_id": pl.String, "name": pl.String, "n_examples": pl.Int64}
    rejected = told_rejects(lake.read("rejects").filter(pl.col("source") == _KIND), lang).sort("file", "row")
    older = [("", None, f"{name}: {fault.told(lang)}") for name, fault in stored.unreadable.items()]
    told = rejected.select("file", "row", "detail")
    return CodesView(
        coding_table(
            statements, found, stored.codes, words_not_said(words, stored.codes), read_accounts(lake, params), params
        ),
        latest.sort("started_at", "voc_id", descending=[True, False], nulls_last=True).drop("started_at"),
        pl.DataFrame(guides, schema=schema, orient="row")
        .join(taken, on="topic_id", how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col("n_texts").fill_null(0)),
        pl.concat([told, pl.DataFrame(older, schema=told.schema, orient="row")]),
    )


def print_codes(lake: str, *, as_json: bool, lang: str | None) -> int:
    """List the codes with their counts, the words that nobody says, and rules that cannot be read."""
    say = Messages(language(lang))
    view = view_codes(lake_with_data(lake), say.lang)
    if as_json:
        parts = {"codes": view.coding, "guided": view.guided, "rejected": view.unreadable}
        listed = {name: frame.to_dicts() for name, frame in parts.items()}
        print(json.dumps(listed, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - the command's output
        return 0
    console = Console()
    if view.coding.is_empty() and view.guided.is_empty() and view.unreadable.is_empty():
        console.print(say("topics.no_codes"), soft_wrap=True)
    if view.coding.height:
        print_table(view.coding.select("code_id", "name", "rule", "n_voc", "n_customers"), say)
    for name, words in (
        view.coding.filter(pl.col("words_not_said").list.len() > 0).select("name", "words_not_said").iter_rows()
    ):
        told = say("report.words_not_said", words=say("summary.between").join(words))
        console.print(f"{name}: {told}", markup=False, soft_wrap=True)
    if view.guided.height:
        print_table(view.guided, say)
    for file, row, detail in view.unreadable.iter_rows():
        console.print(" ".join(filter(None, (file, row and str(row), detail))), markup=False, soft_wrap=True)
    return 0


def print_code(lake: str, name: str, *, as_json: bool, lang: str | None) -> int:
    """Show a code, named by its id or its name, with its latest statements and the words that say why.

    Raises
    ------
    UserError
        If no topic and no code is named so.
    """
    say = Messages(language(lang))
    view = view_codes(lake_with_data(lake), say.lang)
    named = view.coding.filter((pl.col("code_id") == name) | (pl.col("name") == name))
    if named.is_empty():
        raise UserError("topics.no_topic", topic=name)
    code = named.row(0, named=True)
    examples = view.statements.filter(pl.col("code_id") == code["code_id"]).drop("code_id").head(_EXAMPLES)
    if as_json:
        told = code | {"examples": examples.to_dicts()}
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - the command's output
        return 0
    console = Console(highlight=False)
    counts = say("topics.of_statements", n=code["n_voc"])
    console.print(f"[bold]{escape(code['name'])}[/bold]  {code['code_id']}  {counts}")
    console.print(code["rule"], style="dim", markup=False, soft_wrap=True)
    for text, evidence in examples.select("text", "evidence").iter_rows():
        why = say("report.because", words=say("summary.between").join(evidence)) if evidence else ""
        console.print(f"  ・{text}  {why}".rstrip(), markup=False, soft_wrap=True)
    return 0
