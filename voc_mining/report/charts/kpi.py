"""Calls per week with the answer rate."""

from __future__ import annotations

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, INK, SHARE_AXIS, WEEK_AXIS, Chart, Trace, chart, hover
from voc_mining.report.views.kpi import KpiView

FEWEST_OFFERED = 10
"""Calls in a week below which a rate would be noise."""


def calls_chart(view: KpiView, say: Messages) -> Chart:
    """Columns of offered and answered calls per week, and the share answered as a line."""
    weeks = [row["week"].isoformat() for row in view.by_week]
    rates = [row["answer_rate"] if row["offered"] >= FEWEST_OFFERED else None for row in view.by_week]
    columns: list[Trace] = [
        {
            "type": "bar",
            "name": say(f"report.{name}"),
            "x": weeks,
            "y": [row[name] for row in view.by_week],
            "marker": {"color": colour},
            "hovertemplate": hover("%{y}", say(f"report.{name}")),
        }
        for name, colour in (("offered", "#c9d3df"), ("answered", COLOURS["proactive"]))
    ]
    line: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": say("report.answer_rate"),
        "x": weeks,
        "y": rates,
        "yaxis": "y2",
        "line": {"color": INK, "width": 1.5},
        "marker": {"size": 5},
        "hovertemplate": hover("%{y:.1%}", say("report.answer_rate")),
    }
    return chart(
        "calls", [*columns, line], height=320, barmode="overlay", bargap=0.2, xaxis=WEEK_AXIS, yaxis2=SHARE_AXIS
    )
