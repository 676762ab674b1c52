"""Write what people see: the insight CSVs with their data package, and the report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import TypeAdapter

from pipelines.steps.insight import corrections_step, insight_step, report_step
from voc_mining.contracts.objectives import Aims
from voc_mining.contracts.rules import SilenceRules
from voc_mining.export.writer import write_export
from voc_mining.faults import in_words
from voc_mining.insight.params import InsightParams
from voc_mining.report.folder import write_report
from voc_mining.report.pages import FIRST_PAGE, render_report
from voc_mining.store.delta import DeltaStore

REPORT = Path("report") / FIRST_PAGE
REPORT_FRAMES = (
    "account_silence",
    "chosen_customers",
    "churn_calibration",
    "churn_model",
    "churn_weights",
    "customer_silence",
    "customer_states",
    "statement_codes",
    "statement_corrections",
    "statement_words",
    "topic_names",
    "undated_churn",
)
"""Frames that only the report shows: there are no CSVs of these names."""


def publish(lake: DeltaStore, out: Path, as_of: date, *, run: Mapping[str, Any], lang: str) -> None:
    """Write the CSVs and the report as of a date."""
    frames = insight_frames(lake, out, as_of, run=run, lang=lang)
    write_csvs(frames, out, as_of)
    write_page(frames, out, as_of, run=run, lang=lang)


def insight_frames(
    lake: DeltaStore, out: Path, as_of: date, *, run: Mapping[str, Any], lang: str
) -> dict[str, pl.DataFrame]:
    """Compute every insight frame, and what the report shows beside them.

    Links to recordings are relative to ``out``, rules are those of the run.
    """
    base = Path(os.path.relpath(Path(run["inbox"]).resolve(), out.resolve())).as_posix()
    silence = TypeAdapter(SilenceRules).validate_python(run["manifest"]["config"]["silence"])
    params = InsightParams(as_of=as_of, audio_base=base, lang=lang, silence=silence, aims=run_aims(run))
    rejects = present_rejects(lake, run["manifest"]["notes"], lang)
    corrections = corrections_step(lake)
    beside = {"statement_corrections": corrections, "rejects": rejects}
    return insight_step(lake, params, corrections) | report_step(lake) | beside


def run_aims(run: Mapping[str, Any]) -> Aims:
    """Return the objectives and rules of contact that a run found; those of earlier versions found none."""
    return TypeAdapter(Aims).validate_python(run["manifest"]["config"].get("aims", {}))


def present_rejects(lake: DeltaStore, notes: Mapping[str, Any], lang: str) -> pl.DataFrame:
    """Read the rejects of files that were in the inbox when the run took its notes, told in a language."""
    gone = pl.col("file").is_in(notes["rejected_files_gone"])
    return told_rejects(lake.read("rejects").filter(~gone), lang).sort("source", "file", "row")


def told_rejects(rejects: pl.DataFrame, lang: str) -> pl.DataFrame:
    """Give rejects their ``detail`` in a language; rows of earlier versions, which kept words, keep them."""
    words = {stored: in_words(stored, lang) for stored in rejects["faults"].drop_nulls().unique()}
    told = pl.col("faults").replace_strict(words, default=None, return_dtype=pl.String) if words else pl.lit(None)
    return rejects.with_columns(pl.coalesce(told, "detail").alias("detail")).drop("faults")


def write_csvs(frames: Mapping[str, pl.DataFrame], out: Path, as_of: date) -> list[Path]:
    """Write the insight CSVs and their data package; return their paths."""
    return write_export({name: frames[name] for name in frames if name not in REPORT_FRAMES}, out, as_of=as_of)


def write_page(
    frames: Mapping[str, pl.DataFrame], out: Path, as_of: date, *, run: Mapping[str, Any], lang: str
) -> Path:
    """Write the report with all its pages; return the path of the first."""
    write_report(render_report(frames, as_of=as_of, run=run, lang=lang), (out / REPORT).parent)
    return out / REPORT
