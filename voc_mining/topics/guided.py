"""Guided topics: an analyst's name and a few sentences, beside the topics that are found.

Which texts have one is resolved on read over the stored assignments, like the analysts' edits, so that it holds after any run and
refit and nothing that is stored depends on it:

- A text has a guided topic where it is at least as like the mean of the examples as the examples are to one another, and
  more like it than the exemplars of the topic it has: of these as many are taken as there are examples, so that both means
  rest on as much. Cosines are those of assignment, rounded to four decimals; equally like stays.
- How like the examples are to one another is the least cosine of one to the mean of the others, held between the quartiles of the
  thresholds of the topics that were found; of a single example it is their median.
- Of several guided topics the one it is most like, then the one with the smaller id. The examples themselves belong.
- What says nothing by itself (greetings, formulas) has no topic, and no guided one either.

So each text depends on its own vector, the examples, and the registry alone: not on order, nor on other texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.ids import digest
from voc_mining.topics.assignment import DECIMALS
from voc_mining.topics.edits import heading_id
from voc_mining.topics.placement import PLACED, SIMILAR, Space
from voc_mining.topics.space import Matrix, Vector, centred, matrix, unit

GUIDED = "guided"
LISTED = pl.Schema(
    [
        ("topic_id", pl.String()),
        ("label", pl.String()),
        ("status", pl.String()),
        ("parent_id", pl.String()),
        ("made_by", pl.String()),
        ("keywords", pl.List(pl.String)),
        ("exemplars", pl.List(pl.String)),
    ]
)

SETTLED = pl.Schema(
    [("text_hash", pl.String()), ("home", pl.String()), ("guide", pl.String()), ("alike", pl.Float64())]
)


@dataclass(frozen=True, slots=True)
class Guide:
    """What an analyst gives for a topic.

    Parameters
    ----------
    topic_id : str
        Digest of the name.
    label : str
        Name.
    heading : str or None
        Heading it is under.
    examples : tuple of str
        ``text_hash`` of the examples.
    """

    topic_id: str
    label: str
    heading: str | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """The topics that guided ones stand beside.

    Parameters
    ----------
    exemplars : mapping of str to sequence of str
        Exemplars of each topic, best first.
    thresholds : ndarray
        Thresholds of the active ones.
    mean : ndarray, shape (d,)
        What is taken from every vector before comparing.
    """

    exemplars: Mapping[str, Sequence[str]]
    thresholds: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float32]


def listed(guides: Sequence[Guide]) -> pl.DataFrame:
    """List guided topics and their headings as topics, for the edits to be resolved over: columns of ``LISTED``."""
    rows: list[tuple[object, ...]] = [
        (guide.topic_id, guide.label, "active", heading_id(guide.heading) if guide.heading else None, GUIDED, [], list(guide.examples))
        for guide in guides
    ]  # fmt: skip
    headings = sorted({guide.heading for guide in guides if guide.heading})
    rows += [(heading_id(heading), heading, "active", None, "group", [], []) for heading in headings]
    return pl.DataFrame(rows, schema=LISTED, orient="row")


def texts_named(guides: Sequence[Guide], registered: Registered) -> set[str]:
    """Texts whose vectors a space for :func:`settled` must have."""
    if not guides:
        return set()
    most = max(len(guide.examples) for guide in guides)
    return {text for guide in guides for text in guide.examples} | {
        text for exemplars in registered.exemplars.values() for text in exemplars[:most]
    }


def guides_key(guides: Sequence[Guide], registered: Registered, version: int) -> str:
    """Digest what it depends on which guided topic a text has, beside the text and its topic by assignment."""
    of_topics = [(topic, *texts) for topic, texts in sorted(registered.exemplars.items())]
    told = [(guide.topic_id, *guide.examples) for guide in sorted(guides, key=lambda one: one.topic_id)]
    return digest("guides", version, *sorted(registered.thresholds.tolist()), *of_topics, *told)


def settled(
    texts: pl.DataFrame,
    guides: Sequence[Guide],
    registered: Registered,
    space: Space,
    blocks: Iterable[pl.DataFrame],
) -> pl.DataFrame:
    """Settle which guided topic takes each text.

    Parameters
    ----------
    texts : DataFrame
        ``text_hash`` (unique), ``topic_id`` by assignment: of :func:`that_can`.
    guides : sequence of Guide
        Guided topics.
    registered : Registered
        Topics of the registry.
    space : Space
        Vectors of :func:`texts_named`.
    blocks : iterable of DataFrame
        ``text_hash``, ``vector`` of these texts and maybe others, in any order and portions.

    Returns
    -------
    DataFrame
        ``text_hash``, ``home`` (its topic by assignment), ``guide`` (null where none takes it), ``alike``; of the texts that
        have a vector.
    """
    signs = [
        sign for guide in sorted(guides, key=lambda one: one.topic_id) if (sign := _sign(guide, registered, space))
    ]
    found = [_taken(texts.join(block, on="text_hash", validate="1:1"), signs, registered) for block in blocks]
    return pl.concat([SETTLED.to_frame(), *found])


def that_can(assigned: pl.DataFrame) -> pl.DataFrame:
    """Texts that may have a guided topic: those that say something; ``text_hash``, ``topic_id``."""
    talk = pl.col("topic_id").is_null() & ~pl.col("told").fill_null(value=True)
    return assigned.filter(~talk).select("text_hash", "topic_id")


def guided(assigned: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Give texts their guided topic.

    Parameters
    ----------
    assigned : DataFrame
        ``text_hash`` (unique), ``topic_id``, ``strength``: as assignment has them.
    taken : DataFrame
        Of :func:`settled`.

    Returns
    -------
    DataFrame
        One row per row of ``assigned``, in its order: ``text_hash``, ``topic_id``, ``strength``, ``by`` (``guided`` or
        ``similar``; null without a topic).
    """
    moves = pl.col("guide").is_not_null()
    moved = taken.filter(moves).select("text_hash", "guide", "alike")
    return (
        assigned.join(moved, on="text_hash", how="left", validate="1:1", maintain_order="left")
        .select(
            "text_hash",
            pl.coalesce("guide", "topic_id").alias("topic_id"),
            pl.when(moves).then("alike").otherwise("strength").alias("strength"),
            pl.when(moves).then(pl.lit(GUIDED)).when(pl.col("topic_id").is_not_null()).then(pl.lit(SIMILAR)).alias("by"),
        )
        .cast(PLACED)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sign:
    """What makes a text one of a guided topic.

    ``homes`` has a row for what each topic of the registry is like, in their order, and one of zeros for no topic.
    """

    guide: Guide
    direction: Vector
    threshold: float
    homes: Matrix


def _sign(guide: Guide, registered: Registered, space: Space) -> _Sign | None:
    direction = space.mean(guide.examples)
    if direction is None:
        return None
    known = [space.rows[text] for text in guide.examples if text in space.rows]
    homes = np.zeros((len(registered.exemplars) + 1, len(direction)))
    for row, texts in enumerate(registered.exemplars.values()):
        mean = space.mean(texts[: len(known)])
        if mean is not None:
            homes[row] = mean
    return _Sign(guide, direction, _threshold(space.points[known], registered.thresholds), homes)


def _threshold(examples: Matrix, usual: npt.NDArray[np.float64]) -> float:
    """Say how like the examples a text must be, from how like they are to one another."""
    low, middle, high = np.quantile(usual, [0.25, 0.5, 0.75]) if len(usual) else (0.0, 0.0, 1.0)
    if len(examples) == 1:
        return round(float(middle), DECIMALS)
    others = unit(examples.sum(axis=0, keepdims=True) - examples)
    least = float(np.einsum("ij,ij->i", examples, others).min())
    return round(float(np.clip(least, low, high)), DECIMALS)


def _taken(texts: pl.DataFrame, signs: Sequence[_Sign], registered: Registered) -> pl.DataFrame:
    """Settle the texts of a block."""
    if texts.is_empty():
        return SETTLED.to_frame()
    none = pl.lit(None)
    if not signs:
        untaken = texts.select("text_hash", pl.col("topic_id").alias("home"), none.alias("guide"), none.alias("alike"))
        return untaken.cast(SETTLED)
    points = centred(matrix(texts["vector"]), registered.mean)
    places = {topic: row for row, topic in enumerate(registered.exemplars)}
    home = np.array([places.get(topic, len(places)) for topic in texts["topic_id"]])
    alike = np.round(points @ np.stack([sign.direction for sign in signs]).T, DECIMALS)
    fits = np.full_like(alike, -np.inf)
    for nth, sign in enumerate(signs):
        rows = np.flatnonzero(alike[:, nth] >= sign.threshold)
        at_home = np.round(np.einsum("ij,ij->i", points[rows], sign.homes[home[rows]]), DECIMALS)
        rows = rows[alike[rows, nth] > at_home]
        fits[rows, nth] = alike[rows, nth]
        fits[texts["text_hash"].is_in(list(sign.guide.examples)).to_numpy(), nth] = np.inf
    # argmax takes the first of equals: the smallest topic_id.
    best = np.argmax(fits, axis=1)
    every = np.arange(len(fits))
    takes = fits[every, best] > -np.inf
    return pl.DataFrame(
        {
            "text_hash": texts["text_hash"],
            "home": texts["topic_id"],
            "guide": [signs[nth].guide.topic_id if take else None for nth, take in zip(best, takes, strict=True)],
            "alike": alike[every, best],
        },
        schema=SETTLED,
    )
