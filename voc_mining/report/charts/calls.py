"""How long customers wait at most within a call."""

from __future__ import annotations

from itertools import pairwise

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.figure import COLOURS, Chart, Trace, chart, hover
from voc_mining.report.views.calls import WAIT_BOUNDS_S, CallsView


def waits_chart(view: CallsView, say: Messages) -> Chart:
    """Columns of calls per class of the longest wait."""
    trace: Trace = {
        "type": "bar",
        "name": say("calls.n"),
        "x": wait_classes(say),
        "y": list(view.waits),
        "marker": {"color": COLOURS["proactive"]},
        "hovertemplate": hover("%{y}", say("calls.n")),
    }
    return chart("waits", [trace], height=280, bargap=0.15, showlegend=False, xaxis={"type": "category"})


def wait_classes(say: Messages) -> list[str]:
    """Names of the classes, in order."""
    bounds = (0, *WAIT_BOUNDS_S)
    closed = [say("calls.wait_between", low=low, high=high) for low, high in pairwise(bounds)]
    return [*closed, say("calls.wait_over", low=bounds[-1])]
