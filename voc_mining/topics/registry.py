"""The registry of topics: found once, then only added to.

A version holds the mean of the space, the topics and what was assigned under it. Existing topics are never
touched: a discovery in the pool of texts without a topic adds topics beside them. Whether one is due is read
from the assignments alone: each remembers whether its text has been in a pool, so the same input tries nothing
twice, and a run that was stopped half-way tries exactly what it had begun.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.contracts import LAKE_TABLES
from voc_mining.contracts.clause import NameSource
from voc_mining.ids import digest
from voc_mining.topics.assignment import assign
from voc_mining.topics.discovery import discover
from voc_mining.topics.field import field_mean, general_talk
from voc_mining.topics.formulas import formulas
from voc_mining.topics.generic import says_something
from voc_mining.topics.labels import label_topics, weighted
from voc_mining.topics.params import GrowthParams, TopicsParams
from voc_mining.topics.space import mean_of, origin, whole_mean

_WHOLE_MEAN_MARGIN = 0.05
"""How much weaker a second topic may be in versions that take the whole mean from vectors."""


@dataclass(frozen=True, slots=True)
class RegistryVersion:
    """A version of the registry: its row, its topics and the assignments of the texts it was found on."""

    registry: pl.DataFrame
    topics: pl.DataFrame
    assignments: pl.DataFrame


def active_version(registries: pl.DataFrame) -> pl.DataFrame:
    """Keep the newest active version: one row, or none."""
    return registries.filter(pl.col("state") == "active").sort("registry_version").tail(1)


def found_version(  # noqa: PLR0913 - what it needs
    texts: pl.DataFrame,
    mentions: pl.DataFrame,
    params: TopicsParams,
    *,
    model_id: str,
    version: int = 1,
    begun: pl.DataFrame | None = None,
    names: NameSource | None = None,
) -> RegistryVersion | None:
    """Found a version of the registry on texts, and on the proactive ones alone, so that those are not swallowed.

    Parameters
    ----------
    texts : DataFrame
        Distinct texts: ``text_hash``, ``text``, ``vector``, ``terms``, ``pairs``; in any order.
    mentions : DataFrame
        ``text_hash``, ``contact_id``, ``proactive`` (bool): who said it, and whether we had asked.
    params : TopicsParams
        Parameters of the stage.
    model_id : str
        Model of the vectors.
    version : int
        Number of the version.
    begun : DataFrame, optional
        The row of ``registries`` where it is written already: its mean and formulas are taken, number and model are
        its own.
    names : NameSource, optional
        Cuts clauses out of texts, which topics are named by; without, by terms and pairs.

    Returns
    -------
    RegistryVersion or None
        None where the texts are too few, or too unlike one another, to make a topic of.
    """
    told = texts.filter(says_something(pl.col("terms"), pl.col("text"))).sort("text_hash")
    if told.height < params.growth.min_texts:
        return None
    registry = _registry(told, mentions, params, model_id, version) if begun is None else begun
    topics = _discovered(told, mentions, registry, LAKE_TABLES["topics"].empty(), params, names, first=True)
    if topics.is_empty():
        return None
    return RegistryVersion(registry, topics, judge(texts, topics, registry, params, tried=True))


def judge(
    texts: pl.DataFrame, topics: pl.DataFrame, registry: pl.DataFrame, params: TopicsParams, *, tried: bool
) -> pl.DataFrame:
    """Assign texts; those that say nothing (greetings, answers, formulas) get no topic.

    Parameters
    ----------
    texts : DataFrame
        Distinct texts: ``text_hash``, ``text``, ``vector``, ``terms``.
    topics, registry : DataFrame
        Topics and the version to assign under.
    params : TopicsParams
        Parameters of the stage.
    tried : bool
        Whether these texts have been in the pool of a discovery.

    Returns
    -------
    DataFrame
        Rows of ``assignments``.
    """
    formula = pl.col("text_hash").is_in(registry["formulas"].item().to_list())
    told = texts.select("text_hash", (says_something(pl.col("terms"), pl.col("text")) & ~formula).alias("told"))
    margin = _WHOLE_MEAN_MARGIN if _origin_of(registry) == "whole" else params.second_margin
    fits = assign(texts, topics, registry, second_margin=margin, block=params.block)
    return (
        fits.join(told, on="text_hash", validate="1:1", maintain_order="left")
        .with_columns(
            pl.when("told").then(pl.col("topic_id", "second_topic_id")),
            registry_version=pl.lit(registry["registry_version"].item()),
            tried=pl.col("told") & tried,
        )
        .pipe(LAKE_TABLES["assignments"].conform)
    )


def discovery_due(pool: pl.DataFrame, growth: GrowthParams) -> bool:
    """Tell whether enough texts without a topic have come together since the last discovery.

    Parameters
    ----------
    pool : DataFrame
        Texts without a topic that say something: ``tried``, ``proactive`` (bool).
    growth : GrowthParams
        How many are enough.
    """
    return _grown(pool, growth.min_texts, growth.growth) or _grown(
        pool.filter("proactive"), growth.min_texts_proactive, growth.growth
    )


def discover_in_pool(  # noqa: PLR0913 - what it needs
    pool: pl.DataFrame,
    mentions: pl.DataFrame,
    topics: pl.DataFrame,
    registry: pl.DataFrame,
    params: TopicsParams,
    *,
    names: NameSource | None = None,
) -> pl.DataFrame:
    """Find topics in the texts that have none, in all of them and in the proactive ones alone.

    Parameters
    ----------
    pool : DataFrame
        Texts without a topic that say something: ``text_hash``, ``vector``, ``terms``, ``pairs``.
    mentions : DataFrame
        ``text_hash``, ``contact_id``, ``proactive`` (bool).
    topics, registry : DataFrame
        Topics there are, and their version.
    params : TopicsParams
        Parameters of the stage.
    names : NameSource, optional
        Cuts clauses out of texts, which topics are named by; without, by terms and pairs.

    Returns
    -------
    DataFrame
        Rows of ``topics`` to add; those there are stay as they are.
    """
    return _discovered(pool.sort("text_hash"), mentions, registry, topics, params, names, first=False)


def _registry(
    told: pl.DataFrame, mentions: pl.DataFrame, params: TopicsParams, model_id: str, version: int
) -> pl.DataFrame:
    general = general_talk(model_id)
    mean = origin(told["vector"]) if general is None else general
    whole = whole_mean(mean) if general is None else mean_of(told["vector"])
    settings = {**json.loads(params.as_json()), "origin": "half" if general is None else "general"}
    return pl.DataFrame(
        {
            "registry_version": version,
            "model_id": model_id,
            "mean": [mean.tolist()],
            "formulas": [formulas(told, mentions, whole)],
            "params": json.dumps(settings, sort_keys=True),
            "state": "active",
        },
        schema_overrides={"formulas": pl.List(pl.String)},
    ).pipe(LAKE_TABLES["registries"].conform)


def _grown(pool: pl.DataFrame, least: int, growth: float) -> bool:
    tried = int(pool["tried"].sum())
    return pool.height - tried >= max(least, growth * tried)


def _discovered(  # noqa: PLR0913, PLR0917 - the same for both ways
    texts: pl.DataFrame,
    mentions: pl.DataFrame,
    registry: pl.DataFrame,
    topics: pl.DataFrame,
    params: TopicsParams,
    names: NameSource | None,
    *,
    first: bool,
) -> pl.DataFrame:
    attempt = digest("discovery", *texts["text_hash"])
    mean = np.asarray(registry["mean"].item(), dtype=np.float32)
    # A run stopped after writing what this very attempt found must find it again, not take it for known.
    theirs = pl.col("lineage").str.json_path_match("$.attempt").fill_null("") == attempt
    known = topics.filter(~theirs & (pl.col("registry_version") == registry["registry_version"].item()))
    # A dormant topic is no obstacle: what it was about may be found again.
    alive = known.filter(pl.col("status") == "active")
    whole = _middle(registry, alive, texts)
    talk = {*registry["formulas"].item(), *formulas(texts, mentions, whole)}
    texts = texts.filter(~pl.col("text_hash").is_in(sorted(talk)))
    here = mentions.join(texts.select("text_hash"), on="text_hash", how="semi")
    asked = texts.join(here.filter("proactive"), on="text_hash", how="semi")
    general = _origin_of(registry) == "general"
    found = discover(
        texts,
        mentions,
        mean,
        params.discovery,
        existing=None if first else alive,
        attempt=attempt,
        whole=whole,
        general=general,
    )
    if asked.height >= params.growth.min_texts_proactive:
        seen = pl.concat([each.select("topic_id", "centroid", "threshold") for each in (alive, found)])
        alone = discover(
            asked,
            mentions.filter("proactive"),
            mean,
            params.discovery,
            pool="proactive",
            existing=seen,
            attempt=attempt,
            whole=whole,
            general=general,
        )
        found = pl.concat([found, alone.filter(~pl.col("topic_id").is_in(found["topic_id"].to_list()))])
    members = found.select("topic_id", pl.col("members").alias("text_hash")).explode("text_hash", empty_as_null=True)
    labels = label_topics(
        weighted(members, mentions),
        texts,
        n_keywords=params.discovery.n_keywords,
        taken=known["label"].to_list(),
        names=names,
        naming=params.naming,
    )
    return (
        found.drop("members")
        .join(labels, on="topic_id", validate="1:1")
        .with_columns(registry_version=pl.lit(registry["registry_version"].item()))
        .sort("topic_id")
        .pipe(LAKE_TABLES["topics"].conform)
    )


def _middle(registry: pl.DataFrame, topics: pl.DataFrame, texts: pl.DataFrame) -> npt.NDArray[np.floating]:
    """Mean of the field's vectors, which clusters are held against; a version need not be founded on these texts."""
    mean = np.asarray(registry["mean"].item(), dtype=np.float32)
    match _origin_of(registry):
        case "general":
            return field_mean(mean, topics, texts["vector"])
        case "half":
            return whole_mean(mean)
        case _:
            return mean


def _origin_of(registry: pl.DataFrame) -> str:
    """Tell what is taken from vectors: the mean of ``general`` talk, ``half`` the texts' own mean, or the ``whole``.

    Earlier programs did not write it down: those that took half of the mean knew of sparse clusters, those before not,
    and in their space of the whole mean matters lie further apart.
    """
    settings = json.loads(registry["params"].item())
    return str(settings.get("origin", "half" if "sparse" in settings else "whole"))
