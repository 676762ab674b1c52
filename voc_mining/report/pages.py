"""The pages of the report: which views and charts go into which template, and under which path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Any

import jinja2

from voc_mining.messages.catalogue import Messages
from voc_mining.report.charts.calls import wait_classes, waits_chart
from voc_mining.report.charts.contrast import SHOWN as CONTRASTS_DRAWN
from voc_mining.report.charts.contrast import contrast_chart
from voc_mining.report.charts.figure import script
from voc_mining.report.charts.kpi import calls_chart
from voc_mining.report.charts.pareto import pareto_chart
from voc_mining.report.charts.trend import trend_chart
from voc_mining.report.links import FolderLinks, customer_page
from voc_mining.report.templating import environment
from voc_mining.report.views.calls import calls
from voc_mining.report.views.churn import churn
from voc_mining.report.views.coding import codes
from voc_mining.report.views.contrast import contrast
from voc_mining.report.views.critical import critical
from voc_mining.report.views.customers import CustomerView, customer_views, customers
from voc_mining.report.views.goals import churn_model_view, goals
from voc_mining.report.views.kpi import kpi
from voc_mining.report.views.overview import overview
from voc_mining.report.views.pareto import pareto
from voc_mining.report.views.proactive import proactive
from voc_mining.report.views.run import run_view
from voc_mining.report.views.seeds import seeds
from voc_mining.report.views.silent import silent
from voc_mining.report.views.topic import TopicView, topic_views
from voc_mining.report.views.topics import LAYERS, in_groups, rising, shown_topics, to_review, topic_list
from voc_mining.report.views.values import Frames

SECTIONS = {
    "all": ("overview", "critical"),
    "matters": ("topics", "coding", "pareto"),
    "voices": ("contrast", "proactive", "seeds"),
    "customers": ("silent", "goals", "customers"),
    "running": ("kpi", "calls", "run"),
}
"""Pages by what they are about, in the order of the navigation."""
PAGES = tuple(page for pages in SECTIONS.values() for page in pages)
FIRST_PAGE = "index.html"
_BELONGS = {"topic": "topics", "customer": "customers"}
_ASSETS = ("report.css", "report.js")


def render_report(
    frames: Frames, *, as_of: date, run: Mapping[str, Any] | None = None, lang: str = "ja", out: str = "../"
) -> Iterator[tuple[str, str]]:
    """Render every file of the report, one at a time.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Insight frames by the name of their CSV; ``customer_silence``, ``statement_words``,
        ``statement_codes`` and ``topic_names`` if they are known.
    as_of : date
        Date of the figures.
    run : mapping or None
        Last row of ``runs`` with its manifest decoded.
    lang : {"ja", "en"}
        Language of the pages.
    out : str
        From the folder of the report to the one that links to recordings start from.

    Yields
    ------
    path, text : str
        Path within the folder of the report, and the file's text.
    """
    yield "assets/plotly.min.js", script()
    for name in _ASSETS:
        yield f"assets/{name}", files("voc_mining.report").joinpath("assets", name).read_text("utf-8")
    say = Messages(lang)
    jinja = environment(say)
    common = {"as_of": as_of, "topic_ids": frozenset(shown_topics(frames)["topic_id"])}
    contexts = _contexts(frames, as_of, run, say)
    for page in PAGES:
        links = FolderLinks(out=out)
        path = FIRST_PAGE if page == "overview" else f"{page}.html"
        yield path, _rendered(jinja, page, contexts[page] | common, links)
    for view in topic_views(frames, as_of):
        context = topic_context(view, say) | common
        yield f"topics/{view.row['topic_id']}.html", _rendered(jinja, "topic", context, FolderLinks("../", out))
    for one in customer_views(frames, as_of):
        context = customer_context(one) | common
        yield customer_page(one.customer_id), _rendered(jinja, "customer", context, FolderLinks("../", out))


def customer_context(view: CustomerView) -> dict[str, Any]:
    """Return what the template of a customer needs."""
    return {"customer": view}


def topic_context(view: TopicView, say: Messages) -> dict[str, Any]:
    """Return what the template of a topic needs."""
    return {"topic": view, "chart": trend_chart(view.trend, say) if view.trend.counts else None}


def _contexts(frames: Frames, as_of: date, run: Mapping[str, Any] | None, say: Messages) -> dict[str, dict[str, Any]]:
    """Return what the template of each page needs."""
    contrasted, reasons, figures = contrast(frames), pareto(frames), kpi(frames, as_of)
    quiet, ran, topics = silent(frames), run_view(run, frames), topic_list(frames, as_of)
    seen, went, grave = overview(frames), calls(frames), critical(frames)
    left, people = churn(frames), customers(frames)
    paged = frozenset(row["customer_id"] for row in people.chosen)
    return {
        "overview": {
            "overview": seen,
            "critical": grave,
            "contrast": contrasted,
            "pareto": reasons,
            "silent": quiet,
            "churned": left,
            "rising": rising(topics),
            "run": ran,
        },
        "critical": {"critical": grave},
        "topics": {
            "topics": topics,
            "layers": {layer: in_groups(frames, topics, layer) for layer in LAYERS},
            "reviewed": to_review(frames),
        },
        "coding": {"codes": codes(frames)},
        "contrast": {
            "contrast": contrasted,
            "chart": contrast_chart(contrasted, say) if contrasted.main else None,
            "drawn": min(CONTRASTS_DRAWN, len(contrasted.main)),
        },
        "proactive": {"classes": proactive(frames), "overview": seen},
        "seeds": {"classes": seeds(frames)},
        "goals": {"goals": goals(frames)},
        "silent": {
            "silent": quiet,
            "overview": seen,
            "model": churn_model_view(frames),
            "churned": left,
            "people": people,
            "paged": paged,
        },
        "customers": {"people": people},
        "pareto": {"pareto": reasons, "chart": pareto_chart(reasons, say) if reasons.rows else None},
        "kpi": {"kpi": figures, "chart": calls_chart(figures, say) if figures.by_week else None},
        "calls": {
            "calls": went,
            "chart": waits_chart(went, say) if went.total else None,
            "classes": wait_classes(say),
        },
        "run": {"run": ran},
    }


def _rendered(jinja: jinja2.Environment, page: str, context: Mapping[str, Any], links: FolderLinks) -> str:
    here = _BELONGS.get(page, page)
    return jinja.get_template(f"{page}.html.j2").render(context, links=links, sections=SECTIONS, here=here)
