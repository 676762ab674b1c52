"""Rules of origin, silence and masking, as ``sources.toml`` may set them and the stages apply them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

NEW_YEAR = frozenset({"12-29", "12-30", "12-31", "01-01", "01-02", "01-03"})
"""Days around the New Year on which offices and banks are closed; only the first of January is a public holiday."""


@dataclass(frozen=True, slots=True)
class OriginRules:
    """How the provenance of a contact decides its origin.

    The mappings hold a value of the record, or a pattern with ``*`` for any number of characters, and the origin
    it means (``reactive``, ``proactive``, ``other`` or ``unknown``). Keys are compared without case and outer spaces.
    Within a mapping the value itself goes before patterns, and of these the one that spells out more. Which mapping
    goes first is told in :mod:`voc_mining.segment.origin`.

    Parameters
    ----------
    campaign, purpose, queue, ivr_path, direction, channel, source : mapping of str to str
        Value of that column to origin. Empty by default: the built-in rules alone apply.
    other_purposes : frozenset of str
        Purposes of calls that are on neither side.
    proactive_purposes : frozenset of str
        Purposes of calls we open on our own account; such calls are never callbacks.
    callback_business_days : int
        Window of a callback, in Japanese business days after the day of the contact it answers.
    returned_outreach_business_days : int or None
        Window of an inbound call that returns our unanswered call; None takes the callback window.
    shared_phone_keys : frozenset of str
        Numbers known to be shared (代表番号), as phone_key: they never link two contacts alone. Numbers
        seen with several customers are found without being named here.
    closed_days : frozenset of str
        Days that are no business days beside weekends and public holidays: ``MM-DD`` or ``YYYY-MM-DD``.
    leg_gap_s : int
        Seconds after the end of a call within which a further row of the same customer or number, in the same
        direction, is a leg of it.
    """

    campaign: Mapping[str, str] = field(default_factory=dict)
    purpose: Mapping[str, str] = field(default_factory=dict)
    queue: Mapping[str, str] = field(default_factory=dict)
    ivr_path: Mapping[str, str] = field(default_factory=dict)
    direction: Mapping[str, str] = field(default_factory=dict)
    channel: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)
    other_purposes: frozenset[str] = frozenset({"sales", "collection", "delivery"})
    proactive_purposes: frozenset[str] = frozenset({"checkin"})
    callback_business_days: int = 3
    returned_outreach_business_days: int | None = None
    shared_phone_keys: frozenset[str] = frozenset()
    closed_days: frozenset[str] = NEW_YEAR
    leg_gap_s: int = 10


@dataclass(frozen=True, slots=True)
class SilenceRules:
    """When a customer counts as silent.

    Parameters
    ----------
    look_back_days : int
        Days before a moment in which a reactive contact makes the customer vocal.
    look_back_by_plan, look_back_by_segment : mapping of str to int
        Look-back of customers on a plan or in a segment; the plan goes first.
    min_age_days : int
        Contracts younger than this are too early to be called silent.
    min_identified_share : float
        Least share of reactive contacts in the look-back that must carry a customer, 0-1.
    history_start : date or None
        First day of the contact history, in Asia/Tokyo; None takes the first reactive record.
    cancellation_queues : frozenset of str
        Queues whose contacts do not make a customer vocal.
    cancellation_codes : frozenset of str
        Reason codes, on any layer, whose contacts do not make a customer vocal.
    """

    look_back_days: int = 180
    look_back_by_plan: Mapping[str, int] = field(default_factory=dict)
    look_back_by_segment: Mapping[str, int] = field(default_factory=dict)
    min_age_days: int = 30
    min_identified_share: float = 0.8
    history_start: date | None = None
    cancellation_queues: frozenset[str] = frozenset()
    cancellation_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class QuietRules:
    """When usage counts as falling.

    Parameters
    ----------
    min_drop : float
        Least relative drop of the latest usage against the mean of the earlier ones, 0-1.
    recent_weeks : int
        Weeks of weekly usage that make the latest; the same number before them is what they are held against.
    """

    min_drop: float = 0.2
    recent_weeks: int = 4


@dataclass(frozen=True, slots=True)
class OwnMasking:
    """What a user has masked beside the built-in kinds.

    Parameters
    ----------
    patterns : tuple of (str, str)
        Kind (``member_number``, ``contract_number``, ``number`` …) and a regular expression over normalized text. A
        group named ``value`` is masked, else the whole match.
    companies : bool, default False
        Whether names of firms are masked.
    """

    patterns: tuple[tuple[str, str], ...] = ()
    companies: bool = False


NO_MASKING = OwnMasking()
"""Nothing but the built-in kinds."""
