"""`voc outreach`: the list of a campaign, for tools that send mail, SMS or messages in the app."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter
from rich.console import Console

from pipelines.commands.arguments import check_writable, day, lake_with_data, language
from pipelines.publish import run_aims
from pipelines.request import today
from pipelines.steps.outreach import outreach_step
from voc_mining.contracts.rules import SilenceRules
from voc_mining.errors import UserError
from voc_mining.export.cells import as_text
from voc_mining.export.files import CsvColumn
from voc_mining.insight.outreach_list import HOLDOUT, Campaign, OutreachList
from voc_mining.insight.params import InsightParams
from voc_mining.messages.catalogue import Messages
from voc_mining.store.folders import workshop
from voc_mining.store.manifest import last_run

_TYPES = {pl.String: "string", pl.Int64: "integer", pl.Datetime: "datetime"}


def list_outreach(  # noqa: PLR0913 -- the options of the command
    uri: str,
    out: Path,
    *,
    campaign: str | None,
    channel: str,
    limit: int | None,
    holdout: float,
    seed: int,
    only: str | None,
    as_of: str | None,
    as_json: bool,
    lang: str | None,
) -> int:
    """Write the list of a campaign; record whom it lists."""
    say = Messages(language(lang))
    if not 0 <= holdout < 1:
        raise UserError("outreach.bad_share", value=holdout)
    lake, date = lake_with_data(uri), day(as_of) or today()
    run = last_run(lake, with_inbox=True)
    if run is None:
        raise UserError("error.no_lake", uri=uri)
    check_writable(out.parent)
    silence = TypeAdapter(SilenceRules).validate_python(run["manifest"]["config"]["silence"])
    params = InsightParams(as_of=date, lang=say.lang, silence=silence, aims=run_aims(run))
    name = campaign or f"outreach-{date}"
    asked = Campaign(name, date, channel, limit, holdout, seed, say.lang)
    listed = outreach_step(lake, asked, params, only)
    _write(listed.rows, out)
    _tell(listed, out, asked, uri, say, as_json=as_json)
    return 0


def _write(rows: pl.DataFrame, out: Path) -> None:
    """Write the list whole or not at all: UTF-8 with BOM, CRLF, times of Japan, no cell that a spreadsheet would run."""
    columns = [CsvColumn(name, _TYPES[type(rows.schema[name])], name, name) for name in rows.columns]
    try:
        with workshop(out.parent) as making:
            rows.select(as_text(column) for column in columns).write_csv(
                making / out.name, include_bom=True, line_terminator="\r\n"
            )
            (making / out.name).replace(out)
    except OSError as trouble:
        raise UserError("export.unwritable", path=out, problem=trouble) from trouble


def _tell(  # noqa: PLR0913 -- what was done and how it is told
    listed: OutreachList, out: Path, campaign: Campaign, uri: str, say: Messages, *, as_json: bool
) -> None:
    held = listed.rows.filter(pl.col("arm") == HOLDOUT).height
    treat = listed.rows.filter(pl.col("arm") != HOLDOUT)["customer_id"].n_unique()
    left = dict(listed.left_out.iter_rows())
    if as_json:
        told = {"file": str(out), "campaign": campaign.name, "treat": treat, "holdout": held,
                "rows": listed.rows.height, "left_out": left}  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201 - the output
        return
    lines = [say("outreach.nobody", file=out)]
    if listed.rows.height:
        lines = [
            say("outreach.listed", file=out, treat=treat, rows=listed.rows.height - held, holdout=held),
            say("outreach.later_run", campaign=campaign.name, lake=uri),
        ]
    if left:
        reasons = [say("outreach.reason", name=say(f"outreach.{why}"), n=n) for why, n in left.items()]
        lines.append(say("outreach.left_out", reasons=say("summary.between").join(reasons)))
    for line in lines:
        Console().print(line, soft_wrap=True, markup=False)
