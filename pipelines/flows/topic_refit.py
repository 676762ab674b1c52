"""The refit flow: topics found anew on all texts, matched with those there are, promoted by policy or by hand."""

from __future__ import annotations

from typing import Any, Literal

from prefect import flow

from pipelines import tasks
from pipelines.artifacts import leave_quality
from pipelines.refit_run import decided
from pipelines.settings import Settings
from voc_mining.errors import spoken_in
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import open_lake
from voc_mining.topics.quality import PromotionPolicy

_USUAL = PromotionPolicy()


@flow(name="topic_refit", persist_result=False)
def topic_refit(  # noqa: PLR0913, PLR0917 - the policy is part of the deployment's parameters
    lake: str,
    promotion: Literal["by_policy", "by_hand"] = "by_hand",
    max_changed_share: float = _USUAL.max_changed_share,
    min_matched_share: float = _USUAL.min_matched_share,
    max_more_without_topic: float = _USUAL.max_more_without_topic,
    max_separation_loss: float = _USUAL.max_separation_loss,
    lang: str = "ja",
) -> dict[str, Any]:
    """Fit a candidate, leave its quality sheet, and promote it if that is wished and nothing speaks against it.

    Returns
    -------
    dict
        ``version``, ``quality``, ``objections``, ``promoted``.

    Raises
    ------
    UserError
        If there are no topics yet, or the version in force changed meanwhile.
    """
    say = Messages(lang)
    settings = Settings()
    policy = PromotionPolicy(
        max_changed_share=max_changed_share,
        min_matched_share=min_matched_share,
        max_more_without_topic=max_more_without_topic,
        max_separation_loss=max_separation_loss,
    )
    with spoken_in(lang):
        version = tasks.refit(lake, settings)
        chosen = policy if promotion == "by_policy" else None
        result = decided(open_lake(lake), version, chosen, lambda number: tasks.promote(lake, number))
    leave_quality(result, say)
    return result
