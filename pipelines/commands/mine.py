"""Body of `voc mine`: a quick look at any table of texts, on the code of a nightly run but without a lake that stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from rich.console import Console

from pipelines import engines, progress
from pipelines.commands.arguments import check_writable, language
from pipelines.publish import told_rejects
from pipelines.request import RunRequest, today
from pipelines.settings import Settings, quiet_libraries
from pipelines.steps.classify import classify_step
from pipelines.steps.embed import embed_step
from pipelines.steps.insight import InsightParams, corrections_step, insight_step
from pipelines.steps.mine import mine_step
from pipelines.steps.topics import topics_step
from pipelines.steps.wording import stored_words
from pipelines.terminal import bars
from pipelines.text_workers import text_workers
from voc_mining.accounts import Account, totals
from voc_mining.errors import UserError
from voc_mining.export.writer import write_export
from voc_mining.ingest.codes import CodesFile, read_codes
from voc_mining.ingest.texts import TextColumns, TextTable, read_text_table
from voc_mining.insight.keyness import keyness_table, topic_groups_table
from voc_mining.messages.catalogue import Messages
from voc_mining.report.folder import write_report
from voc_mining.report.mined import render_mined
from voc_mining.report.pages import FIRST_PAGE
from voc_mining.report.views.mined import mined
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.params import TopicsParams

DONE, REJECTED = 0, 3
_FILES = ("voc", "topics", "rejects")
_FILES_BY_GROUP = ("topic_groups", "keyness")
_FILES_OF_CODES = ("coding", "coding_topics")
_REPORT = "report"


@dataclass(frozen=True, slots=True)
class _Mined:
    """What came out: the frames of the CSVs and the account of every stage."""

    frames: Mapping[str, pl.DataFrame]
    accounts: list[Account]


def mine_file(  # noqa: PLR0913 - one argument per option of the command
    file: Path,
    columns: TextColumns,
    out: Path,
    *,
    codes: Path | None = None,
    as_json: bool = False,
    lang: str | None = None,
) -> int:
    """Write CSVs and a page about the texts of a table; print a summary.

    What is stored meanwhile lies in a temporary folder that only its owner can read, and goes when the command ends. A
    ``sources.toml`` beside the table says what is masked besides. ``codes`` is a file of coding rules and examples.

    Returns
    -------
    int
        0; 3 where rows had to be rejected.

    Raises
    ------
    UserError
        If the table cannot be read, lacks a column or has no texts, or the folder cannot be written.
    """
    say = Messages(language(lang))
    settings = Settings()
    check_writable(out)
    quiet_libraries()
    console = Console(stderr=True)
    with TemporaryDirectory(prefix="voc-mine-") as scratch:
        request = RunRequest(file.absolute().parent, str(Path(scratch) / "lake"), out, today(), lang=say.lang)
        mask = engines.text_masker(request.sources(settings).masking)
        table = _read(file, columns, mask)
        looked_for = None if codes is None else read_codes(_bytes(codes), codes.name, mask)
        with bars(console, say, _leave):
            found = _mine(table, request, settings.model_copy(update={"vault": None}), columns, looked_for)
    rejects = table.rejects if looked_for is None else pl.concat([table.rejects, looked_for.rejects])
    frames = dict(found.frames) | {"rejects": told_rejects(rejects, say.lang)}
    page = mined(frames, table.account.produced, columns.group, table.groups if columns.group else None)
    shown = [name for name in frames if name in (*_FILES, *_FILES_BY_GROUP, *_FILES_OF_CODES)]
    paths = write_export({name: frames[name] for name in shown}, out, as_of=request.as_of, only=shown)
    write_report(render_mined(page, file.name, as_of=request.as_of, lang=say.lang), out / _REPORT)
    report = out / _REPORT / FIRST_PAGE
    if as_json:
        print(json.dumps(_summary(found, table, rejects.height, [*paths, report]), ensure_ascii=False, indent=1))  # noqa: T201 - the output
    else:
        share = f"{page.with_topic.share or 0:.0%}"
        texts, statements, topics = (f"{n:,}" for n in (page.n_texts, page.n_statements, len(page.topics)))
        told = Console()
        told.print(say("mine.done", texts=texts, statements=statements, topics=topics, share=share), soft_wrap=True)
        if rejects.height:
            told.print(say("run.rejected", n=rejects.height, file=out / "rejects.csv"), soft_wrap=True)
        told.print(say("run.csvs", path=out), soft_wrap=True)
        told.print(say("run.report", path=report), soft_wrap=True)
    return REJECTED if rejects.height else DONE


def _leave(by: BaseException) -> None:
    raise by


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as trouble:
        raise UserError("error.unreadable", path=file, problem=trouble) from trouble


def _read(file: Path, columns: TextColumns, mask: Callable[[str], str]) -> TextTable:
    table = read_text_table(_bytes(file), file.name, columns, mask)
    if table.contacts.is_empty() and table.rejects.is_empty():
        raise UserError("mine.no_texts", file=file.name, column=columns.text)
    return table


def _mine(
    table: TextTable, request: RunRequest, settings: Settings, columns: TextColumns, codes: CodesFile | None
) -> _Mined:
    """Run the stages from text to topics on a table's rows."""
    lake, vault = request.stores(settings)
    lake.append_new("contacts", table.contacts)
    vault.append_new("documents", table.documents)
    if codes is not None:
        lake.append_new("codes", codes.codes)
    accounts = [table.account, *([codes.account] if codes else []), *_texts(lake, vault, table, request, settings)]
    embedder, classifier = engines.embedder(settings), engines.classifier(settings)
    accounts += embed_step(lake, embedder)
    accounts += classify_step(lake, classifier) if classifier else []
    accounts += topics_step(
        lake, TopicsParams(model_id=embedder.model_id), engines.topic_naming(request.lake, settings)
    )
    params = InsightParams(as_of=request.as_of, lang=request.lang)
    frames = insight_step(lake, params, corrections_step(lake))
    # Without times statements stand in the order of the table.
    places = table.contacts.select("contact_id", "source_row")
    voc = frames["voc"].join(places, on="contact_id", validate="m:1", maintain_order="left")
    chosen = {"voc": voc.sort("source_row", maintain_order=True).drop("source_row"), "topics": frames["topics"]}
    if codes is not None:
        chosen |= {name: frames[name] for name in (*_FILES_OF_CODES, "statement_codes")}
    if columns.group:
        words = stored_words(lake, "voc_id", "terms")
        chosen["keyness"] = keyness_table(columns.group, frames["voc"], words, table.groups)
        chosen["topic_groups"] = topic_groups_table(columns.group, frames["voc"], frames["topics"], table.groups)
    return _Mined(chosen, accounts)


def _texts(
    lake: DeltaStore, vault: DeltaStore, table: TextTable, request: RunRequest, settings: Settings
) -> list[Account]:
    """Take statements from the texts, batch by batch."""
    words = engines.text_words(request, settings)
    text, work = engines.text_engines(words), text_workers(engines.text_engines, words, settings.text_processes)
    batches = list(table.contacts["contact_id"].to_frame().iter_slices(settings.contacts_per_task))
    accounts: list[Account] = []
    for done, batch in enumerate(batches):
        progress.at("mine", done, len(batches))
        contact_ids = batch["contact_id"].to_list()
        accounts += mine_step(lake, vault, contact_ids, text, "", work=work)
    progress.at("mine", len(batches), len(batches))
    return totals(accounts)


def _summary(found: _Mined, table: TextTable, n_rejects: int, files: list[Path]) -> dict[str, object]:
    return {
        "texts": table.account.produced,
        "statements": found.frames["voc"].height,
        "topics": found.frames["topics"].height,
        "rejects": n_rejects,
        "accounts": [asdict(account) for account in found.accounts],
        "files": [str(file) for file in files],
    }
