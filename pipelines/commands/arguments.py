"""Arguments of the command line as values."""

from __future__ import annotations

from datetime import date

from pipelines.settings import Settings
from voc_mining.errors import UserError
from voc_mining.messages.catalogue import language_of


def language(given: str | None, settings: Settings | None = None) -> str:
    """Language of messages: as given, as configured, else by locale."""
    settings = settings or Settings()
    return given or settings.lang or language_of(settings.locale)


def day(given: str | None) -> date | None:
    """Date of an option.

    Raises
    ------
    UserError
        If it is not written as YYYY-MM-DD.
    """
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UserError("error.bad_date", value=given) from None
