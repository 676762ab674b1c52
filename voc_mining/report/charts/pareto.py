"""Pareto chart of the reasons for inquiries."""

from __future__ import annotations

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, INK, PALE, SHARE_AXIS, Chart, chart, hover, short
from voc_mining.report.views.pareto import ParetoView

SHOWN = 20


def pareto_chart(view: ParetoView, say: Messages) -> Chart:
    """Bars of inquiries per reason, those of the vital few darker, with the cumulative share."""
    rows = view.rows[:SHOWN]
    names = [f"{row['rank']}. {short(row['label'])}" for row in rows]
    bars = {
        "type": "bar",
        "name": say("report.pareto_count"),
        "x": names,
        "y": [row["n_inquiries"] for row in rows],
        "customdata": [row["topic_id"] for row in rows],
        "marker": {"color": [COLOURS["reactive"] if row["in_vital_few"] else PALE for row in rows]},
        "hovertemplate": hover("%{y}"),
    }
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": say("report.pareto_cumulative"),
        "x": names,
        "y": [row["cumulative_share"] for row in rows],
        "yaxis": "y2",
        "line": {"color": INK, "width": 1.5},
        "hovertemplate": hover("%{y:.1%}"),
    }
    x_axis = {"tickangle": 45, "tickfont": {"size": 12}}
    return chart("pareto", [bars, line], height=480, xaxis=x_axis, yaxis2=SHARE_AXIS)
