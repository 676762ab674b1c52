"""`voc topics tree`: the topics in as many groups as an analyst wants, and headings made of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from pipelines.commands.arguments import lake_with_data, language
from pipelines.commands.topic_edits import group_topics
from pipelines.commands.topics import list_topics
from pipelines.settings import Settings
from pipelines.steps.edited import EditedTopics, edited_topics, topics_in_force
from pipelines.steps.wording import text_words
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.tree import group_names, grouped


def topic_tree(lake: DeltaStore, n_groups: int | None = None) -> pl.DataFrame:
    """Put the topics into groups of topics that are alike, each with a name.

    By default the groups are those of the coarse layer, with the middle one below, as they are stored with the version and in
    ``topics.csv``. For another number of groups the tree is cut anew; then topics that an analyst or an example made have no
    direction of their own and are left out, and so are headings.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    n_groups : int, optional
        Groups wanted.

    Returns
    -------
    DataFrame
        ``group``, ``name``, ``middle`` (name of the group in the middle layer, null where the tree was cut anew), ``topic_id``,
        ``label``, ``n_voc``; the groups, their parts and the topics in them with most statements first.
    """
    edited = edited_topics(lake)
    topics = edited.topics.filter(pl.col("layer") == 0)
    listed = list_topics(lake).select("topic_id", "label", "n_voc")
    if n_groups is None:
        groups = topics.select(
            "topic_id",
            pl.col("coarse_id").alias("group"),
            pl.col("coarse_label").alias("name"),
            pl.col("middle_label").alias("middle"),
        )
    else:
        groups = _cut(lake, edited, n_groups)
    named = groups.join(listed, on="topic_id", validate="1:1").with_columns(
        pl.col("n_voc").sum().over("group").alias("total"), pl.col("n_voc").sum().over("group", "middle").alias("part")
    )
    ordered = named.sort(
        "total", "group", "part", "middle", "n_voc", "topic_id", descending=[True, False, True, False, True, False]
    )
    return ordered.select("group", "name", "middle", "topic_id", "label", "n_voc")


def _cut(lake: DeltaStore, edited: EditedTopics, n_groups: int) -> pl.DataFrame:
    found = topics_in_force(lake).select("topic_id", "centroid").collect()
    topics = found.join(edited.topics.filter(pl.col("layer") == 0), on="topic_id", how="semi")
    groups = grouped(topics, n_groups)
    placed = edited.assigned.drop_nulls("topic_id")
    names = group_names(groups, placed, text_words(lake, placed))
    return groups.select(
        "topic_id",
        pl.col("group").cast(pl.String),
        pl.col("group").replace_strict(names, default=None, return_dtype=pl.String).alias("name"),
        pl.lit(None, pl.String).alias("middle"),
    )


def make_headings(lake: DeltaStore, tree: pl.DataFrame, *, author: str, at: datetime | None = None) -> list[str]:
    """Put the topics of each group under a heading of its name; return the ids of the edits.

    Groups of one topic get none.

    Raises
    ------
    UserError
        If a name is that of a topic.
    """
    moment = at or datetime.now(UTC)
    edits = []
    for (_, name), part in tree.group_by("group", "name", maintain_order=True):
        if part.height > 1:
            edits += group_topics(lake, part["topic_id"].to_list(), str(name), author=author, at=moment)
    return edits


def print_tree(  # noqa: PLR0913 - one argument per option of the command
    lake: str, n_groups: int | None, *, apply: bool, author: str | None, as_json: bool, lang: str | None
) -> int:
    """Show the groups, and make headings of them where that is wanted."""
    say = Messages(language(lang))
    store = lake_with_data(lake)
    tree = topic_tree(store, n_groups)
    edits = make_headings(store, tree, author=author or Settings().author) if apply else []
    if as_json:
        print(json.dumps({"topics": tree.to_dicts(), "edits": edits}, ensure_ascii=False, indent=1))  # noqa: T201 - output
        return 0
    console = Console()
    if tree.is_empty():
        console.print(say("topics.none"))
        return 0
    for (_, name), part in tree.group_by("group", "name", maintain_order=True):
        console.print(_branch(str(name), part, say))
    console.print(say("topics.headings_made", n=len(edits)) if apply else say("topics.tree_hint"), soft_wrap=True)
    return 0


def _branch(name: str, part: pl.DataFrame, say: Messages) -> Tree:
    branch = Tree(f"[bold]{escape(name)}[/bold]  {say('topics.of_statements', n=part['n_voc'].sum())}")
    for (middle,), topics in part.group_by("middle", maintain_order=True):
        below = branch
        if middle is not None and topics.height > 1 and middle != name:
            below = branch.add(f"{escape(str(middle))}  {say('topics.of_statements', n=topics['n_voc'].sum())}")
        for row in topics.iter_rows(named=True):
            below.add(f"{escape(row['label'])}  {row['topic_id']}  {say('topics.of_statements', n=row['n_voc'])}")
    return branch
