"""What a run shows on a terminal: bars while it works, a summary when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from pipelines.progress import listened
from voc_mining.messages.catalogue import Messages


class Bars:
    """One bar per step, made when the step first speaks."""

    def __init__(self, progress: Progress, say: Messages, leave: Callable[[BaseException], None]) -> None:
        self._progress = progress
        self._say = say
        self._leave = leave
        self._bars: dict[str, TaskID] = {}

    def at(self, step: str, done: int, total: int) -> None:
        """Move the bar of ``step``."""
        if step not in self._bars:
            self._bars[step] = self._progress.add_task(self._say(f"run.step_{step}"), total=max(total, 1))
        self._progress.update(self._bars[step], completed=done if total else 1, total=max(total, 1))

    def stopped(self, by: BaseException) -> None:
        """Draw no more, and leave."""
        self._progress.stop()
        self._leave(by)


@contextmanager
def bars(console: Console, say: Messages, leave: Callable[[BaseException], None]) -> Iterator[None]:
    """Show the progress of the block; nothing is drawn where the output is not a terminal.

    ``leave`` is called once a run that was stopped from outside is recorded.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    hidden = not console.is_terminal
    with Progress(*columns, console=console, disable=hidden) as progress, listened(Bars(progress, say, leave)):
        yield


def print_table(
    frame: pl.DataFrame, say: Messages, shown: Callable[[str, object], str] = lambda _column, value: str(value)
) -> None:
    """Print rows under the headings ``topics.col_…`` of their columns; ``shown`` writes a cell of a column."""
    table = Table(*(Column(say(f"topics.col_{name}"), overflow="fold") for name in frame.columns))
    for row in frame.iter_rows(named=True):
        table.add_row(*(escape(shown(name, value)) for name, value in row.items()))
    Console().print(table)


def show_summary(console: Console, summary: Mapping[str, Any], say: Messages) -> None:
    """Print what a run did: counts, accounts, what was rejected and what is missing."""
    between = say("summary.between")
    table = Table(title=say("summary.title"), title_justify="left")
    table.add_column(say("summary.stage"), overflow="fold")
    for name in ("inputs", "produced", "unchanged"):
        table.add_column(say(f"summary.{name}"), justify="right", no_wrap=True)
    table.add_column(say("summary.dropped"), overflow="fold")
    table.add_column(say("summary.rejected"), justify="right", no_wrap=True)
    for account in summary["accounts"]:
        dropped = between.join(f"{say.value('dropped', reason)} {n:,}" for reason, n in account["dropped"].items())
        counts = (f"{account[name]:,}" for name in ("inputs", "produced", "unchanged"))
        table.add_row(stage_words(account["stage"], say), *counts, dropped or "0", f"{account['rejected']:,}")
    console.print(table)

    def tell(sentence: str, style: str | None = None) -> None:
        """Print a line as it is: paths may be copied, and brackets in names are no markup."""
        console.print(sentence, style=style, markup=False, soft_wrap=True)

    for name, n in summary["counts"].items():
        tell(f"{say(f'summary.{name}')}: {n:,}")
    for sentence, style in _remarks(summary, say):
        tell(sentence, style)
    tell(say("run.csvs", path=summary["out"]))
    tell(say("run.report", path=summary["report"]), style="bold")


def _remarks(summary: Mapping[str, Any], say: Messages) -> Iterator[tuple[str, str | None]]:
    """Say what an operator should know about the inputs, with the style of each sentence."""
    between, notes = say("summary.between"), summary["notes"]
    flawed = [path for path, _ in notes["flawed_recordings"]]
    for key, named in (("missing_recordings", notes["missing_recordings"]), ("flawed_recordings", flawed)):
        if named:
            yield say(f"run.{key}", n=len(named), names=between.join(named[:5])), None
    if notes["heard_otherwise"]:
        yield say("run.heard_otherwise", n=notes["heard_otherwise"]), None
    if notes["unknown_files"]:
        yield say("run.unknown_files", names=between.join(notes["unknown_files"])), None
    if notes["rejects"]:
        yield say("run.rejected", n=notes["rejects"], file=f"{summary['out']}/rejects.csv"), "yellow"
    if notes["no_input"]:
        yield say("run.no_input"), "yellow"


def stage_words(name: str, say: Messages) -> str:
    """Give the words for a stage, and for the kind of input where it takes several: ``ingest.call_log``."""
    stage, _, kind = name.partition(".")
    words = say.value("stage", stage)
    return f"{words}: {say.value('input', kind)}" if kind else words
