"""What all figures share: colours, type, margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

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
_LABEL_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure to be drawn: its name on the page, its data and layout as JSON values, its height in pixels."""

    name: str
    spec: dict[str, Any]
    height: int


def script() -> str:
    """Return Plotly's own JavaScript; it works offline."""
    return str(get_plotlyjs())


def chart(figure: go.Figure, *, name: str, height: int) -> Chart:
    """Give a figure the look of the report."""
    figure.update_layout(
        template=None,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        font={"family": FONT, "color": INK, "size": 13},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        hovermode="closest",
        dragmode=False,
    )
    figure.update_xaxes(gridcolor=GRID, automargin=True, zeroline=False, fixedrange=True)
    figure.update_yaxes(gridcolor=GRID, automargin=True, zeroline=False, fixedrange=True)
    return Chart(name, figure.to_plotly_json(), height)


def short(label: object) -> str:
    """Cut a label to what an axis can hold."""
    text = str(label)
    return text if len(text) <= _LABEL_LENGTH else text[: _LABEL_LENGTH - 1] + "…"
