"""Forest plot of the contrast."""

from __future__ import annotations

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, MUTED, Chart, Trace, chart, short
from voc_mining.report.views.contrast import ContrastView
from voc_mining.report.views.values import Row

SHOWN = 24
_SYMBOLS = {"proactive": "diamond", "both": "circle-open", "reactive": "square"}


def contrast_chart(view: ContrastView, say: Messages) -> Chart:
    """Difference of log odds with its interval, one line a topic; points carry the topic's id."""
    rows = _shown(view)
    parts = {side: [row for row in rows if row["side"] == side] for side in _SYMBOLS}
    upwards = rows[::-1]
    order = [row["topic_id"] for row in upwards]
    return chart(
        "contrast",
        [_side(side, part, say) for side, part in parts.items() if part],
        height=110 + 25 * len(rows),
        shapes=[{"type": "line", "yref": "paper", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "line": {"color": MUTED, "width": 1}}],
        xaxis={"title": {"text": say("report.contrast_axis"), "font": {"size": 12}}},
        yaxis={
            "categoryorder": "array",
            "categoryarray": order,
            "tickvals": order,
            "ticktext": [short(row["label"]) for row in upwards],
        },
    )  # fmt: skip


def _side(side: str, rows: list[Row], say: Messages) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": say.value("side", side),
        "x": [row["log_odds"] for row in rows],
        "y": [row["topic_id"] for row in rows],
        "customdata": [row["topic_id"] for row in rows],
        "text": [row["label"] for row in rows],
        "hovertemplate": "%{text}<br>%{x:.2f}<extra></extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [row["ci_high"] - row["log_odds"] for row in rows],
            "arrayminus": [row["log_odds"] - row["ci_low"] for row in rows],
            "thickness": 1.5,
            "width": 0,
        },
        "marker": {"color": COLOURS[side], "size": 11, "symbol": _SYMBOLS[side]},
    }


def _shown(view: ContrastView) -> list[Row]:
    """Keep the topics of one side, then the widest differences, in the order of the view."""
    wide = sorted(view.rows, key=lambda row: (row["side"] == "both", -abs(row["log_odds"])))[:SHOWN]
    kept = {row["topic_id"] for row in wide}
    return [row for row in view.rows if row["topic_id"] in kept]
