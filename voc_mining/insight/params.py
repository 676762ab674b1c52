"""Parameters of the insight stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from voc_mining.contracts.objectives import Aims
from voc_mining.contracts.rules import QuietRules, SilenceRules


@dataclass(frozen=True, slots=True)
class InsightParams:
    """What the figures are computed for, and with which thresholds.

    Parameters
    ----------
    as_of : date
        Last day of the figures, in Asia/Tokyo; records dated later are not used.
    window_days : int
        Days of the window of contrast and Pareto, the last one being ``as_of``.
    seed : int
        Seed of the bootstrap.
    draws : int
        Bootstrap draws.
    rarefaction_k : int
        Statements a customer is thinned to; fewer where too few customers have that many.
    min_heard, min_raising : int
        Fewest customers heard on each side, and raising the topic on either, for a comparison.
    mix_distance : float
        Share of customers that would have to be of another segment, or plan, for two sides to have the same mix, from which
        on they are compared within segments (plans), 0-1.
    significance : float
        Greatest q-value at which a topic belongs to one side.
    vital_share : float
        Share of inquiries that the vital few reasons make, 0-1.
    service_level_s, short_abandon_s : float
        Seconds within which an answer counts for the service level; up to which an abandon is short.
    fcr_days : int
        Days in which a further contact speaks against a resolution at first contact.
    inactive_days : int
        Days without use after which a quiet customer counts as inactive.
    support_days : int
        Days in which support counts as recent (three months).
    outlook_days : int
        Age in days at which a judged renewal outlook is old.
    renewal_near_days : int
        Days before a renewal from which on it counts as near.
    audio_base : str or None
        Path of the inbox as links see it, put before a recording's path; None leaves the path alone.
    lang : str
        Language of words in the tables: ``ja`` or ``en``.
    silence : SilenceRules
        What silent means.
    quiet : QuietRules
        When the usage of a quiet customer counts as falling.
    aims : Aims
        Objectives, and how often a customer may be contacted.
    """

    as_of: date
    window_days: int = 90
    seed: int = 20260401
    draws: int = 1000
    rarefaction_k: int = 3
    min_heard: int = 30
    min_raising: int = 5
    mix_distance: float = 0.1
    significance: float = 0.05
    vital_share: float = 0.8
    service_level_s: float = 20.0
    short_abandon_s: float = 5.0
    fcr_days: int = 7
    inactive_days: int = 30
    support_days: int = 91
    outlook_days: int = 180
    renewal_near_days: int = 90
    audio_base: str | None = None
    lang: str = "ja"
    silence: SilenceRules = field(default_factory=SilenceRules)
    quiet: QuietRules = field(default_factory=QuietRules)
    aims: Aims = field(default_factory=Aims)

    @property
    def window_from(self) -> date:
        """First day of the window.

        >>> InsightParams(date(2026, 3, 31)).window_from
        datetime.date(2026, 1, 1)
        """
        return self.as_of - timedelta(days=self.window_days - 1)
