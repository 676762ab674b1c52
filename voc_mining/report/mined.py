"""The report of ``voc mine``: one page about a table of texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.resources import files

from voc_mining.messages.catalogue import Messages
from voc_mining.report.links import FolderLinks
from voc_mining.report.pages import FIRST_PAGE
from voc_mining.report.templating import environment
from voc_mining.report.views.mined import Mined


def render_mined(view: Mined, file: str, *, as_of: date, lang: str = "ja") -> Iterator[tuple[str, str]]:
    """Render the page and what it loads.

    Parameters
    ----------
    view : Mined
        What it shows.
    file : str
        Name of the table.
    as_of : date
        Day of the look.
    lang : {"ja", "en"}
        Language of the page.

    Yields
    ------
    path, text : str
        Path within the folder of the report, and the file's text.
    """
    for name in ("report.css", "report.js"):
        yield f"assets/{name}", files("voc_mining.report").joinpath("assets", name).read_text("utf-8")
    template = environment(Messages(lang)).get_template("mined.html.j2")
    yield (
        FIRST_PAGE,
        template.render(
            mined=view, file=file, as_of=as_of, links=FolderLinks(), sections={}, here="topics", topic_ids=frozenset()
        ),
    )
