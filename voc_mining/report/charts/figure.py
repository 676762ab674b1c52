"""What all figures share: colours, type, margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from plotly.offline import get_plotlyjs

Trace = dict[str, Any]

INK, MUTED, GRID = "#1d2433", "#5b6575", "#e3e7ee"
COLOURS = {"reactive": "#b8501a", "proactive": "#1b6a86", "both": "#7a8190", "other": "#8d7bab", "unknown": "#a9b0bb"}
PALE = "#e8c3a8"
FONT = "'Hiragino Sans','Noto Sans JP','Noto Sans CJK JP','Yu Gothic UI','Meiryo',sans-serif"
SHARE_AXIS = {
    "overlaying": "y",
    "side": "right",
    "range": [0, 1.02],
    "tickmode": "array",
    "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1],
    "tickformat": ".0%",
    "showgrid": False,
}
"""Second axis for shares, 0 to 100 %."""
WEEK_AXIS = {"type": "date", "tickformat": "%Y-%m", "hoverformat": "%Y-%m-%d"}
_AXIS = {"gridcolor": GRID, "automargin": True, "zeroline": False, "fixedrange": True}
_LAYOUT = {
    "margin": {"l": 8, "r": 8, "t": 28, "b": 8},
    "font": {"family": FONT, "color": INK, "size": 13},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    "hovermode": "closest",
    "dragmode": False,
}
_LABEL_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure to be drawn: its name on the page, data and layout as Plotly's JSON, its height in pixels.

    Plain values are made here, not Plotly's figure objects: those take most of the time of a report with
    hundreds of topics. The tests let Plotly check every chart.
    """

    name: str
    spec: dict[str, Any]
    height: int


def script() -> str:
    """Return Plotly's own JavaScript; it works offline."""
    return str(get_plotlyjs())


def chart(name: str, traces: Sequence[Trace], *, height: int, **layout: Any) -> Chart:
    """Give traces the look of the report; the keywords add to the layout."""
    axes = {"xaxis": {}, "yaxis": {}} | {key: value for key, value in layout.items() if "axis" in key}
    whole = _LAYOUT | layout | {key: _AXIS | axis for key, axis in axes.items()}
    return Chart(name, {"data": list(traces), "layout": whole}, height)


def hover(value: str, series: str = "") -> str:
    """Write what a point tells: its place, its value, and the series in the margin."""
    return f"%{{x}}<br>{value}<extra>{series}</extra>"


def short(label: object) -> str:
    """Cut a label to what an axis can hold."""
    text = str(label)
    return text if len(text) <= _LABEL_LENGTH else text[: _LABEL_LENGTH - 1] + "…"
