"""Plotly figures of the report, as HTML fragments that share one script."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from voc_mining.messages.catalogue import Messages
from voc_mining.report.views import ContrastView, ParetoView, Row

INK, MUTED, GRID = "#1d2433", "#5b6575", "#e3e7ee"
REACTIVE, PROACTIVE, BOTH = "#c2571a", "#1f6f8b", "#7a8190"
FONT = "'Hiragino Sans','Noto Sans JP','Noto Sans CJK JP','Yu Gothic UI','Meiryo',sans-serif"
CONTRAST_SHOWN = 24
PARETO_SHOWN = 20
_LABEL_LENGTH = 22


def script() -> str:
    """Return Plotly's own JavaScript, to be put into a page once; it works offline."""
    return str(get_plotlyjs())


def contrast(view: ContrastView, say: Messages) -> str:
    """Forest plot: difference of log odds with its interval, one line a topic."""
    rows = _widest(view.rows)
    figure = go.Figure()
    for side, colour in (("reactive", REACTIVE), ("both", BOTH), ("proactive", PROACTIVE)):
        part = [row for row in rows if row["side"] == side]
        figure.add_scatter(
            x=[row["log_odds"] for row in part],
            y=[_short(row["label"]) for row in part],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [_number(row["ci_high"]) - _number(row["log_odds"]) for row in part],
                "arrayminus": [_number(row["log_odds"]) - _number(row["ci_low"]) for row in part],
                "thickness": 1.5,
            },
            mode="markers",
            marker={"color": colour, "size": 10},
            name=say.value("side", side),
        )
    figure.add_vline(x=0, line_color=MUTED, line_width=1)
    figure.update_yaxes(categoryorder="array", categoryarray=[_short(row["label"]) for row in reversed(rows)])
    figure.update_xaxes(title=say("report.contrast_axis"))
    return _fragment(figure, height=120 + 26 * len(rows), name="contrast")


def pareto(view: ParetoView, say: Messages) -> str:
    """Bars of inquiries per reason with the cumulative share."""
    rows = view.rows[:PARETO_SHOWN]
    labels = [f"{row['rank']}. {_short(row['label'])}" for row in rows]
    figure = go.Figure()
    figure.add_bar(
        x=labels,
        y=[row["n_inquiries"] for row in rows],
        name=say("report.pareto_count"),
        marker_color=[REACTIVE if row["in_vital_few"] else "#e3b796" for row in rows],
    )
    figure.add_scatter(
        x=labels,
        y=[row["cumulative_share"] for row in rows],
        name=say("report.pareto_cumulative"),
        yaxis="y2",
        mode="lines+markers",
        line_color=INK,
    )
    figure.update_layout(yaxis2={"overlaying": "y", "side": "right", "range": [0, 1.02], "tickformat": ".0%"})
    figure.update_xaxes(tickangle=40)
    return _fragment(figure, height=460, name="pareto")


def calls(rows: Sequence[Row], say: Messages) -> str:
    """Offered and answered calls per day."""
    figure = go.Figure()
    days = [row["business_date"] for row in rows]
    for name, colour in (("offered", "#c9d3df"), ("answered", PROACTIVE)):
        figure.add_scatter(
            x=days, y=[row[name] for row in rows], name=say(f"report.{name}"), line_color=colour, mode="lines"
        )
    return _fragment(figure, height=280, name="calls")


def _fragment(figure: go.Figure, *, height: int, name: str) -> str:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"family": FONT, "color": INK, "size": 13},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        hovermode="closest",
    )
    figure.update_xaxes(gridcolor=GRID, automargin=True, zeroline=False)
    figure.update_yaxes(gridcolor=GRID, automargin=True, zeroline=False)
    options = {"displayModeBar": False, "responsive": True}
    return str(figure.to_html(full_html=False, include_plotlyjs=False, div_id=f"chart-{name}", config=options))


def _widest(rows: Sequence[Row]) -> list[Row]:
    """Keep the widest differences of either direction, in order."""
    widest = sorted(rows, key=lambda row: -abs(_number(row["log_odds"])))[:CONTRAST_SHOWN]
    return sorted(widest, key=lambda row: _number(row["log_odds"]))


def _short(label: object) -> str:
    text = str(label)
    return text if len(text) <= _LABEL_LENGTH else text[: _LABEL_LENGTH - 1] + "…"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
