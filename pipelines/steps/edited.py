"""The topics as readers see them: those of the version in force with the analysts' edits applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.steps.guided import read_space, with_guided
from pipelines.steps.guides import stored_guides
from pipelines.steps.wording import text_words
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.generic import telling
from voc_mining.topics.guided import GUIDED, Guide, listed
from voc_mining.topics.labels import keyness
from voc_mining.topics.layers import with_layers
from voc_mining.topics.placement import placed, reattached, texts_needed
from voc_mining.topics.registry import active_version
from voc_mining.topics.replay import Resolution, Split, resolve
from voc_mining.topics.twins import nearest_topics

TOPIC_COLUMNS = ("topic_id", "label", "keywords", "exemplars", "parent_id", "layer", "status")
_KEYWORDS, _MEMBERS, _OTHERS = 10, 500, 5_000
_PLACE = ("text_hash", "contact_id", "start_s", "end_s")


@dataclass(frozen=True, slots=True)
class EditedTopics:
    """Topics with edits applied.

    Attributes
    ----------
    topics : DataFrame
        ``topic_id`` (unique), ``label``, ``keywords``, ``exemplars``, ``parent_id``, ``layer``, ``status``, and the groups of
        the coarser layers (``middle_id``, ``middle_label``, ``coarse_id``, ``coarse_label``): those that stand for themselves. One that is part of another has no row; headings have one, a layer above what is under them.
    assigned : DataFrame
        ``text_hash`` (unique), ``topic_id``, ``strength``, ``by``, of all texts that were assigned.
    resolution : Resolution
        What the edits came to.
    vanished : frozenset of str
        Edits whose statements are no longer there.
    seconds : DataFrame
        ``text_hash``, ``second_topic_id``: of the texts that fit two topics nearly as well.
    nearest : DataFrame
        Of :func:`voc_mining.topics.twins.nearest_topics`.
    """

    topics: pl.DataFrame
    assigned: pl.DataFrame
    resolution: Resolution
    vanished: frozenset[str]
    seconds: pl.DataFrame
    nearest: pl.DataFrame


def edited_topics(lake: DeltaStore) -> EditedTopics:
    """Read the topics and assignments of the version in force, take in the guided ones, and apply the edits."""
    version = active_version(lake.read("registries"))
    in_force = _in_force(version)
    registry = _registry(lake, version)
    guides = stored_guides(lake) if version.height else ()
    topics = with_guides(registry, guides)
    columns = ("text_hash", "topic_id", "strength", "second_topic_id", "told")
    stored = lake.scan("assignments").filter(in_force).select(columns).collect()
    assignments = with_guided(lake, version, guides, stored)
    state, vanished = _reattached(lake, resolve(topics, lake.read("topic_edits")))
    exemplars = dict(topics.select("topic_id", "exemplars").iter_rows())
    assigned = placed(
        assignments, state, exemplars, read_space(lake, version, texts_needed(assignments, state, exemplars))
    )
    roots = state.roots()
    second = pl.col("second_topic_id").replace_strict(roots, default=None, return_dtype=pl.String)
    found = lake.scan("topics").filter(in_force & (pl.col("status") == "active")).select("topic_id", "centroid")
    beside = stored.join(assignments.filter(pl.col("by") == GUIDED), on="text_hash", how="anti")
    return EditedTopics(
        with_layers(
            _topics(topics, state, assigned), lake.scan("topic_layers").filter(in_force).collect(), _made_of(state)
        ),
        assigned,
        state,
        vanished,
        beside.drop_nulls("second_topic_id").select("text_hash", second),
        nearest_topics(found.collect(), roots),
    )


def with_keywords(lake: DeltaStore, topics: pl.DataFrame, assigned: pl.DataFrame) -> pl.DataFrame:
    """Give guided topics the terms that tell them from the others, by a sample that depends on nothing else.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    topics, assigned : DataFrame
        Of :class:`EditedTopics`.
    """
    mine = assigned.filter(pl.col("by") == GUIDED).select("topic_id", "text_hash").sort("topic_id", "text_hash")
    if mine.is_empty():
        return topics
    members = mine.group_by("topic_id", maintain_order=True).head(_MEMBERS)
    others = assigned.drop_nulls("topic_id").select("text_hash").sort("text_hash").head(_OTHERS)
    words = text_words(lake, pl.concat([members.select("text_hash"), others]).unique())
    told = words.with_columns(telling(pl.col("terms")))
    best = keyness(members, told, "terms").group_by("topic_id", maintain_order=True).head(_KEYWORDS)
    found = best.group_by("topic_id").agg(pl.col("entry").alias("found"))
    filled = topics.join(found, on="topic_id", how="left", validate="1:1", maintain_order="left")
    return filled.with_columns(pl.coalesce("found", "keywords").alias("keywords")).drop("found")


def registered_topics(lake: DeltaStore) -> pl.DataFrame:
    """Read the topics that edits are resolved over: those of the version in force, as they were found, and the guided ones.

    Returns
    -------
    DataFrame
        ``TOPIC_COLUMNS``, ``made_by``.
    """
    version = active_version(lake.read("registries"))
    return with_guides(_registry(lake, version), stored_guides(lake) if version.height else ())


def topics_in_force(lake: DeltaStore) -> pl.LazyFrame:
    """Rows of ``topics`` of the version in force, as they were found."""
    return lake.scan("topics").filter(_in_force(active_version(lake.read("registries"))))


def with_guides(registry: pl.DataFrame, guides: Sequence[Guide]) -> pl.DataFrame:
    """Put guided topics and their headings beside those of a registry; ``made_by`` tells which is which."""
    found = registry.with_columns(pl.lit("discovery").alias("made_by"))
    return pl.concat([found, listed(guides).with_columns(pl.lit(0, pl.Int32).alias("layer"))], how="diagonal")


def _in_force(version: pl.DataFrame) -> pl.Expr:
    return pl.col("registry_version") == pl.lit(version["registry_version"].max(), pl.Int64)


def _registry(lake: DeltaStore, version: pl.DataFrame) -> pl.DataFrame:
    return lake.scan("topics").filter(_in_force(version)).select(TOPIC_COLUMNS).collect()


def _reattached(lake: DeltaStore, state: Resolution) -> tuple[Resolution, frozenset[str]]:
    """Find the statements that placements speak of among those there are."""
    if not state.placements:
        return state, frozenset()
    places = [
        place for made in state.placements for place in (made.examples if isinstance(made, Split) else (made.place,))
    ]
    contacts = pl.DataFrame({"contact_id": [place.contact_id for place in places]}).unique()
    texts = pl.DataFrame({"text_hash": [place.text_hash for place in places]}).unique()
    counted = lake.scan("voc").filter("counts").select(_PLACE)
    here = counted.join(contacts.lazy(), on="contact_id", how="semi")
    same = counted.join(texts.lazy(), on="text_hash", how="semi")
    return reattached(state, pl.concat([here, same]).unique().collect())


def _topics(registry: pl.DataFrame, state: Resolution, assigned: pl.DataFrame) -> pl.DataFrame:
    """Rows of the topics that stand for themselves."""
    resolved = state.topics.filter(pl.col("topic_id") == pl.col("effective_topic_id"))
    own = registry.filter(pl.col("made_by") != "group").select("topic_id", "keywords", "exemplars", "layer")
    splits = [made for made in state.placements if isinstance(made, Split)]
    made = pl.DataFrame(
        [(split.topic_id, list(split.keywords), [place.text_hash for place in split.examples], 0) for split in splits],
        schema=own.schema,
        orient="row",
    )
    described = resolved.join(pl.concat([own, made]), on="topic_id", how="left", validate="1:1").with_columns(
        pl.col("keywords", "exemplars").fill_null(pl.lit([], pl.List(pl.String)))
    )
    with_texts = assigned["topic_id"].drop_nulls().unique()
    lives = pl.col("topic_id").is_in(with_texts.implode())
    # What a refit left without texts, or a hand, is kept for the edits that speak of it, not for readers.
    kept = described.filter(
        lives | pl.col("made_by").is_in(["discovery", GUIDED, "group"]) & (pl.col("status") != "dormant")
    )
    return _with_heights(kept).select(TOPIC_COLUMNS).cast(registry.select(TOPIC_COLUMNS).schema).sort("topic_id")


def _made_of(state: Resolution) -> dict[str, str]:
    """Topic that each split was made of, as it is now."""
    return {made.topic_id: made.sources[0] for made in state.placements if isinstance(made, Split)}


def _with_heights(topics: pl.DataFrame) -> pl.DataFrame:
    """Give headings the layer above the highest topic under them."""
    layers: dict[str, int] = dict(topics.select("topic_id", pl.col("layer").fill_null(0)).iter_rows())
    parents = dict(topics.drop_nulls("parent_id").select("topic_id", "parent_id").iter_rows())
    for topic in sorted(parents):
        while topic in parents and layers.get(parents[topic], 0) <= layers[topic] and parents[topic] in layers:
            layers[parents[topic]] = layers[topic] + 1
            topic = parents[topic]  # noqa: PLW2901 - up the tree
    return topics.with_columns(pl.col("topic_id").replace_strict(layers, return_dtype=pl.Int32).alias("layer"))
