"""Which topic each text has once the analysts' edits are applied: wholes and parts, splits, and texts moved by hand.

Placements are carried out in the order of time, each over what the ones before it left:

- A moved text has the topic it was moved to, whatever is found or fitted later.
- A split takes its examples, and of the other texts of the topics it was made from those that are more like the examples
  than like the other exemplars of their topic: the greater cosine to the two means, in the space of assignment, rounded to
  four decimals; equally like stays. So it needs no more than the stored vectors, and new texts are split the same way.
- Where a refit has left nothing in the topics a split was made from, it takes from the topic that most of its examples
  have now.

Last, texts of a topic that is part of another are the other's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from voc_mining.topics.assignment import DECIMALS
from voc_mining.topics.edits import Place
from voc_mining.topics.replay import Move, Resolution, Split
from voc_mining.topics.space import Matrix, Vector, centred, matrix, unit

_OVERLAP = 0.5
SIMILAR, MOVED, SPLIT = "similar", "moved", "split"
PLACED = pl.Schema({"text_hash": pl.String, "topic_id": pl.String, "strength": pl.Float64, "by": pl.String})


@dataclass(frozen=True, slots=True)
class Space:
    """Vectors of texts in the space of assignment; texts without one are never like any example."""

    rows: Mapping[str, int]
    points: Matrix

    @classmethod
    def of(cls, vectors: pl.DataFrame, mean: npt.NDArray[np.floating]) -> Space:
        """Centre ``text_hash`` and ``vector`` by the mean of a registry."""
        if vectors.is_empty():
            return cls({}, np.zeros((0, len(mean))))
        return cls(
            {text: row for row, text in enumerate(vectors["text_hash"])}, centred(matrix(vectors["vector"]), mean)
        )

    def mean(self, texts: Sequence[str]) -> Vector | None:
        """Direction of texts; None where none of them has a vector."""
        rows = [self.rows[text] for text in texts if text in self.rows]
        return unit(self.points[rows].sum(axis=0, keepdims=True))[0] if rows else None

    def likeness(self, texts: Sequence[str], direction: Vector) -> npt.NDArray[np.float64]:
        """Cosine of texts to a direction; -1 for those without a vector."""
        found = np.full(len(texts), -1.0)
        known = [place for place, text in enumerate(texts) if text in self.rows]
        rows = [self.rows[texts[place]] for place in known]
        found[known] = np.round(self.points[rows] @ direction, DECIMALS)
        return found


def texts_needed(assigned: pl.DataFrame, state: Resolution, exemplars: Mapping[str, Sequence[str]]) -> set[str]:
    """Texts whose vectors :func:`placed` looks at: none where nothing was split.

    Parameters
    ----------
    assigned : DataFrame
        ``text_hash``, ``topic_id``: as assignment has them.
    state : Resolution
        The edits.
    exemplars : mapping of str to sequence of str
        Exemplars of each topic of the registry.
    """
    splits = [made for made in state.placements if isinstance(made, Split)]
    if not splits:
        return set()
    examples = {place.text_hash for made in splits for place in made.examples}
    homes = {source for made in splits for source in made.sources}
    homes |= set(assigned.filter(pl.col("text_hash").is_in(list(examples)))["topic_id"].drop_nulls())
    mine = assigned.filter(pl.col("topic_id").is_in(list(homes)))["text_hash"]
    return examples | set(mine) | {text for home in homes for text in exemplars.get(home, ())}


def placed(
    assigned: pl.DataFrame, state: Resolution, exemplars: Mapping[str, Sequence[str]], space: Space
) -> pl.DataFrame:
    """Place texts.

    Parameters
    ----------
    assigned : DataFrame
        ``text_hash`` (unique), ``topic_id``, ``strength``, ``by`` (``similar`` or ``guided``): as assignment has them, and
        :func:`voc_mining.topics.guided.guided`.
    state : Resolution
        The edits.
    exemplars : mapping of str to sequence of str
        Exemplars of each topic of the registry.
    space : Space
        Vectors, at least of :func:`texts_needed`.

    Returns
    -------
    DataFrame
        One row per row of ``assigned``: ``text_hash``, ``topic_id`` (effective; null for none), ``strength`` (null where
        a text was moved by hand), ``by`` (``similar``, ``guided``, ``moved`` or ``split``; null without a topic).
    """
    roots = state.roots()
    work = _Placing(exemplars, space)
    touched = _touched(assigned, state)
    work.start(touched)
    for made in state.placements:
        if isinstance(made, Split):
            work.split(made)
        else:
            work.move(made.place.text_hash, made.topic_id)
    changed = work.changed()
    root = pl.col("topic_id").replace_strict(roots, default=None, return_dtype=pl.String)
    return (
        assigned.select("text_hash", "topic_id", "strength", pl.col("by").alias("came_by"))
        .join(changed, on="text_hash", how="left", validate="1:1", maintain_order="left")
        .select(
            "text_hash",
            pl.when("is_changed").then("topic_id_right").otherwise("topic_id").alias("topic_id"),
            pl.when("is_changed").then("strength_right").otherwise("strength").alias("strength"),
            pl.when("is_changed").then("by").otherwise("came_by").alias("by"),
        )
        .with_columns(root)
        .with_columns(pl.when(pl.col("topic_id").is_not_null()).then("by").alias("by"))
        .cast(PLACED)
    )


def reattached(state: Resolution, statements: pl.DataFrame) -> tuple[Resolution, frozenset[str]]:
    """Find the words that edits speak of where a recording was heard otherwise since: by their seconds.

    A statement whose words are gone is now the one of its contact that overlaps it most, by at least half of the shorter of
    the two.

    Parameters
    ----------
    state : Resolution
        The edits.
    statements : DataFrame
        ``text_hash``, ``contact_id``, ``start_s``, ``end_s`` of the statements that count: at least those with the words of
        placements, and those of their contacts.

    Returns
    -------
    Resolution
        With placements that speak of the words there are.
    frozenset of str
        Edits none of whose words were found: they wait, without effect, for the words to come back.
    """
    there = set(statements["text_hash"])
    by_contact = statements.drop_nulls(["start_s", "end_s"]).sort("start_s", "text_hash")
    spoken = {
        contact: part.select("text_hash", "start_s", "end_s").rows()
        for (contact,), part in by_contact.partition_by("contact_id", as_dict=True).items()
    }

    def found(place: Place) -> Place | None:
        if place.text_hash in there:
            return place
        if place.start_s is None or place.end_s is None:
            return None
        start, end = place.start_s, place.end_s
        shares = [(_overlap(start, end, begin, stop), text) for text, begin, stop in spoken.get(place.contact_id, ())]
        share, text = max(shares, key=lambda each: each[0], default=(0.0, ""))
        return replace(place, text_hash=text) if share >= _OVERLAP else None

    placements: list[Split | Move] = []
    vanished = set()
    for made in state.placements:
        places = made.examples if isinstance(made, Split) else (made.place,)
        here = tuple(place for place in map(found, places) if place is not None)
        if not here:
            vanished.add(made.edit_id)
        elif isinstance(made, Split):
            placements.append(replace(made, examples=here))
        else:
            placements.append(replace(made, place=here[0]))
    return replace(state, placements=tuple(placements)), frozenset(vanished)


def _overlap(start: float, end: float, other_start: float, other_end: float) -> float:
    """Share of the shorter of two stretches that lies in the other."""
    shorter = min(end - start, other_end - other_start)
    shared = min(end, other_end) - max(start, other_start)
    return shared / shorter if shorter > 0 else 0.0


def _touched(assigned: pl.DataFrame, state: Resolution) -> pl.DataFrame:
    """Keep the assignments that placements can change: of the topics that are split, and of the texts they name."""
    named: set[str] = set()
    homes: set[str] = set()
    for made in state.placements:
        if isinstance(made, Split):
            named |= {place.text_hash for place in made.examples}
            homes |= set(made.sources)
        else:
            named.add(made.place.text_hash)
    own = assigned.filter(pl.col("text_hash").is_in(list(named)))
    homes |= set(own["topic_id"].drop_nulls())
    return assigned.filter(pl.col("text_hash").is_in(list(named)) | pl.col("topic_id").is_in(list(homes)))


@dataclass
class _Placing:
    """Texts that placements can change, while they are placed."""

    exemplars: Mapping[str, Sequence[str]]
    space: Space
    now: dict[str, str | None] = field(default_factory=dict)
    before: dict[str, str | None] = field(default_factory=dict)
    strength: dict[str, float | None] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    stand_for: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def start(self, assigned: pl.DataFrame) -> None:
        self.before = dict(assigned.select("text_hash", "topic_id").sort("text_hash").iter_rows())
        self.now = dict(self.before)

    def move(self, text: str, topic_id: str | None) -> None:
        if text in self.now:
            self.put(text, topic_id, None, MOVED)

    def put(self, text: str, topic_id: str | None, strength: float | None, how: str) -> None:
        self.now[text], self.strength[text], self.how[text] = topic_id, strength, how

    def split(self, made: Split) -> None:
        """Take the examples, and what is like them, out of the topics that the split is made from."""
        examples = tuple(dict.fromkeys(place.text_hash for place in made.examples if place.text_hash in self.now))
        self.stand_for[made.topic_id] = examples
        homes = self._homes(made, examples)
        direction = self.space.mean(examples)
        if direction is not None:
            for home in homes:
                self._take(made.topic_id, home, examples, direction)
        likeness = [None] * len(examples) if direction is None else self.space.likeness(examples, direction).tolist()
        for text, alike in zip(examples, likeness, strict=True):
            self.put(text, made.topic_id, alike, SPLIT)

    def _homes(self, made: Split, examples: Sequence[str]) -> list[str]:
        """Topics that a split takes from, by id."""
        there = set(self.now.values())
        homes = {source for source in made.sources if source in there}
        have = Counter(self.now[text] for text in examples if self.now[text] is not None)
        if not homes and have:
            homes = {min(have, key=lambda topic: (-have[topic], str(topic)))}  # type: ignore[arg-type]
        return sorted(homes)

    def _take(self, made: str, home: str, examples: Sequence[str], direction: Vector) -> None:
        others = [
            text for text in (*self.stand_for.get(home, ()), *self.exemplars.get(home, ())) if text not in examples
        ]
        # What a hand has placed stays where it is.
        mine = [text for text, topic in self.now.items() if topic == home and self.how.get(text) != MOVED]
        typical = [text for text in others if self.now.get(text) == home]
        rest = self.space.mean(typical or [text for text in mine if text not in examples])
        if rest is None:
            return
        alike, unlike = self.space.likeness(mine, direction), self.space.likeness(mine, rest)
        for text, here, there in zip(mine, alike, unlike, strict=True):
            if here > there and text not in examples:
                self.put(text, made, float(here), SPLIT)

    def changed(self) -> pl.DataFrame:
        """Rows of the texts that were placed."""
        rows = [(text, self.now[text], self.strength[text], how, True) for text, how in self.how.items()]
        schema = pl.Schema([*PLACED.items(), ("is_changed", pl.Boolean)])
        return pl.DataFrame(rows, schema=schema, orient="row")
