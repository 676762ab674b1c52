"""Forest plot of the contrast."""

from __future__ import annotations

import plotly.graph_objects as go

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, MUTED, Chart, chart, short
from voc_mining.report.views.contrast import ContrastView
from voc_mining.report.views.values import Row

SHOWN = 24
_SYMBOLS = {"reactive": "square", "both": "circle-open", "proactive": "diamond"}


def contrast_chart(view: ContrastView, say: Messages) -> Chart:
    """Difference of log odds with its interval, one line a topic; points carry the topic's id."""
    rows = _shown(view)
    figure = go.Figure()
    for side in ("proactive", "both", "reactive"):
        part = [row for row in rows if row["side"] == side]
        if part:
            figure.add_scatter(
                x=[row["log_odds"] for row in part],
                y=[row["topic_id"] for row in part],
                customdata=[row["topic_id"] for row in part],
                text=[row["label"] for row in part],
                hovertemplate="%{text}<br>%{x:.2f}<extra></extra>",
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [row["ci_high"] - row["log_odds"] for row in part],
                    "arrayminus": [row["log_odds"] - row["ci_low"] for row in part],
                    "thickness": 1.5,
                    "width": 0,
                },
                mode="markers",
                marker={"color": COLOURS[side], "size": 11, "symbol": _SYMBOLS[side]},
                name=say.value("side", side),
            )
    figure.add_vline(x=0, line_color=MUTED, line_width=1)
    order = [row["topic_id"] for row in reversed(rows)]
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=order,
        tickvals=order,
        ticktext=[short(row["label"]) for row in reversed(rows)],
    )
    figure.update_xaxes(title={"text": say("report.contrast_axis"), "font": {"size": 12}})
    return chart(figure, name="contrast", height=110 + 25 * len(rows))


def _shown(view: ContrastView) -> list[Row]:
    """Keep the topics of one side, then the widest differences, in the order of the view."""
    wide = sorted(view.rows, key=lambda row: (row["side"] == "both", -abs(row["log_odds"])))[:SHOWN]
    kept = {row["topic_id"] for row in wide}
    return [row for row in view.rows if row["topic_id"] in kept]
