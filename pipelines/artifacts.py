"""What a run leaves in Prefect for people to read: summary, rejects, a link to the report.

Prefect keeps the versions of an artifact under its key, so the last nights can be compared. Only counts, masked
details and file names go there, never words of a customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import polars as pl
from prefect import get_run_logger
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from pipelines.refit_run import change_row, objection
from pipelines.terminal import stage_words
from voc_mining.messages.catalogue import Messages

SUMMARY, REJECTS, REPORT, QUALITY = "voc-run-summary", "voc-rejects", "voc-report", "voc-topic-refit"
_MOST_REJECTS = 200


def leave_summary(summary: Mapping[str, Any], rejects: pl.DataFrame, say: Messages) -> None:
    """Leave what a nightly run did: a page, the rejected inputs and the way to the report.

    Parameters
    ----------
    summary : mapping
        Of :meth:`pipelines.run_book.RunBook.summary`.
    rejects : DataFrame
        Rows of ``rejects.csv``; the first 200 are listed.
    say : Messages
        Language.
    """
    with _not_worth_a_failure():
        create_markdown_artifact(summary_page(summary, say), key=SUMMARY, description=say("summary.title"))
    with _not_worth_a_failure():
        create_table_artifact(rejects_table(rejects, say), key=REJECTS, description=say("summary.rejects"))
    leave_report_link(Path(summary["report"]), say)


def rejects_table(rejects: pl.DataFrame, say: Messages) -> list[dict[str, Any]]:
    """List rejected inputs in words, by kind of input, file and row; no more than the first 200."""
    return [
        {
            say("summary.input"): say.value("input", reject["source"]),
            say("report.file"): reject["file"],
            say("report.row"): reject["row"],
            say("summary.stage"): stage_words(reject["stage"], say),
            say("report.reason"): say.value("reject_reason", reject["reason"]),
            say("report.detail"): reject["detail"],
        }
        for reject in rejects.sort("source", "file", "row").head(_MOST_REJECTS).iter_rows(named=True)
    ]


def leave_report_link(report: Path, say: Messages) -> None:
    """Leave the way to a report."""
    link = report.resolve().as_uri()
    with _not_worth_a_failure():
        create_link_artifact(link, link_text=say("report.title"), key=REPORT, description=str(report.resolve()))


def leave_quality(result: Mapping[str, Any], say: Messages) -> None:
    """Leave the quality sheet of a refit."""
    with _not_worth_a_failure():
        create_markdown_artifact(quality_page(result, say), key=QUALITY, description=say("refit.title"))


@contextmanager
def _not_worth_a_failure() -> Iterator[None]:
    """Let a run that is done end well where Prefect's server does not take an artifact."""
    try:
        yield
    except httpx.HTTPError as trouble:
        get_run_logger().warning("An artifact was not kept: %s", trouble)


def summary_page(summary: Mapping[str, Any], say: Messages) -> str:
    """Write a run's summary as Markdown."""
    between = say("summary.between")
    accounts = [
        [
            stage_words(account["stage"], say),
            account["inputs"],
            account["produced"],
            account["unchanged"],
            between.join(f"{say.value('dropped', reason)} {n:,}" for reason, n in account["dropped"].items()) or 0,
            account["rejected"],
        ]
        for account in summary["accounts"]
    ]
    stages = ("stage", "inputs", "produced", "unchanged", "dropped", "rejected")
    times = between.join(f"{say(f'run.step_{step}')} {seconds:,.1f}" for step, seconds in summary["timings"].items())
    notes = summary["notes"]
    flawed = [path for path, _ in notes["flawed_recordings"]]
    lines = [
        f"# {say('summary.title')} {say('report.as_of', date=summary['as_of'])}",
        *(f"- {say(f'summary.{name}')}: {n:,}" for name, n in summary["counts"].items()),
        f"- {say('summary.rejects')}: {notes['rejects']:,}",
        *([f"- {say('run.no_input')}"] if notes["no_input"] else []),
        *_listed(say("run.unknown_files", names=between.join(notes["unknown_files"])), notes["unknown_files"]),
        *_listed(
            say("run.flawed_recordings", n=len(flawed), names=between.join(flawed[:5])),
            flawed,
        ),
        *_listed(
            say(
                "run.missing_recordings",
                n=len(notes["missing_recordings"]),
                names=between.join(notes["missing_recordings"][:5]),
            ),
            notes["missing_recordings"],
        ),
        "",
        *_table([say(f"summary.{name}") for name in stages], accounts),
        "",
        f"{say('summary.seconds')}: {times}  ",
        f"{say('run.report', path=summary['report'])}  ",
        say("run.csvs", path=summary["out"]),
    ]
    return "\n".join(lines)


def quality_page(result: Mapping[str, Any], say: Messages) -> str:
    """Write the quality sheet of a refit as Markdown."""
    sheet = result["quality"]
    topics, texts, sizes, apart = sheet["topics"], sheet["texts"], sheet["sizes"], sheet["separation"]
    # Sheets of earlier versions do not have it.
    stable = sheet.get("stability", {"before": {"mean": None}, "after": {"mean": None}})
    rows = [
        [say("refit.n_topics"), topics["before"], topics["after"]],
        *(
            [say("refit.without_topic", origin=say.value("origin", origin)), _of(n, "before"), _of(n, "after")]
            for origin, n in sheet["without_topic"].items()
        ),
        *([say(f"refit.{name}"), sizes["before"][name], sizes["after"][name]] for name in sizes["before"]),
        [say("refit.separation"), apart["before"], apart["after"]],
        [say("refit.stability"), *(stable[when]["mean"] for when in ("before", "after"))],
    ]
    changed = texts["moved"] + texts["lost"]
    return "\n".join([
        f"# {say('refit.title')} {result['version']}",
        say("refit.promoted" if result["promoted"] else "refit.waiting", version=result["version"]),
        *(f"- {say('refit.objection')}: {objection(code, say)}" for code in result["objections"]),
        "",
        *_table([say("refit.what"), say("refit.before"), say("refit.after")], rows),
        "",
        f"- {say('refit.fates', **{name: topics[name] for name in _FATES})}",
        f"- {say('refit.matched', n=topics['continued'], total=topics['before'])}",
        f"- {say('refit.changed', n=changed, total=texts['had'], gained=texts['gained'])}",
        "",
        *_table(
            [say("report.topic"), say("refit.what_became"), say("refit.related")],
            [change_row(change, say) for change in sheet["changes"]],
        ),
    ])  # fmt: skip


_FATES = ("continued", "new", "split_off", "split", "merged", "dormant")


def _of(counts: Mapping[str, Any], side: str) -> str:
    share = counts[f"share_{side}"]
    return f"{counts[side]:,} / {counts['statements']:,}" + ("" if share is None else f"（{share:.1%}）")


def _listed(sentence: str, names: Sequence[str]) -> list[str]:
    return [f"- {sentence}"] if names else []


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Write a Markdown table; numbers with separators, bars within cells escaped."""
    cells = [[_cell(value) for value in row] for row in rows]
    return [
        f"| {' | '.join(header)} |",
        f"|{'---|' * len(header)}",
        *(f"| {' | '.join(row)} |" for row in cells),
    ]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int | float) else str(value).replace("|", "\\|")
