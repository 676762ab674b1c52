"""Statements per week, by origin."""

from __future__ import annotations

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, WEEK_AXIS, Chart, chart, hover
from voc_mining.report.views.weeks import Trend

_WEEK_MS = 7 * 24 * 3600 * 1000


def trend_chart(trend: Trend, say: Messages) -> Chart:
    """One column a week and origin, side by side: the two sides are not added up."""
    place = {"x0": trend.weeks[0].isoformat(), "dx": _WEEK_MS}
    traces = [
        place
        | {
            "type": "bar",
            "name": say.value("origin", origin),
            "y": list(counts),
            "marker": {"color": COLOURS[origin]},
            "hovertemplate": hover("%{y}", say.value("origin", origin)),
        }
        for origin, counts in trend.counts.items()
    ]
    y_axis = {"rangemode": "tozero", "nticks": 6}
    return chart(
        "trend", traces, height=260, barmode="group", bargap=0.15, showlegend=True, xaxis=WEEK_AXIS, yaxis=y_axis
    )
