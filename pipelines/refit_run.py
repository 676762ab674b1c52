"""A refit from its fit to the decision about it, with or without Prefect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pipelines.request import today
from pipelines.steps.refit import read_candidates
from voc_mining import __version__
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import DeltaStore
from voc_mining.store.manifest import RunManifest, record
from voc_mining.topics.quality import PromotionPolicy, objections


def decided(
    lake: DeltaStore, version: int, policy: PromotionPolicy | None, promote: Callable[[int], None]
) -> dict[str, Any]:
    """Hold a candidate to the policy and promote it if nothing speaks against it.

    Parameters
    ----------
    lake : DeltaStore
        Where the candidate is.
    version : int
        The candidate.
    policy : PromotionPolicy or None
        None leaves the decision to people.
    promote : callable
        Puts a version in force.

    Returns
    -------
    dict
        ``version``, ``quality``, ``objections`` (of the policy, or of the usual one), ``promoted``.
    """
    sheet = next(row["quality"] for row in read_candidates(lake) if row["registry_version"] == version)
    against = objections(sheet, policy or PromotionPolicy())
    promoted = policy is not None and not against
    if promoted:
        promote(version)
        note(lake, "promoted", version, author="policy")
    return {"version": version, "quality": sheet, "objections": against, "promoted": promoted}


def note(lake: DeltaStore, event: str, version: int, *, author: str) -> None:
    """Note in ``runs`` who put which version of the topics in force, and when."""
    moment = datetime.now(UTC)
    notes = {"topic_registry": event, "registry_version": version, "author": author}
    record(lake, RunManifest(moment, moment, "completed", __version__, None, today(), notes=notes))


def change_row(change: Mapping[str, Any], say: Messages) -> list[str]:
    """Put what became of a topic into words: its name, the event, the topics it has to do with."""
    related = say("summary.between").join(f"{other['label']} ({other['topic_id']})" for other in change["related"])
    return [f"{change['label']} ({change['topic_id']})", say.value("lineage", change["event"]), related]


def objection(code: str, say: Messages) -> str:
    """Put an objection of the policy into words."""
    name, _, origin = code.partition(".")
    return say(f"refit.because_{name}", origin=say.value("origin", origin))
