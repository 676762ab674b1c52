"""The weekly report: CSVs and page as of a date, from what the lake holds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from prefect import flow

from pipelines import tasks
from pipelines.artifacts import leave_report_link
from pipelines.publish import REPORT
from pipelines.request import today
from voc_mining.errors import UserError, spoken_in
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import open_lake
from voc_mining.store.manifest import last_run


@flow(name="weekly_report", flow_run_name="weekly_report {as_of}", persist_result=False)
def weekly_report(lake: str, out: Path, as_of: date | None = None, lang: str = "ja") -> dict[str, Any]:
    """Write the CSVs and the report as of the end of a day into a folder of that day.

    Parameters
    ----------
    lake : str
        Root of the lake; nothing is written there.
    out : Path
        The folder of the day is made in it.
    as_of : date, optional
        By default yesterday, the last whole day in Asia/Tokyo.
    lang : {"ja", "en"}
        Language of the report.

    Returns
    -------
    dict
        ``as_of``, ``out``, ``report``.

    Raises
    ------
    UserError
        If the lake holds no run yet.
    """
    say = Messages(lang)
    day = as_of or today() - timedelta(days=1)
    folder = out / day.isoformat()
    with spoken_in(lang):
        run = last_run(open_lake(lake), with_inbox=True)
        if run is None:
            raise UserError("error.no_lake", uri=lake)
        tasks.publish_again(lake, folder, day, run, lang)
    leave_report_link(folder / REPORT, say)
    return {"as_of": day.isoformat(), "out": str(folder), "report": str(folder / REPORT)}
