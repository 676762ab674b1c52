"""Pareto chart of the reasons for inquiries."""

from __future__ import annotations

import plotly.graph_objects as go

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, INK, PALE, SHARE_AXIS, Chart, chart, short
from voc_mining.report.views.pareto import ParetoView

SHOWN = 20


def pareto_chart(view: ParetoView, say: Messages) -> Chart:
    """Bars of inquiries per reason, those of the vital few darker, with the cumulative share."""
    rows = view.rows[:SHOWN]
    names = [f"{row['rank']}. {short(row['label'])}" for row in rows]
    figure = go.Figure()
    figure.add_bar(
        x=names,
        y=[row["n_inquiries"] for row in rows],
        customdata=[row["topic_id"] for row in rows],
        name=say("report.pareto_count"),
        marker={"color": [COLOURS["reactive"] if row["in_vital_few"] else PALE for row in rows]},
        hovertemplate="%{x}<br>%{y}<extra></extra>",
    )
    figure.add_scatter(
        x=names,
        y=[row["cumulative_share"] for row in rows],
        name=say("report.pareto_cumulative"),
        yaxis="y2",
        mode="lines+markers",
        line={"color": INK, "width": 1.5},
        hovertemplate="%{x}<br>%{y:.1%}<extra></extra>",
    )
    figure.update_layout(yaxis2=SHARE_AXIS)
    figure.update_xaxes(tickangle=45, tickfont={"size": 12})
    return chart(figure, name="pareto", height=480)
