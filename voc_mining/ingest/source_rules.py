"""Rules of origin, silence and masking as ``sources.toml`` sets them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from voc_mining.contracts.rules import OriginRules, OwnMasking, SilenceRules
from voc_mining.contracts.values import CHANNELS, ORIGINS, SOURCES
from voc_mining.ids import phone_key
from voc_mining.ingest.cells import e164
from voc_mining.ingest.toml_reader import TomlReader

_NAMES = {"direction": ("inbound", "outbound"), "channel": CHANNELS, "source": SOURCES}
_MAPS = ("campaign", "purpose", "queue", "ivr_path", "direction", "channel", "source")
_DAY = re.compile(r"(?:(?P<year>[0-9]{4})-)?(?P<month>[0-9]{2})-(?P<day>[0-9]{2})", re.ASCII)
_LEAP_YEAR = 2000


def origin_rules(table: TomlReader, secret: str) -> OriginRules:
    """Read the table ``[origin]``; ``shared_phones`` become pseudonyms by ``secret``.

    Raises
    ------
    UserError
        If a key or value is wrong.
    """
    table.only((*_MAPS, "other_purposes", "proactive_purposes", "callback_business_days",
                "returned_outreach_business_days", "shared_phones", "closed_days", "leg_gap_s"))  # fmt: skip
    standard = OriginRules()
    phones = table.texts("shared_phones")
    keys = [e164(number) for number in phones]
    for number, key in zip(phones, keys, strict=True):
        if key is None:
            raise table.wrong("phone", "shared_phones", value=number)
    maps = {name: table.text_map(name, _NAMES.get(name), ORIGINS) for name in _MAPS}
    return OriginRules(
        **maps,
        other_purposes=frozenset(table.texts("other_purposes", tuple(standard.other_purposes))),
        proactive_purposes=frozenset(table.texts("proactive_purposes", tuple(standard.proactive_purposes))),
        callback_business_days=table.whole("callback_business_days", standard.callback_business_days),
        returned_outreach_business_days=table.whole_or_none("returned_outreach_business_days"),
        shared_phone_keys=frozenset(phone_key(key, secret) for key in keys if key is not None),
        closed_days=_closed_days(table) if "closed_days" in table.values else standard.closed_days,
        leg_gap_s=table.whole("leg_gap_s", standard.leg_gap_s),
    )


def _closed_days(table: TomlReader) -> frozenset[str]:
    """Days and stretches of days, ``12-29..01-03`` or ``2026-08-12..2026-08-16``, as the days they are."""
    found: set[str] = set()
    for text in table.texts("closed_days"):
        first, _, last = text.partition("..")
        begin, end = _day(first), _day(last or first)
        if begin is None or end is None or (begin[0] is None) != (end[0] is None):
            raise table.wrong("closed_day", "closed_days", value=text)
        yearly = begin[0] is None
        current, final = (date(each[0] or _LEAP_YEAR, each[1], each[2]) for each in (begin, end))
        if final < current and yearly:
            final = final.replace(year=_LEAP_YEAR + 1)
        if final < current:
            raise table.wrong("closed_day", "closed_days", value=text)
        while current <= final:
            found.add(current.isoformat()[5 if yearly else 0 :])
            current += timedelta(days=1)
    return frozenset(found)


def _day(text: str) -> tuple[int | None, int, int] | None:
    """Year (None: every one), month and day; None where there is no such day."""
    parts = _DAY.fullmatch(text.strip())
    if parts is None:
        return None
    year = int(parts["year"]) if parts["year"] else None
    try:
        date(year or _LEAP_YEAR, int(parts["month"]), int(parts["day"]))
    except ValueError:
        return None
    return year, int(parts["month"]), int(parts["day"])


def silence_rules(table: TomlReader) -> SilenceRules:
    """Read the table ``[silence]``.

    Raises
    ------
    UserError
        If a key or value is wrong.
    """
    table.only((
        "look_back_days", "look_back_by_plan", "look_back_by_segment", "min_age_days", "min_identified_share",
        "history_start", "cancellation_queues", "cancellation_codes",
    ))  # fmt: skip
    standard = SilenceRules()
    start = table.values.get("history_start")
    if start is not None and type(start) is not date:
        raise table.wrong("date", "history_start", value=start)
    share = table.values.get("min_identified_share", standard.min_identified_share)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise table.wrong("share", "min_identified_share", value=share)
    return SilenceRules(
        look_back_days=table.whole("look_back_days", standard.look_back_days),
        look_back_by_plan=table.whole_map("look_back_by_plan"),
        look_back_by_segment=table.whole_map("look_back_by_segment"),
        min_age_days=table.whole("min_age_days", standard.min_age_days),
        min_identified_share=float(share),
        history_start=start,
        cancellation_queues=frozenset(table.texts("cancellation_queues")),
        cancellation_codes=frozenset(table.texts("cancellation_codes")),
    )


MASKED = ("member_number", "contract_number", "account_number", "phone", "card", "mail", "name", "address",
          "postal_code", "birth_date", "my_number", "number", "company")  # fmt: skip
"""Kinds that a user's own pattern may be masked as."""


def own_masking(table: TomlReader) -> OwnMasking:
    """Read the table ``[masking]``.

    Raises
    ------
    UserError
        If a key or value is wrong.
    """
    table.only(("patterns", "companies"))
    told = table.text_lists("patterns", MASKED)
    for kind, patterns in told.items():
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as trouble:
                raise table.wrong("pattern", f"patterns.{kind}", value=pattern, problem=trouble) from trouble
    pairs = tuple((kind, pattern) for kind, patterns in told.items() for pattern in patterns)
    return OwnMasking(pairs, table.flag("companies"))
