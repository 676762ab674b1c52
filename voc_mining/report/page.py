"""The report page: views and charts set with a template into one self-contained file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2

from voc_mining.business_time import TOKYO
from voc_mining.messages.catalogue import Messages
from voc_mining.report import charts, views

_MINUTE = 60
_READABLE = 0o644


def render(
    frames: views.Frames, *, as_of: date, run: Mapping[str, Any] | None, lang: str = "ja", links: str = ""
) -> str:
    """Set the report as one HTML page that needs nothing else but the recordings it links to.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Insight frames by the name of their CSV, and ``customer_silence``.
    as_of : date
        Date of the figures.
    run : mapping or None
        Last row of ``runs`` with its manifest decoded.
    lang : {"ja", "en"}
        Language of the page.
    links : str
        What stands before the links to recordings, such as ``../`` for a page in a folder of its own.
    """
    say = Messages(lang)
    contrast, pareto, days = views.contrast(frames), views.pareto(frames), views.kpi_by_day(frames)
    silent = views.silent(frames)
    proactive = views.proactive(frames)
    return (
        _environment(say)
        .get_template("report.html.j2")
        .render(
            lang=lang,
            links=links,
            as_of=as_of,
            overview=views.overview(frames),
            topics=views.topics(frames),
            contrast=contrast,
            contrast_chart=charts.contrast(contrast, say) if contrast.rows else "",
            proactive=proactive,
            proactive_shown=views.PROACTIVE_SHOWN,
            silent=silent[: views.SILENT_SHOWN],
            n_silent=len(silent),
            pareto=pareto,
            pareto_chart=charts.pareto(pareto, say) if pareto.rows else "",
            kpis=views.kpi_by_queue(frames),
            kpi_chart=charts.calls(days, say) if days else "",
            rejects=frames["rejects"].rows(named=True),
            run=run,
            plotly=charts.script() if contrast.rows or pareto.rows or days else "",
        )
    )


def write_report(html: str, path: Path) -> Path:
    """Write the page whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(html)
    Path(name).chmod(_READABLE)
    Path(name).replace(path)
    return path


def _environment(say: Messages) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("voc_mining.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = say
    environment.filters |= {
        "percent": _percent,
        "clock": _clock,
        "day": _day,
        "count": lambda n: "" if n is None else f"{n:,}",
        "money": lambda n: "" if n is None else f"{n:,.0f}",
        "decimal": lambda n, places=2: "" if n is None else f"{n:.{places}f}",
        "whole": lambda n: "" if n is None else f"{n:.0f}",
    }
    return environment


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _clock(seconds: float | None) -> str:
    return "" if seconds is None else f"{int(seconds) // _MINUTE}:{int(seconds) % _MINUTE:02d}"


def _day(time: datetime | date | None) -> str:
    if isinstance(time, datetime):
        return time.astimezone(ZoneInfo(TOKYO)).date().isoformat()
    return "" if time is None else time.isoformat()
