"""Forest plot of the main comparison."""

from __future__ import annotations

from html import escape
from math import log

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, MUTED, Chart, Trace, chart, short
from voc_mining.report.views.contrast import ContrastView
from voc_mining.report.views.values import Row

SHOWN = 24
_SYMBOLS = {"quiet": "diamond", "both": "circle-open", "inquirer": "square"}
_COLOURS = {"quiet": COLOURS["proactive"], "both": COLOURS["both"], "inquirer": COLOURS["reactive"]}
_TIMES = (3, 10, 30)
_EDGE = log(100)
"""Where the axis ends: an interval may go on for ever where nobody on one side raises a topic."""


def contrast_chart(view: ContrastView, say: Messages) -> Chart:
    """Difference of log odds with its interval, one line a topic; the axis is told in times the odds."""
    rows = _shown(view)
    parts = {side: [row for row in rows if row["quiet_side"] == side] for side in _SYMBOLS}
    upwards = rows[::-1]
    order = [row["topic_id"] for row in upwards]
    ticks = [*(-log(n) for n in reversed(_TIMES)), 0.0, *(log(n) for n in _TIMES)]
    times = [say("report.times", n=n) for n in _TIMES]
    return chart(
        "contrast",
        [_side(side, part, say) for side, part in parts.items() if part],
        height=110 + 25 * len(rows),
        shapes=[{"type": "line", "yref": "paper", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "line": {"color": MUTED, "width": 1}}],
        xaxis={
            "title": {"text": say("report.contrast_axis"), "font": {"size": 12}},
            "range": [-_EDGE, _EDGE],
            "tickvals": ticks,
            "ticktext": [*reversed(times), say("report.times_same"), *times],
        },
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
        "x": [row["quiet_log_odds"] for row in rows],
        "y": [row["topic_id"] for row in rows],
        "customdata": [row["topic_id"] for row in rows],
        "text": [_told(row, say) for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [row["quiet_ci_high"] - row["quiet_log_odds"] for row in rows],
            "arrayminus": [row["quiet_log_odds"] - row["quiet_ci_low"] for row in rows],
            "thickness": 1.5,
            "width": 0,
        },
        "marker": {"color": _COLOURS[side], "size": 11, "symbol": _SYMBOLS[side]},
    }


def _told(row: Row, say: Messages) -> str:
    """Say what a point stands for: the customers on both sides."""
    counts = say(
        "report.contrast_point",
        quiet=row["quiet_unprompted_customers"],
        quiet_heard=row["quiet_unprompted_heard"],
        inquirer=row["inquirer_customers"],
        inquirer_heard=row["inquirer_heard"],
    )
    return f"{escape(row['label'])}<br>{counts}"


def _shown(view: ContrastView) -> list[Row]:
    """Keep the topics of one side, then the widest differences, in the order of the view."""
    wide = sorted(view.main, key=lambda row: (row["quiet_side"] == "both", -abs(row["quiet_log_odds"])))[:SHOWN]
    kept = {row["topic_id"] for row in wide}
    return [row for row in view.main if row["topic_id"] in kept]
