"""Dates of the sample, fixed so that every run of the demo tells the same story."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
FIRST_DAY = date(2026, 1, 5)
"""First day with a reactive contact: the history of contacts starts here."""
DEMO_DATE = date(2026, 10, 31)
"""Day the demo looks back from."""
CUSTOMERS_AS_OF = (date(2026, 4, 1), date(2026, 10, 25))
"""Dates that the two customer files describe."""
