"""Objectives: how the customers they are about renew, what outreach brought, which data are lacking; the model of leaving."""

from __future__ import annotations

from dataclasses import dataclass

from voc_mining.report.views.values import Frames, Row, records


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective: rows of ``cohorts`` and of ``data_readiness``, and how many required columns are not ready."""

    name: str
    cohorts: tuple[Row, ...]
    columns: tuple[Row, ...]
    lacking: int


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign: rows of ``outreach_effect``, and how many askings led to a proactive contact."""

    name: str
    outcomes: tuple[Row, ...]
    asked: int
    contacts: int
    answers_alone: int

    @property
    def randomized(self) -> bool:
        """Whether some were held out."""
        return any(row["design"] == "randomized" for row in self.outcomes)


@dataclass(frozen=True, slots=True)
class GoalsView:
    """All objectives and campaigns, the latest campaign first."""

    goals: tuple[Goal, ...]
    campaigns: tuple[CampaignView, ...]


@dataclass(frozen=True, slots=True)
class ModelView:
    """The model of leaving: what became of it, and its reliability and weights where it was checked."""

    told: Row
    calibration: tuple[Row, ...]
    weights: tuple[Row, ...]


def goals(frames: Frames) -> GoalsView:
    """Gather objectives and campaigns, in the order of the tables."""
    cohorts, readiness = records(frames["cohorts"]), records(frames["data_readiness"])
    names = dict.fromkeys(row["objective"] for row in (*cohorts, *readiness))
    return GoalsView(
        tuple(_goal(name, cohorts, readiness) for name in names),
        tuple(reversed(_campaigns(frames))),
    )


def churn_model_view(frames: Frames) -> ModelView | None:
    """Return what became of the model; None where nothing was tried."""
    told = frames.get("churn_model")
    if told is None or not told.height:
        return None
    return ModelView(records(told)[0], records(frames["churn_calibration"]), records(frames["churn_weights"]))


def _goal(name: str, cohorts: tuple[Row, ...], readiness: tuple[Row, ...]) -> Goal:
    columns = tuple(row for row in readiness if row["objective"] == name)
    return Goal(
        name,
        tuple(row for row in cohorts if row["objective"] == name),
        columns,
        sum(bool(row["required"]) and not row["ready"] for row in columns),
    )


def _campaigns(frames: Frames) -> list[CampaignView]:
    effects, results = records(frames["outreach_effect"]), records(frames["outreach_results"])
    found = []
    for name in dict.fromkeys(row["campaign"] for row in effects):
        asked = [row for row in results if row["campaign"] == name and row["arm"] == "treat"]
        found.append(
            CampaignView(
                name,
                tuple(row for row in effects if row["campaign"] == name),
                len(asked),
                sum(row["contact_id"] is not None for row in asked),
                sum(row["answered_at"] is not None and row["contact_id"] is None for row in asked),
            )
        )
    return sorted(found, key=lambda campaign: str(campaign.outcomes[0]["first_asked"]))
