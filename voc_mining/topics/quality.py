"""The quality sheet of a refit: what would change, and whether a policy lets it in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from voc_mining.topics.lineage import CONTINUED, DORMANT, MERGED, NEW, PINNED, SPLIT
from voc_mining.topics.registry import RegistryVersion
from voc_mining.topics.space import centred, matrix, unit
from voc_mining.topics.stability import stability

_BLOCK = 65_536
_NEW_TO_OLD = {CONTINUED: "continued", PINNED: "pinned", NEW: "new", SPLIT: "split_off"}
_EVENTS = (NEW, SPLIT, CONTINUED, PINNED, MERGED, DORMANT)
_OLD_TO_NEW = {SPLIT: "split", MERGED: "merged", DORMANT: "dormant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionPolicy:
    """When a refit may be put in force without anyone looking.

    Parameters
    ----------
    max_changed_share : float
        Most texts that may lose their topic or go to another, of those that had one.
    min_matched_share : float
        Least topics that must be continued, of those in force.
    max_more_without_topic : float
        How much the share of statements without a topic may rise, in any origin.
    min_statements : int
        Statements from which an origin is looked at.
    max_separation_loss : float
        How much the separation may fall, as a share of what it was.
    """

    max_changed_share: float = 0.15
    min_matched_share: float = 0.80
    max_more_without_topic: float = 0.03
    min_statements: int = 100
    max_separation_loss: float = 0.10


def quality_sheet(
    before: RegistryVersion,
    after: RegistryVersion,
    *,
    vectors: tuple[pl.DataFrame, pl.DataFrame],
    statements: pl.DataFrame,
    effective: tuple[pl.DataFrame, pl.DataFrame],
) -> dict[str, Any]:
    """Compare a refit with the version in force.

    Parameters
    ----------
    before, after : RegistryVersion
        The version in force and the refit; both with an assignment for every text.
    vectors : tuple of DataFrame
        ``text_hash`` (unique), ``vector``: of the model of the version in force, and of that of the refit.
    statements : DataFrame
        ``text_hash``, ``origin``, ``n``: statements that count.
    effective : tuple of DataFrame
        ``topic_id``, ``effective_topic_id`` before and after: with the analysts' edits, two topics that they made one
        are one here, too.

    Returns
    -------
    dict
        Plain values: ``topics`` (what became of them), ``changes`` (each topic that is not simply continued, with
        the names of those it comes from or went into), ``texts`` (what would change), ``without_topic`` by origin,
        ``sizes`` in statements, ``separation`` (mean amount by which a text is nearer to its topic than to the next,
        cosine) and ``stability`` (under the bootstrap), each before and after. Shares are None where their denominator is 0.
    """
    moved = _moved(before, after, effective)
    active = before.topics.filter(pl.col("status") == "active")
    return {
        "topics": _topics(active, after.topics),
        "changes": _changes(after.topics, dict(zip(active["topic_id"], active["label"], strict=True))),
        "texts": _texts(moved),
        "without_topic": _without_topic(moved, statements),
        "sizes": {when: _sizes(moved, statements, when) for when in ("before", "after")},
        "separation": {"before": separation(vectors[0], before), "after": separation(vectors[1], after)},
        "stability": {"before": stability(vectors[0], before), "after": stability(vectors[1], after)},
    }


def objections(sheet: Mapping[str, Any], policy: PromotionPolicy) -> list[str]:
    """Name what a policy has against a refit; nothing if it may come in force.

    Returns
    -------
    list of str
        ``nothing_new``, ``changed_share``, ``matched_share``, ``without_topic.<origin>``, ``separation``.
    """
    topics, texts, apart = sheet["topics"], sheet["texts"], sheet["separation"]
    found = []
    if not texts["moved"] + texts["lost"] + texts["gained"]:
        found.append("nothing_new")
    if (texts["changed_share"] or 0.0) > policy.max_changed_share:
        found.append("changed_share")
    if (1.0 if topics["matched_share"] is None else topics["matched_share"]) < policy.min_matched_share:
        found.append("matched_share")
    for origin, counts in sheet["without_topic"].items():
        risen = counts["share_after"] - counts["share_before"]
        if counts["statements"] >= policy.min_statements and risen > policy.max_more_without_topic:
            found.append(f"without_topic.{origin}")
    known = apart["before"] is not None and apart["after"] is not None
    if known and apart["after"] < (1.0 - policy.max_separation_loss) * apart["before"]:
        found.append("separation")
    return found


def separation(vectors: pl.DataFrame, version: RegistryVersion) -> float | None:
    """Mean amount by which a text with a topic is nearer to the mean of its topic's texts than to the next, cosine.

    Measured in one space, whatever space a version is in: vectors less the mean of all. None where fewer than two topics have
    texts.
    """
    placed = vectors.join(version.assignments.select("text_hash", "topic_id").drop_nulls(), on="text_hash").sort(
        "text_hash"
    )
    names, own = np.unique(placed["topic_id"].to_numpy(), return_inverse=True)
    if len(names) < 2:
        return None
    mean = sum(matrix(part["vector"]).sum(axis=0, dtype=np.float64) for part in vectors.iter_slices(_BLOCK))
    mean = mean / vectors.height
    placed = placed.select("vector", pl.Series("own", own))
    sums = np.zeros((len(names), len(mean)))
    for part in placed.iter_slices(_BLOCK):
        np.add.at(sums, part["own"].to_numpy(), centred(matrix(part["vector"]), mean))
    centroids = unit(sums)
    total = 0.0
    for part in placed.iter_slices(_BLOCK):
        fits = centred(matrix(part["vector"]), mean) @ centroids.T
        rows, mine = np.arange(part.height), part["own"].to_numpy()
        nearest = fits[rows, mine]
        fits[rows, mine] = -np.inf
        total += float((nearest - fits.max(axis=1)).sum())
    return round(total / placed.height, 4)


def _moved(
    before: RegistryVersion, after: RegistryVersion, effective: tuple[pl.DataFrame, pl.DataFrame]
) -> pl.DataFrame:
    """Topic of each text before and after, with the edits applied."""
    sides = [
        version.assignments.join(edited, on="topic_id", how="left", validate="m:1").select(
            "text_hash", pl.col("effective_topic_id").alias(name)
        )
        for name, version, edited in zip(("before", "after"), (before, after), effective, strict=True)
    ]
    return sides[1].join(sides[0], on="text_hash", how="left", validate="1:1")


def _topics(active: pl.DataFrame, refitted: pl.DataFrame) -> dict[str, Any]:
    event = refitted.with_columns(event=pl.col("lineage").str.json_path_match("$.event"))
    living = dict(event.filter(pl.col("status") == "active").group_by("event").len().iter_rows())
    gone = event.filter((pl.col("status") == "dormant") & pl.col("topic_id").is_in(active["topic_id"].to_list()))
    left = dict(gone.group_by("event").len().iter_rows())
    continued = event.filter((pl.col("status") == "active") & pl.col("topic_id").is_in(active["topic_id"].to_list()))
    return {
        "before": active.height,
        "after": sum(living.values()),
        **{name: living.get(code, 0) for code, name in _NEW_TO_OLD.items()},
        **{name: left.get(code, 0) for code, name in _OLD_TO_NEW.items()},
        "matched_share": _share(continued.height, active.height),
    }


def _changes(refitted: pl.DataFrame, before: Mapping[str, str]) -> list[dict[str, Any]]:
    """List the topics that are new, absorbed others, or are gone."""
    names = {**before, **dict(refitted.select("topic_id", "label").iter_rows())}
    changes = []
    for topic_id, label, lineage in refitted.select("topic_id", "label", "lineage").sort("topic_id").iter_rows():
        told = json.loads(lineage)
        others = told.get("absorbed") if told["event"] == CONTINUED else [*told.get("from", []), *told.get("into", [])]
        if told["event"] == CONTINUED and not others:
            continue
        related = [{"topic_id": other, "label": names.get(other, "")} for other in others]
        changes.append({"topic_id": topic_id, "label": label, "event": told["event"], "related": related})
    return sorted(changes, key=lambda change: (_EVENTS.index(change["event"]), change["label"], change["topic_id"]))


def _texts(moved: pl.DataFrame) -> dict[str, Any]:
    had, has = pl.col("before").is_not_null(), pl.col("after").is_not_null()
    counts = moved.select(
        had=had.sum(),
        same=(had & has & (pl.col("before") == pl.col("after"))).sum(),
        moved=(had & has & (pl.col("before") != pl.col("after"))).sum(),
        lost=(had & ~has).sum(),
        gained=(~had & has).sum(),
    ).row(0, named=True)
    changed = counts["moved"] + counts["lost"]
    return {"all": moved.height, **counts, "changed_share": _share(changed, counts["had"])}


def _without_topic(moved: pl.DataFrame, statements: pl.DataFrame) -> dict[str, Any]:
    per_origin = (
        statements.join(moved, on="text_hash", how="inner", validate="m:1")
        .group_by("origin")
        .agg(
            pl.col("n").sum().alias("statements"),
            *(pl.col("n").filter(pl.col(side).is_null()).sum().alias(side) for side in ("before", "after")),
        )
        .sort("origin")
    )
    return {
        row["origin"]: {
            "statements": row["statements"],
            **{side: row[side] for side in ("before", "after")},
            **{f"share_{side}": _share(row[side], row["statements"]) for side in ("before", "after")},
        }
        for row in per_origin.iter_rows(named=True)
    }


def _sizes(moved: pl.DataFrame, statements: pl.DataFrame, side: str) -> dict[str, Any]:
    said = statements.join(moved.select("text_hash", side), on="text_hash", how="inner", validate="m:1")
    sizes = said.drop_nulls(side).group_by(side).agg(pl.col("n").sum())["n"].sort()
    if sizes.is_empty():
        return {"smallest": None, "median": None, "largest": None, "largest_share": None}
    smallest, median, largest = sizes[0], sizes[len(sizes) // 2], sizes[-1]
    return {
        "smallest": smallest,
        "median": median,
        "largest": largest,
        "largest_share": _share(largest, int(sizes.sum())),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
