"""The nightly flow: from an inbox to CSVs and the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from prefect import Task, flow
from prefect.task_runners import ThreadPoolTaskRunner

from pipelines import engines, progress, tasks
from pipelines.artifacts import leave_summary
from pipelines.publish import present_rejects
from pipelines.request import RunRequest, today
from pipelines.run_book import RunBook
from pipelines.settings import Settings
from pipelines.steps.hearing import pending_recordings
from pipelines.steps.mine import rules_key
from pipelines.steps.mine_pending import note_mined, pending_contacts, settled_contacts
from pipelines.steps.transcribe import settled_recordings
from voc_mining.accounts import Account
from voc_mining.errors import spoken_in
from voc_mining.messages.catalogue import Messages


@flow(
    name="nightly",
    flow_run_name="nightly {as_of}",
    task_runner=ThreadPoolTaskRunner(max_workers=1),  # type: ignore[arg-type]
    persist_result=False,
)
def nightly(  # noqa: PLR0913, PLR0917 - one parameter per option of the command
    inbox: Path,
    lake: str,
    out: Path,
    as_of: date | None = None,
    from_date: date | None = None,
    full: bool = False,  # noqa: FBT001, FBT002 - a flow's parameters come by name
    lang: str = "ja",
    corrections: bool = True,  # noqa: FBT001, FBT002
    rehear: bool = False,  # noqa: FBT001, FBT002
    rehear_since: date | None = None,
) -> dict[str, Any]:
    """Ingest, transcribe, mine, segment, embed, assign topics, publish; safe to repeat.

    Returns
    -------
    dict
        Summary of the run: accounts, counts and notes, as plain values.

    Raises
    ------
    VocError
        If a step fails for good; the run is then recorded as failed, and a repeat goes on from there.
    """
    request = RunRequest(inbox, lake, out, as_of or today(), from_date, full, lang, corrections, rehear, rehear_since)
    settings = Settings()
    book = RunBook(request, settings)
    with spoken_in(lang), book.recorded():
        with book.step("ingest"):
            book.add(tasks.ingest(request, settings))
        with book.step("transcribe"):
            _transcribe(book)
        with book.step("mine"):
            _mine(book)
        with book.step("segment"):
            book.add(tasks.segment(request, settings))
        with book.step("embed"):
            book.add(tasks.embed(request, settings))
        with book.step("classify"):
            book.add(tasks.classify(request, settings))
        with book.step("topics"):
            book.add(tasks.topics(request, settings))
        with book.step("publish"):
            tasks.tidy(request, settings)
            tasks.publish_results(request, settings, book.draft())
    summary = book.summary()
    leave_summary(summary, present_rejects(request.stores(settings)[0], summary["notes"], lang), Messages(lang))
    return summary


def _transcribe(book: RunBook) -> None:
    lake, vault = book.request.stores(book.settings)
    again = book.request.again(book.settings)
    pending = pending_recordings(lake, vault, engines.transcriber_id(book.settings), again)
    book.add([settled_recordings(lake, pending)])
    book.add(_fan_out("transcribe", tasks.transcribe, book, _batches(pending, book.settings.recordings_per_task)))


def _mine(book: RunBook) -> None:
    lake, _ = book.request.stores(book.settings)
    key = rules_key(*engines.text_engines(engines.text_words(book.request, book.settings)))
    heard_by = engines.transcriber_id(book.settings)
    pending = pending_contacts(lake, key, heard_by, full=book.request.full)
    book.add([settled_contacts(lake, pending)])
    book.add(_fan_out("mine", tasks.mine, book, pending.batches(book.settings.contacts_per_task)))
    note_mined(lake, key, heard_by)


def _fan_out(step: str, task: Task[..., Any], book: RunBook, batches: Sequence[Any]) -> list[Account]:
    """Run a task over batches, in turn or wherever the flow's task runner sends them."""
    progress.at(step, 0, len(batches))
    futures = [task.submit(book.request, book.settings, batch) for batch in batches]
    accounts = []
    for done, future in enumerate(futures, start=1):
        accounts.extend(future.result())
        progress.at(step, done, len(batches))
    return accounts


def _batches(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
