"""Where pages, assets and recordings are, as seen from one page."""

from __future__ import annotations

from dataclasses import dataclass

from voc_mining.ids import digest


def customer_page(customer_id: str) -> str:
    """Path of the page of a customer: ids may hold what no file name can.

    >>> customer_page("C/1") == customer_page("C/1") != customer_page("C/2")
    True
    """
    return f"customers/{digest('customer', customer_id)}.html"


@dataclass(frozen=True, slots=True)
class FolderLinks:
    """Relative links between the files of a report folder, which work from the file system.

    Parameters
    ----------
    up : str
        From the page to the folder of the report, such as ``../``.
    out : str
        From the folder of the report to the one that links to recordings start from.
    """

    up: str = ""
    out: str = "../"

    def page(self, name: str) -> str:
        """Link to a page by its name.

        >>> FolderLinks("../").page("contrast")
        '../contrast.html'
        """
        return f"{self.up}{'index' if name == 'overview' else name}.html"

    def topic(self, topic_id: str) -> str:
        """Link to the page of a topic."""
        return f"{self.up}topics/{topic_id}.html"

    def customer(self, customer_id: str) -> str:
        """Link to the page of a customer who has one."""
        return f"{self.up}{customer_page(customer_id)}"

    def asset(self, name: str) -> str:
        """Link to a style sheet or a script."""
        return f"{self.up}assets/{name}"

    def sound(self, audio_link: str) -> str:
        """Link to the second of a recording."""
        return f"{self.up}{self.out}{audio_link}"
