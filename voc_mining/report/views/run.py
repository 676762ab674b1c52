"""What the run did with every input, and what it rested on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from voc_mining.contracts.rules import SilenceRules
from voc_mining.report.views.values import Frames, Row, records

REJECTS_SHOWN = 500
RULES_SHOWN = 40
_STEPS = ("ingest", "transcribe", "mine", "segment", "embed", "classify", "topics", "publish")
_ENGINES = ("transcriber", "tokenizer", "text_rules", "voice_rules", "embedder")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """What became of a stage's inputs; ``kind`` names the sort of input where a stage takes several."""

    stage: str
    kind: str | None
    inputs: int
    produced: int
    unchanged: int
    dropped: tuple[tuple[str, int], ...]
    rejected: int


@dataclass(frozen=True, slots=True)
class RunView:
    """The last run, and the inputs that could not be used, by reason and one by one.

    ``look_back_days`` and ``min_identified_share`` are the rules of silence it used; ``origin_rules`` the most frequent rows
    of ``origin_rules``.
    """

    run_id: str | None
    state: str | None
    started_at: datetime | None
    ended_at: datetime | None
    code_version: str | None
    as_of: date | None
    look_back_days: int
    min_identified_share: float
    accounts: tuple[AccountLine, ...]
    timings: tuple[tuple[str, float], ...]
    models: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, int], ...]
    missing_recordings: tuple[str, ...]
    flawed_recordings: tuple[tuple[str, tuple[str, ...]], ...]
    unknown_files: tuple[str, ...]
    reject_counts: tuple[tuple[str, int], ...]
    rejects: tuple[Row, ...]
    n_rejects: int
    origin_rules: tuple[Row, ...] = ()


def run_view(run: Mapping[str, Any] | None, frames: Frames) -> RunView:
    """Show a row of ``runs`` with its manifest decoded; without one, the rejects alone."""
    known = run or {}
    manifest = known.get("manifest") or {}
    notes = manifest.get("notes") or {}
    rules = (manifest.get("config") or {}).get("silence") or {}
    usual = SilenceRules()
    rejects = frames["rejects"]
    by_reason = rejects.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return RunView(
        run_id=known.get("run_id"),
        state=known.get("state"),
        started_at=known.get("started_at"),
        ended_at=known.get("ended_at"),
        code_version=known.get("code_version"),
        as_of=known.get("as_of"),
        look_back_days=rules.get("look_back_days", usual.look_back_days),
        min_identified_share=rules.get("min_identified_share", usual.min_identified_share),
        accounts=tuple(_line(account) for account in manifest.get("accounts") or ()),
        timings=_in_order(manifest.get("timings"), _STEPS),
        models=_in_order(manifest.get("models"), _ENGINES),
        versions=tuple((manifest.get("tables_out") or {}).items()),
        missing_recordings=tuple(notes.get("missing_recordings") or ()),
        flawed_recordings=tuple((path, tuple(flaws)) for path, flaws in notes.get("flawed_recordings") or ()),
        unknown_files=tuple(notes.get("unknown_files") or ()),
        reject_counts=tuple(by_reason.iter_rows()),
        rejects=records(rejects.head(REJECTS_SHOWN)),
        n_rejects=rejects.height,
        origin_rules=records(frames["origin_rules"].head(RULES_SHOWN)),
    )


def _in_order(values: Mapping[str, Any] | None, order: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    """Put what is known by name into the order of the work; other names come last."""
    places = {name: place for place, name in enumerate(order)}
    return tuple(sorted((values or {}).items(), key=lambda item: (places.get(item[0], len(places)), item[0])))


def _line(account: Mapping[str, Any]) -> AccountLine:
    stage, _, kind = account["stage"].partition(".")
    return AccountLine(
        stage=stage,
        kind=kind or None,
        inputs=account["inputs"],
        produced=account["produced"],
        unchanged=account["unchanged"],
        dropped=tuple(account["dropped"].items()),
        rejected=account["rejected"],
    )
