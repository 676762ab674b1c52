"""Steps of a refit: fit a candidate, put it in force, go back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.steps.layers import layers_step
from pipelines.steps.naming import TopicNaming
from pipelines.steps.topics import assign_new, read_mentions, read_texts, unassigned
from voc_mining.errors import UserError
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.quality import quality_sheet
from voc_mining.topics.refit import RefitParams, refit
from voc_mining.topics.registry import RegistryVersion, active_version
from voc_mining.topics.replay import resolve

_UNKNOWN = "unknown"


def refit_step(lake: DeltaStore, params: RefitParams | None = None, naming: TopicNaming | None = None) -> int:
    """Fit a candidate on all texts, with its assignments and its quality sheet; return its version.

    There is one candidate at a time: a newer one takes its place. The same texts give the same candidate, and then
    nothing is written. The row in ``registries`` comes last; until it is there, a repeat does the same again.

    Raises
    ------
    UserError
        If there are no topics yet, or too few texts to find any.
    EngineTrouble
        If the store fails.
    """
    registries, active = _in_force(lake)
    settings, namer = params or RefitParams(), naming or TopicNaming()
    mentions = read_mentions(lake)
    counted = mentions.select("text_hash").unique()
    model_ids = active["model_id"].item(), _model_id(lake, counted, active, settings.topics.model_id)
    assign_new(lake, active, unassigned(lake, active), settings.topics)
    before = _read_version(lake, active)
    vectors = tuple(read_texts(lake, model_id, counted) for model_id in dict.fromkeys(model_ids))
    edits = lake.read("topic_edits")
    edited = {*edits["topic_id"], *edits["payload"].str.json_path_match("$.into").drop_nulls()}
    names = edits["payload"].str.json_path_match("$.label").drop_nulls()
    version = _candidate_number(registries)
    after = refit(
        vectors[-1],
        mentions,
        before,
        settings,
        model_id=model_ids[1],
        version=version,
        named=edited & _ever(lake),
        taken=set(names),
        pinned=set(resolve(before.topics, edits).topics.filter("pinned")["topic_id"]),
        names=namer.source(model_ids[1]),
    )
    if after is None:
        raise UserError("refit.too_few")
    new = after.topics.filter(~pl.col("topic_id").is_in(before.topics["topic_id"].implode()))
    kept = after.topics.join(new, on="topic_id", how="anti")
    new = namer.asked(lake, new, vectors[-1], {*kept["label"], *names})
    after = replace(after, topics=pl.concat([kept, new]).sort("topic_id"))
    sheet = quality_sheet(
        before,
        after,
        vectors=(vectors[0], vectors[-1]),
        statements=_statements(lake),
        effective=(resolve(before.topics, edits).topics, resolve(after.topics, edits).topics),
    )
    _write(lake, after, base=active["registry_version"].item(), sheet=sheet)
    return version


def promote_step(lake: DeltaStore, version: int, params: TopicsParams | None = None) -> None:
    """Put a candidate, or a version that was left, in force; the one in force retires.

    Texts that came since the fit are assigned first, so no statement is without an assignment at any time.

    Raises
    ------
    UserError
        If there are no topics yet, no such version, it is in force already, or the version it was fitted beside is not in force or
        has got topics since: their ids would be lost.
    EngineTrouble
        If the store fails.
    """
    registries, active = _in_force(lake)
    if active["registry_version"].item() == version:
        raise UserError("refit.in_force", version=version)
    chosen = registries.filter(pl.col("registry_version") == version)
    base = _base_of(lake, version)
    if chosen.is_empty() or base is None:
        raise UserError("refit.no_version", version=version)
    if base != active["registry_version"].item() or _grown(lake, active, chosen) or not _whole(lake, chosen):
        raise UserError("refit.outdated", version=version)
    _change(lake, active, chosen, params or TopicsParams())


def rollback_step(lake: DeltaStore, params: TopicsParams | None = None) -> int:
    """Go back to the version that was in force before the last promotion; return its number.

    Raises
    ------
    UserError
        If there are no topics yet, or the version in force was not made by a refit.
    EngineTrouble
        If the store fails.
    """
    registries, active = _in_force(lake)
    version = int(active["registry_version"].item())
    base = _base_of(lake, version)
    if base is None:
        raise UserError("refit.no_base", version=version)
    _change(lake, active, registries.filter(pl.col("registry_version") == base), params or TopicsParams())
    return base


def read_candidates(lake: DeltaStore) -> list[dict[str, Any]]:
    """List the versions of the registry, the newest first: number, state, base and quality sheet, if any."""
    versions = lake.read("registries", ("registry_version", "state"))
    listed = versions.join(lake.read("refits"), on="registry_version", how="left", validate="1:1")
    rows = listed.sort("registry_version", descending=True).to_dicts()
    return [row | {"quality": json.loads(row["quality"]) if row["quality"] else None} for row in rows]


def _in_force(lake: DeltaStore) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the versions of the registry, and the one in force."""
    registries = lake.read("registries")
    active = active_version(registries)
    if active.is_empty():
        raise UserError("refit.no_registry")
    return registries, active


def _base_of(lake: DeltaStore, version: int) -> int | None:
    """Version that a refit was fitted beside; None where the version is not of a refit."""
    refits = lake.read("refits").filter(pl.col("registry_version") == version)
    return None if refits.is_empty() else int(refits["base_version"].item())


def _candidate_number(registries: pl.DataFrame) -> int:
    """Return the number of the candidate there is, else the next."""
    candidates = registries.filter(pl.col("state") == "candidate")["registry_version"]
    numbers = candidates if len(candidates) else registries["registry_version"] + 1
    return int(max(numbers))


def _model_id(lake: DeltaStore, counted: pl.DataFrame, active: pl.DataFrame, wanted: str | None) -> str:
    """Model to refit with: the wanted one once it has embedded as many texts as the one in force, else that."""
    current = str(active["model_id"].item())
    here = lake.scan("vectors").join(counted.lazy(), on="text_hash", how="semi")
    embedded = dict(here.group_by("model_id").len().collect().iter_rows())
    return wanted if wanted is not None and embedded.get(wanted, 0) >= embedded.get(current, 0) else current


def _read_version(lake: DeltaStore, registry: pl.DataFrame) -> RegistryVersion:
    mine = pl.col("registry_version") == registry["registry_version"].item()
    return RegistryVersion(registry, *(lake.scan(name).filter(mine).collect() for name in ("topics", "assignments")))


def _ever(lake: DeltaStore) -> set[str]:
    """Ids of all topics of any version."""
    return set(lake.read("topics", ("topic_id",))["topic_id"])


def _statements(lake: DeltaStore) -> pl.DataFrame:
    """Count the statements of each text by origin."""
    said = lake.scan("voc").filter("counts").select("text_hash", "contact_id")
    origins = lake.scan("segments").select("contact_id", "origin")
    return (
        said.join(origins, on="contact_id", how="left", validate="m:1")
        .group_by("text_hash", pl.col("origin").fill_null(_UNKNOWN))
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .collect()
    )


def _write(lake: DeltaStore, version: RegistryVersion, *, base: int, sheet: dict[str, Any]) -> None:
    scope = version.registry.select("registry_version")
    about = scope.with_columns(
        base_version=pl.lit(base), quality=pl.lit(json.dumps(sheet, ensure_ascii=False, sort_keys=True))
    )
    lake.replace("topics", version.topics, scope=scope)
    lake.replace("assignments", version.assignments, scope=scope)
    layers_step(lake, version.registry["registry_version"].item(), anew=True)
    lake.replace("refits", about, scope=scope)
    lake.replace("registries", version.registry, scope=scope)


def _grown(lake: DeltaStore, active: pl.DataFrame, chosen: pl.DataFrame) -> bool:
    """Whether topics were found under the version in force that the other does not know."""
    topics = lake.scan("topics").filter(pl.col("status") == "active").select("registry_version", "topic_id")
    known = lake.scan("topics").join(chosen.lazy().select("registry_version"), on="registry_version", how="semi")
    mine = topics.join(active.lazy().select("registry_version"), on="registry_version", how="semi")
    return bool(mine.join(known, on="topic_id", how="anti").select(pl.len()).collect().item())


def _whole(lake: DeltaStore, chosen: pl.DataFrame) -> bool:
    """Whether a version's assignments speak of its own topics only: two refits at once could have mixed theirs."""
    mine = pl.col("registry_version") == chosen["registry_version"].item()
    assigned = lake.scan("assignments").filter(mine & pl.col("topic_id").is_not_null()).select("topic_id").unique()
    known = lake.scan("topics").filter(mine).select("topic_id")
    return bool(assigned.join(known, on="topic_id", how="anti").collect().is_empty())


def _change(lake: DeltaStore, active: pl.DataFrame, chosen: pl.DataFrame, params: TopicsParams) -> None:
    assign_new(lake, chosen, unassigned(lake, chosen), params)
    both = pl.concat([active.with_columns(state=pl.lit("retired")), chosen.with_columns(state=pl.lit("active"))])
    # One commit: at any time exactly one version is in force.
    lake.replace("registries", both, scope=both.select("registry_version"))
