"""Plotly itself accepts every chart, and the charts show what the views say."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.contrast import contrast_chart
from voc_mining.report.charts.kpi import calls_chart
from voc_mining.report.charts.pareto import pareto_chart
from voc_mining.report.charts.trend import trend_chart
from voc_mining.report.views.contrast import contrast
from voc_mining.report.views.kpi import kpi
from voc_mining.report.views.pareto import pareto
from voc_mining.report.views.topic import topic_views


@pytest.fixture(scope="session")
def charts(frames, as_of):
    say = Messages("ja")
    (topic,) = topic_views(frames, as_of)
    made = (
        contrast_chart(contrast(frames), say),
        pareto_chart(pareto(frames), say),
        trend_chart(topic.trend, say),
        calls_chart(kpi(frames, as_of), say),
    )
    return {chart.name: chart for chart in made}


@pytest.mark.parametrize("name", ["contrast", "pareto", "trend", "calls"])
def test_plotly_accepts_the_chart(charts, name):
    spec = charts[name].spec
    figure = go.Figure(data=spec["data"], layout=spec["layout"])
    assert len(figure.data) == len(spec["data"])


def test_what_only_the_quiet_say_is_left_of_zero_and_on_top(charts):
    spec = charts["contrast"].spec
    sides = {trace["name"]: trace["x"] for trace in spec["data"]}
    assert sides == {"サイレント顧客に多い": [-1.5], "どちらとも言えない": [0.5]}
    assert spec["data"][0]["text"] == ["Excel 写す<br>サイレント 3/30人、問い合わせ 3/30人"]
    assert "同じ" in spec["layout"]["xaxis"]["ticktext"]
    assert spec["layout"]["yaxis"]["categoryarray"][-1] == "T2"


def test_a_rate_of_few_calls_is_not_drawn(charts):
    *_, rates = charts["calls"].spec["data"]
    assert rates["y"] == [10 / 12]
