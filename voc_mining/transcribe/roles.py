"""Who is the agent: roles of what was said, from the log, the channel or what each speaker says."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import polars as pl

from voc_mining.contracts import LAKE_TABLES
from voc_mining.ids import digest
from voc_mining.transcribe.openings import OpeningRules, Reader, announced_openings
from voc_mining.transcribe.phrases import bare

_BUNDLED = Path(__file__).parent / "data" / "agent_phrases.csv"
_EDITION = 2  # raised whenever the same rules would give other roles
_GONE = "gone"
_FIRST = "first"
_CALL = "contact_id"
AGENT, CUSTOMER, IVR, UNKNOWN = "agent", "customer", "ivr", "unknown"


@dataclass(frozen=True, slots=True)
class RolePhrase:
    """A pattern over :func:`~voc_mining.transcribe.phrases.bare` text and what it weighs for the agent."""

    kind: str
    direction: str
    weight: float
    pattern: str


@lru_cache(maxsize=4)
def role_phrases(path: Path = _BUNDLED) -> tuple[RolePhrase, ...]:
    """Read the phrases that come with the program, or others of the same form."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return tuple(
        RolePhrase(row["kind"], row["direction"], float(row["weight"]), row["pattern"]) for row in csv.DictReader(lines)
    )


@dataclass(frozen=True, slots=True)
class RoleRules:
    """How the agent is found where no log names the channel.

    Parameters
    ----------
    least_score : float, default 3.0
        Log odds for one of two speakers from which that one is the agent.
    least_clearness : float, default 0.7
        Score over all that the words weigh, for and against, below which the speakers stay unknown, 0-1. Where
        one says both what agents and what customers say, voices were not told apart: of calls told apart rightly
        it was 1 in every one looked at, with a fifth of the utterances given to the wrong speaker 0.6 in the middle.
    first_weight : float, default 1.0
        Log odds that the first to speak in a call from a customer is the agent.
    phrases : tuple of RolePhrase
        What is evidence.
    openings : OpeningRules
        How announcements are known by their sound.
    """

    least_score: float = 3.0
    least_clearness: float = 0.7
    first_weight: float = 1.0
    phrases: tuple[RolePhrase, ...] = field(default_factory=role_phrases)
    openings: OpeningRules = field(default_factory=OpeningRules)

    @property
    def key(self) -> str:
        """Digest of everything that changes a role."""
        words = [value for each in self.phrases for value in (each.kind, each.direction, each.weight, each.pattern)]
        return digest(
            "roles", _EDITION, self.least_score, self.least_clearness, self.first_weight, *words, *self.openings.key
        )


def with_roles(utterances: pl.DataFrame, rules: RoleRules, reads: Reader | None = None) -> pl.DataFrame:
    """Add the column ``role``.

    What a machine says is ``ivr``: what is flagged so, and at the beginning of a call what sounds so. On two channels
    of which the log names the agent's, the channel tells. Else two speakers, on a channel each or on one, are weighed against each other, see :func:`agents`; speech of
    nobody in particular stays ``unknown``, and so does a call with one voice.

    Parameters
    ----------
    utterances : DataFrame
        ``contact_id``, ``direction``, ``agent_channel``, ``channels``, ``channel``, ``speaker``, ``start_s``,
        ``text``, ``flags``.
    rules : RoleRules
        Phrases and thresholds.
    reads : callable, optional
        Reads a text in katakana; without it announcements are known by their flag alone.

    Returns
    -------
    DataFrame
        The same rows in the same order with ``role``.
    """
    rows = _with_parties(utterances, rules, reads)
    found = _decided(rows, rules)
    joined = rows.join(found.select(_CALL, "agent"), on=_CALL, how="left", validate="m:1", maintain_order="left")
    role = (
        pl.when("__machine")
        .then(pl.lit(IVR))
        .when(pl.col("party").is_null() | pl.col("agent").is_null())
        .then(pl.lit(UNKNOWN))
        .when(pl.col("party") == pl.col("agent"))
        .then(pl.lit(AGENT))
        .otherwise(pl.lit(CUSTOMER))
    )
    return joined.with_columns(role=role).drop("party", "agent", "__machine", "__logged")


def call_roles(utterances: pl.DataFrame, rules: RoleRules, reads: Reader | None = None) -> pl.DataFrame:
    """Tell why :func:`with_roles` takes one of a call's speakers for the agent, or nobody.

    Returns
    -------
    DataFrame
        Rows of the lake's ``call_roles``, one per call with words, sorted. Score and evidence are those of the likelier
        agent, null where the log decides or there are not two speakers.
    """
    rows = _with_parties(utterances, rules, reads)
    calls = rows.select(_CALL, "month").unique()
    found = _decided(rows, rules).with_columns(pl.col("score").abs())
    told = calls.join(found, on=_CALL, how="left", validate="1:1").sort(_CALL)
    return LAKE_TABLES["call_roles"].conform(told)


def _with_parties(utterances: pl.DataFrame, rules: RoleRules, reads: Reader | None) -> pl.DataFrame:
    """Add ``party``, channel or voice, ``__machine``, whether it is an announcement, ``__logged``, a log names the agent."""
    machine = pl.col("flags").list.contains("ivr")
    if reads is not None:
        machine |= announced_openings(utterances, rules.openings, reads)
    return utterances.with_columns(
        party=pl.when(pl.col("channels") > 1).then("channel").otherwise("speaker"),
        __machine=machine,
        __logged=(pl.col("channels") > 1) & pl.col("agent_channel").is_not_null(),
    )


def _decided(rows: pl.DataFrame, rules: RoleRules) -> pl.DataFrame:
    """Find the agent of each call: by the log where it tells, else by what two speakers say."""
    by_words = agents(rows.filter(~pl.col("__machine") & ~pl.col("__logged") & pl.col("party").is_not_null()), rules)
    by_log = rows.filter("__logged").group_by(_CALL).agg(pl.col("agent_channel").first().alias("agent"))
    known = pl.col("agent").is_not_null()
    return pl.concat(
        [
            by_words.with_columns(decided_by=pl.when(known).then(pl.lit("words"))),
            by_log.with_columns(decided_by=pl.lit("log")),
        ],
        how="diagonal",
    )


def agents(utterances: pl.DataFrame, rules: RoleRules) -> pl.DataFrame:
    """Weigh two speakers of each call against each other.

    Each utterance weighs what the phrases in it weigh, each pattern once, plus the first words of a call from a
    customer. The score is the first speaker's sum less the other's.

    Parameters
    ----------
    utterances : DataFrame
        ``contact_id``, ``direction``, ``party`` (0 or 1), ``start_s``, ``text``.
    rules : RoleRules
        Phrases and thresholds.

    Returns
    -------
    DataFrame
        ``contact_id``; ``score``, log odds that party 0 is the agent; ``clearness``, 0-1; ``agent``, the party, null
        where neither is clearly one or there are not two; ``evidence``, what speaks for the likelier one and, negative,
        against, by kind of phrase. Sorted by call.
    """
    calls = utterances.group_by(_CALL).agg(pl.col("party").n_unique().alias("parties"))
    weighed = _weighed(utterances, rules).join(calls.filter(pl.col("parties") == 2), on=_CALL, how="semi")
    opens = (pl.col("start_s") == pl.col("start_s").min().over(_CALL)) & (pl.col("direction") == "inbound")
    first = pl.when(opens.fill_null(value=False)).then(rules.first_weight).otherwise(0.0)
    kinds = [*dict.fromkeys(phrase.kind for phrase in rules.phrases if phrase.kind != _GONE), _FIRST]
    side = pl.when(pl.col("party") == 0).then(1.0).otherwise(-1.0)
    likelier = pl.when(pl.col("score") < 0).then(-1.0).otherwise(1.0)
    told = [
        pl.when(pl.col(kind) != 0).then(pl.format("{} {}", pl.lit(kind), (pl.col(kind) * likelier).round(1)))
        for kind in kinds
    ]
    return (
        weighed.with_columns(first.alias(_FIRST))
        .group_by(_CALL)
        .agg(*((side * pl.col(kind)).sum().round(6).alias(kind) for kind in kinds), pl.col("size").sum().round(6))
        .with_columns(score=pl.sum_horizontal(kinds).round(6))
        .with_columns(
            clearness=(pl.col("score").abs() / pl.max_horizontal("size", pl.lit(1e-9))).clip(0.0, 1.0),
            evidence=pl.concat_list(told).list.drop_nulls(),
        )
        .with_columns(
            agent=pl.when(
                (pl.col("score").abs() >= rules.least_score) & (pl.col("clearness") >= rules.least_clearness)
            ).then((pl.col("score") < 0).cast(pl.Int8))
        )
        .select(_CALL, "score", "clearness", "agent", "evidence")
        .sort(_CALL)
    )


def _weighed(utterances: pl.DataFrame, rules: RoleRules) -> pl.DataFrame:
    """Add a column per kind, the sum of the weights of its phrases in each text, and ``size``, that of all sizes."""
    gone = "|".join(phrase.pattern for phrase in rules.phrases if phrase.kind == _GONE) or "$^"
    text = pl.col("text").map_elements(bare, return_dtype=pl.String).str.replace_all(gone, "〓")
    rows = utterances.with_columns(__bare=text)
    weights: dict[str, pl.Expr] = {}
    size = pl.lit(0.0)
    for phrase in rules.phrases:
        if phrase.kind == _GONE:
            continue
        said = pl.col("__bare").str.contains(phrase.pattern)
        if phrase.direction:
            said &= (pl.col("direction") == phrase.direction).fill_null(value=False)
        weights[phrase.kind] = weights.get(phrase.kind, pl.lit(0.0)) + said * phrase.weight
        size += said * abs(phrase.weight)
    return rows.with_columns(size=size, **weights).drop("__bare")
