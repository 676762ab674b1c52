"""`voc export` and `voc report`: what people see, again from the lake."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.commands.arguments import check_writable, day, lake_with_data, language
from pipelines.publish import insight_frames, write_csvs, write_page
from pipelines.request import today
from voc_mining.errors import UserError
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import DeltaStore
from voc_mining.store.manifest import last_run


def export_again(lake: str, out: Path, as_of: str | None, *, as_json: bool, lang: str | None) -> int:
    """Write the CSVs from the lake."""
    say = Messages(language(lang))
    store, run = _lake_with_runs(lake)
    date = day(as_of) or today()
    check_writable(out)
    paths = write_csvs(insight_frames(store, out, date, run=run, lang=say.lang), out, date)
    return _tell(paths, say("run.csvs", path=out), as_json=as_json)


def report_again(lake: str, out: Path, as_of: str | None, *, as_json: bool, lang: str | None) -> int:
    """Make the report from the lake."""
    say = Messages(language(lang))
    store, run = _lake_with_runs(lake)
    date = day(as_of) or today()
    check_writable(out)
    page = write_page(insight_frames(store, out, date, run=run, lang=say.lang), out, date, run=run, lang=say.lang)
    return _tell([page], say("run.report", path=page), as_json=as_json)


def _lake_with_runs(uri: str) -> tuple[DeltaStore, dict[str, Any]]:
    lake = lake_with_data(uri)
    run = last_run(lake, with_inbox=True)
    if run is None:
        raise UserError("error.no_lake", uri=uri)
    return lake, run


def _tell(paths: Sequence[Path], sentence: str, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"files": [str(path) for path in paths]}, ensure_ascii=False))  # noqa: T201 - the output
    else:
        Console().print(sentence, soft_wrap=True)
    return 0
