"""Calls per week with the answer rate."""

from __future__ import annotations

import plotly.graph_objects as go

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, INK, SHARE_AXIS, Chart, chart
from voc_mining.report.views.kpi import KpiView

FEWEST_OFFERED = 10
"""Calls in a week below which a rate would be noise."""


def calls_chart(view: KpiView, say: Messages) -> Chart:
    """Columns of offered and answered calls per week, and the share answered as a line."""
    weeks = [row["week"].isoformat() for row in view.by_week]
    figure = go.Figure()
    for name, colour in (("offered", "#c9d3df"), ("answered", COLOURS["proactive"])):
        figure.add_bar(
            x=weeks,
            y=[row[name] for row in view.by_week],
            name=say(f"report.{name}"),
            marker={"color": colour},
            hovertemplate="%{x}<br>%{y}<extra>" + say(f"report.{name}") + "</extra>",
        )
    figure.add_scatter(
        x=weeks,
        y=[row["answer_rate"] if row["offered"] >= FEWEST_OFFERED else None for row in view.by_week],
        name=say("report.answer_rate"),
        yaxis="y2",
        mode="lines+markers",
        line={"color": INK, "width": 1.5},
        marker={"size": 5},
        hovertemplate="%{x}<br>%{y:.1%}<extra>" + say("report.answer_rate") + "</extra>",
    )
    figure.update_layout(barmode="overlay", yaxis2=SHARE_AXIS, bargap=0.2)
    figure.update_xaxes(type="date", tickformat="%Y-%m", hoverformat="%Y-%m-%d")
    return chart(figure, name="calls", height=320)
