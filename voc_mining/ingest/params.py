"""Parameters of ingest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class IngestParams:
    """What an ingest takes in.

    Parameters
    ----------
    since : date or None
        Contacts that began before this day in Asia/Tokyo, and their recordings, are left out (counted as
        ``before_from``); customers are always taken. Default: everything.
    full : bool
        Read every file again, also those that were read before. Default: False.
    phone_secret : str
        Key of the pseudonyms of phone numbers and mail addresses. Default: none.
    """

    since: date | None = None
    full: bool = False
    phone_secret: str = ""
