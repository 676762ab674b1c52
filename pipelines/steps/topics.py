"""Step: give every text that counts its topic; discover topics where enough texts have none."""

from __future__ import annotations

import polars as pl

from pipelines.steps.guided import guided_step
from pipelines.steps.layers import layers_step
from pipelines.steps.naming import TopicNaming
from pipelines.steps.wording import stored_wording
from voc_mining.accounts import Account
from voc_mining.store.conflicts import Overtaken, again_if_overtaken
from voc_mining.store.delta import DeltaStore
from voc_mining.text.wording import reworded
from voc_mining.topics.generic import says_something
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.registry import active_version, discover_in_pool, discovery_due, found_version, judge

_NAMING = ("label", "candidates")
_ASSIGNED = ("text_hash", "topic_id", "tried", "told")


@again_if_overtaken
def topics_step(
    lake: DeltaStore, params: TopicsParams | None = None, naming: TopicNaming | None = None
) -> list[Account]:
    """Assign the texts not yet assigned, discover in those without a topic if that is due, and assign these again.

    The first time, topics are found on all texts. What is written last makes what was written before count, so a
    run that is killed anywhere is simply repeated, with the same result. Of two runs at once the first to write
    a registry, or topics, wins; the other takes them and decides again.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    params : TopicsParams, optional
        Parameters of the stage.
    naming : TopicNaming, optional
        What names topics; without, terms and pairs do.

    Returns
    -------
    list of Account
        One account, over distinct texts; one over new topics where a language model was asked for their names.

    Raises
    ------
    EngineTrouble
        If the store fails.
    """
    settings, namer = params or TopicsParams(), naming or TopicNaming()
    counted = read_counted(lake)
    registries = lake.read("registries")
    registry = active_version(registries)
    before = assigned = read_assigned(lake, registry, counted)
    if before.is_empty() and not _is_founded(lake, registry):
        registry = _found(lake, registries, counted, settings, namer)
        assigned = read_assigned(lake, registry, counted)
    if registry.is_empty():
        return [Account("topics", counted.height, dropped=_filled(too_few=counted.height)).verify()]
    pending = counted.join(assigned, on="text_hash", how="anti")
    if assign_new(lake, registry, pending, settings):
        assigned = read_assigned(lake, registry, counted)
    if _discover(lake, registry, assigned, settings, namer):
        assigned = read_assigned(lake, registry, counted)
    layers_step(lake, registry["registry_version"].item())
    guided_step(lake)
    return [_account(counted, before, assigned).verify(), *namer.accounts()]


def read_counted(lake: DeltaStore) -> pl.DataFrame:
    """Texts of statements that count, each once."""
    return lake.scan("voc").filter("counts").select(pl.col("text_hash").unique()).collect()


def read_mentions(lake: DeltaStore, texts: pl.DataFrame | None = None) -> pl.DataFrame:
    """Who said which text, and whether we had asked; a contact not decided yet counts as unknown.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    texts : DataFrame or None
        ``text_hash`` of the texts that are asked about; None takes all.
    """
    said = lake.scan("voc").filter("counts").select("text_hash", "contact_id")
    if texts is not None:
        said = said.join(texts.lazy().select("text_hash"), on="text_hash", how="semi")
    said = said.unique()
    origins = lake.scan("segments").select("contact_id", "origin")
    return (
        said.join(origins, on="contact_id", how="left", validate="m:1")
        .select("text_hash", "contact_id", (pl.col("origin") == "proactive").fill_null(value=False).alias("proactive"))
        .collect()
    )


def _is_founded(lake: DeltaStore, registry: pl.DataFrame) -> bool:
    """Whether the version's first assignments, the last that a founding writes, are there."""
    mine = lake.scan("assignments").join(registry.lazy().select("registry_version"), on="registry_version", how="semi")
    return bool(registry.height and mine.head(1).collect().height)


def _found(
    lake: DeltaStore,
    registries: pl.DataFrame,
    counted: pl.DataFrame,
    params: TopicsParams,
    naming: TopicNaming,
) -> pl.DataFrame:
    """Found the first version, or finish one whose row in ``registries`` is there already."""
    begun = active_version(registries)
    if begun.is_empty():
        model_id = params.model_id or _usual_model(lake, counted)
        version = int(registries.select(pl.col("registry_version").max()).item() or 0) + 1
    else:
        model_id, version = begun.select("model_id", "registry_version").row(0)
    if model_id is None:
        return begun
    texts = read_texts(lake, model_id, counted)
    founded = found_version(
        texts,
        read_mentions(lake),
        params,
        model_id=model_id,
        version=version,
        begun=None if begun.is_empty() else begun,
        names=naming.source(model_id),
    )
    if founded is None:
        return begun
    mine = pl.col("registry_version") == version
    if begun.is_empty() and not lake.append_new("registries", founded.registry):
        raise Overtaken(f"version {version} of the topics was founded by another run")
    (seen,) = lake.seen("topics")
    there = lake.scan("topics").filter(mine).sort("topic_id").collect()
    if there.is_empty():
        topics = naming.asked(lake, founded.topics, texts, set())
        lake.replace("topics", topics, scope=topics.select("registry_version", "topic_id"), seen=seen)
    elif not there.drop(_NAMING).equals(founded.topics.drop(_NAMING)):  # another run's, on other texts
        return founded.registry
    lake.append_new("assignments", founded.assignments)
    return founded.registry


def unassigned(lake: DeltaStore, registry: pl.DataFrame) -> pl.DataFrame:
    """Texts of statements that count without a row under a version."""
    counted = read_counted(lake)
    return counted.join(read_assigned(lake, registry, counted), on="text_hash", how="anti")


def assign_new(lake: DeltaStore, registry: pl.DataFrame, pending: pl.DataFrame, params: TopicsParams) -> bool:
    """Assign texts that have no row under a version yet, so far as they have a vector; tell whether some had."""
    if pending.is_empty():
        return False
    texts = read_texts(lake, registry["model_id"].item(), pending)
    if texts.is_empty():
        return False
    lake.append_new("assignments", judge(texts, lake.read("topics"), registry, params, tried=False))
    return True


def _discover(
    lake: DeltaStore,
    registry: pl.DataFrame,
    assigned: pl.DataFrame,
    params: TopicsParams,
    naming: TopicNaming,
) -> bool:
    """Discover topics in the texts that have none, if that is due; tell whether it was."""
    (seen,) = lake.seen("topics")
    without = assigned.filter(pl.col("topic_id").is_null())
    # What said something when it was assigned; an older version kept null. Words are read where these are enough.
    likely = without.filter(pl.col("tried") | pl.col("told").fill_null(value=True)).select("text_hash", "tried")
    least = min(params.growth.min_texts, params.growth.min_texts_proactive)
    if likely.height - likely["tried"].sum() < least or not discovery_due(_with_asked(lake, likely), params.growth):
        return False
    pool = _with_asked(lake, _pool(lake, registry, without))
    if not discovery_due(pool, params.growth):
        return False
    texts = read_texts(lake, registry["model_id"].item(), pool.select("text_hash"))
    topics = lake.read("topics")
    found = discover_in_pool(
        texts, read_mentions(lake), topics, registry, params, names=naming.source(registry["model_id"].item())
    )
    found = naming.asked(lake, found, texts, set(topics["label"]))
    # What was left dormant by a refit and is founded on the very same texts again has the same id.
    lake.replace("topics", found, scope=found.select("registry_version", "topic_id"), seen=seen)
    _judge_again(lake, texts, registry, params)
    return True


def _with_asked(lake: DeltaStore, pool: pl.DataFrame) -> pl.DataFrame:
    """Add whether a text was said by somebody whom we had asked."""
    asked = read_mentions(lake, pool).filter("proactive").select("text_hash").unique()
    return pool.join(
        asked.with_columns(proactive=pl.lit(value=True)), on="text_hash", how="left", validate="1:1"
    ).with_columns(pl.col("proactive").fill_null(value=False))


def _pool(lake: DeltaStore, registry: pl.DataFrame, without: pl.DataFrame) -> pl.DataFrame:
    """Texts without a topic that say something: those tried before did, of the others the words are read."""
    formulas = registry["formulas"].item().to_list()
    told = (
        _words(lake, without.filter(~pl.col("tried")))
        .filter(says_something(pl.col("terms"), pl.col("text")) & ~pl.col("text_hash").is_in(formulas))
        .select("text_hash")
    )
    return pl.concat(
        [without.filter("tried").select("text_hash", "tried"), told.with_columns(tried=pl.lit(value=False))]
    )


def _judge_again(lake: DeltaStore, texts: pl.DataFrame, registry: pl.DataFrame, params: TopicsParams) -> None:
    seen = lake.seen("topics")
    again = judge(texts, lake.read("topics"), registry, params, tried=True)
    # This commit is also the record that the pool has been tried.
    lake.replace("assignments", again, scope=again.select("text_hash", "registry_version"))
    if lake.seen("topics") != seen:
        _judge_again(lake, texts, registry, params)


def _usual_model(lake: DeltaStore, counted: pl.DataFrame) -> str | None:
    """Model with the most vectors of these texts; of equals the first by name."""
    per_model = lake.scan("vectors").join(counted.lazy(), on="text_hash", how="semi").group_by("model_id").len()
    ranked = per_model.sort("len", "model_id", descending=[True, False]).collect()
    return None if ranked.is_empty() else str(ranked["model_id"][0])


def read_assigned(lake: DeltaStore, registry: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """Read the assignments of texts under a version; none where there is no version."""
    if registry.is_empty():
        return lake.tables["assignments"].empty().select(_ASSIGNED)
    mine = pl.col("registry_version") == registry["registry_version"].item()
    here = lake.scan("assignments").filter(mine).select(_ASSIGNED)
    return here.join(counted.lazy(), on="text_hash", how="semi").collect()


def _words(lake: DeltaStore, wanted: pl.DataFrame, *more: str) -> pl.DataFrame:
    """Words and terms of texts, and other columns that all statements of a text have in common."""
    found = (
        lake.scan_matching("voc", wanted.select("text_hash"))
        .select("text_hash", "voc_id", "text", "terms", *more)
        .sort("text_hash", "voc_id")
        .unique("text_hash", keep="first", maintain_order=True)
        .drop("voc_id")
        .collect()
    )
    return reworded(found, stored_wording(lake))


def read_texts(lake: DeltaStore, model_id: str, wanted: pl.DataFrame) -> pl.DataFrame:
    """Read the texts that have a vector of the model, with terms and pairs, by text_hash."""
    vectors = (
        lake.scan("vectors")
        .filter(pl.col("model_id") == model_id)
        # A filter is applied while a file is read: of the other texts the vectors are not.
        .filter(pl.col("text_hash").is_in(wanted["text_hash"].implode()))
        .select("text_hash", "vector")
        .collect()
    )
    return vectors.join(_words(lake, vectors, "pairs", "plain_text"), on="text_hash", validate="1:1").sort("text_hash")


def _account(counted: pl.DataFrame, before: pl.DataFrame, assigned: pl.DataFrame) -> Account:
    after = counted.join(assigned, on="text_hash", how="left", validate="1:1")
    compared = after.join(
        before.select("text_hash", pl.col("topic_id").alias("topic_before"), pl.lit(value=True).alias("was_there")),
        on="text_hash",
        how="left",
        validate="1:1",
    )
    same = pl.col("was_there").fill_null(value=False) & pl.col("topic_id").eq_missing(pl.col("topic_before"))
    fate = (
        pl.when(same)
        .then(pl.lit("unchanged"))
        .when(pl.col("topic_id").is_not_null())
        .then(pl.lit("produced"))
        .when(pl.col("tried").is_null())
        .then(pl.lit("no_vector"))
        .otherwise(pl.lit("no_topic"))
    )
    counts = dict(compared.group_by(fate.alias("fate")).len().iter_rows())
    return Account(
        "topics",
        counted.height,
        produced=counts.get("produced", 0),
        unchanged=counts.get("unchanged", 0),
        dropped=_filled(no_topic=counts.get("no_topic", 0), no_vector=counts.get("no_vector", 0)),
    )


def _filled(**dropped: int) -> dict[str, int]:
    return {reason: count for reason, count in dropped.items() if count}
