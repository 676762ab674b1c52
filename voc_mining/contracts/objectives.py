"""What a company wants to reach with which customers, and how often it may write to them: ``objectives.toml``."""

from __future__ import annotations

from dataclasses import dataclass, field

METRICS = ("renewal", "expansion")
"""What an objective is measured by: the share of renewal opportunities that were renewed, or that grew."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers by a condition on what was known of them before they decided.

    Parameters
    ----------
    name : str
        In the user's words.
    where : str
        Condition in SQL, such as ``value_top_share <= 0.1``; empty takes everyone.
    """

    name: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective.

    Parameters
    ----------
    name : str
        In the user's words.
    cohorts : tuple of Cohort
        Customers it is about; those in none of them are compared as the rest.
    metric : {"renewal", "expansion"}
        What is measured.
    horizon_days : int
        Days ahead in which value falls due.
    history_days : int
        Days back in which renewal opportunities count.
    required, useful : tuple of str
        Columns it cannot do without, and those that would help, as ``contracts.notice_at``; empty takes those of the
        metric.
    """

    name: str
    cohorts: tuple[Cohort, ...]
    metric: str = "renewal"
    horizon_days: int = 365
    history_days: int = 730
    required: tuple[str, ...] = ()
    useful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactRules:
    """How often we may get in touch with a customer on our own account.

    Parameters
    ----------
    most : int
        Most contacts within ``within_days``.
    within_days : int
        Days in which contacts are counted.
    rest_days : int
        Days after a contact in which there is no other.
    open_inquiry_days : int
        Days in which an inquiry that is not resolved keeps us from writing about something else.
    holdout_days : int
        Days in which a customer who is held out of one campaign is left out of all.
    link_days : int
        Days after asking in which a proactive contact belongs to it.
    """

    most: int = 2
    within_days: int = 60
    rest_days: int = 14
    open_inquiry_days: int = 30
    holdout_days: int = 91
    link_days: int = 14


@dataclass(frozen=True, slots=True)
class Aims:
    """Everything ``objectives.toml`` says; without objectives the built-in ones apply."""

    objectives: tuple[Objective, ...] = ()
    contact: ContactRules = field(default_factory=ContactRules)
