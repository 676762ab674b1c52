"""Statements per week, by origin."""

from __future__ import annotations

import plotly.graph_objects as go

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, Chart, chart
from voc_mining.report.views.weeks import Trend


def trend_chart(trend: Trend, say: Messages) -> Chart:
    """One column a week and origin, side by side: the two sides are not added up."""
    weeks = [week.isoformat() for week in trend.weeks]
    figure = go.Figure()
    for origin, counts in trend.counts.items():
        figure.add_bar(
            x=weeks,
            y=list(counts),
            name=say.value("origin", origin),
            marker={"color": COLOURS[origin]},
            hovertemplate="%{x}<br>%{y}<extra>" + say.value("origin", origin) + "</extra>",
        )
    figure.update_layout(barmode="group", bargap=0.15, showlegend=True)
    figure.update_xaxes(type="date", tickformat="%Y-%m", hoverformat="%Y-%m-%d")
    figure.update_yaxes(rangemode="tozero", nticks=6)
    return chart(figure, name="trend", height=260)
