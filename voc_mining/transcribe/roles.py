"""Who is the agent: roles of what was said, from the log, the channel or what each speaker says."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import polars as pl

from voc_mining.ids import digest
from voc_mining.transcribe.openings import OpeningRules, Reader, announced_openings
from voc_mining.transcribe.phrases import bare

_BUNDLED = Path(__file__).parent / "data" / "agent_phrases.csv"
_EDITION = 2  # raised whenever the same rules would give other roles
_GONE = "gone"
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
    if reads is not None:
        utterances = utterances.with_columns(__sounds=announced_openings(utterances, rules.openings, reads))
    machine = pl.col("flags").list.contains("ivr")
    machine = machine if reads is None else machine | pl.col("__sounds")
    logged = (pl.col("channels") > 1) & pl.col("agent_channel").is_not_null()
    party = pl.when(pl.col("channels") > 1).then("channel").otherwise("speaker")
    rows = utterances.with_columns(party=party)
    found = agents(rows.filter(~machine & ~logged & pl.col("party").is_not_null()), rules)
    agent = pl.when(logged).then("agent_channel").otherwise("agent")
    joined = rows.join(found.select(_CALL, "agent"), on=_CALL, how="left", validate="m:1", maintain_order="left")
    role = (
        pl.when(machine)
        .then(pl.lit(IVR))
        .when(pl.col("party").is_null() | agent.is_null())
        .then(pl.lit(UNKNOWN))
        .when(pl.col("party") == agent)
        .then(pl.lit(AGENT))
        .otherwise(pl.lit(CUSTOMER))
    )
    return joined.with_columns(role=role).drop("party", "agent", "__sounds", strict=False)


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
        where neither is clearly one or there are not two. Sorted by call.
    """
    calls = utterances.group_by(_CALL).agg(pl.col("party").n_unique().alias("parties"))
    weighed = _weighed(utterances, rules).join(calls.filter(pl.col("parties") == 2), on=_CALL, how="semi")
    opens = (pl.col("start_s") == pl.col("start_s").min().over(_CALL)) & (pl.col("direction") == "inbound")
    first = pl.when(opens.fill_null(value=False)).then(rules.first_weight).otherwise(0.0)
    sided = pl.when(pl.col("party") == 0).then(1.0).otherwise(-1.0) * (pl.col("weight") + first)
    return (
        weighed.group_by(_CALL)
        .agg(sided.sum().round(6).alias("score"), pl.col("evidence").sum().round(6).alias("evidence"))
        .with_columns(clearness=(pl.col("score").abs() / pl.max_horizontal("evidence", pl.lit(1e-9))).clip(0.0, 1.0))
        .with_columns(
            agent=pl.when(
                (pl.col("score").abs() >= rules.least_score) & (pl.col("clearness") >= rules.least_clearness)
            ).then((pl.col("score") < 0).cast(pl.Int8))
        )
        .select(_CALL, "score", "clearness", "agent")
        .sort(_CALL)
    )


def _weighed(utterances: pl.DataFrame, rules: RoleRules) -> pl.DataFrame:
    """Add ``weight``, the sum of the weights of the phrases in each text, and ``evidence``, that of their sizes."""
    gone = "|".join(phrase.pattern for phrase in rules.phrases if phrase.kind == _GONE) or "$^"
    text = pl.col("text").map_elements(bare, return_dtype=pl.String).str.replace_all(gone, "〓")
    rows = utterances.with_columns(__bare=text)
    weights, sizes = pl.lit(0.0), pl.lit(0.0)
    for phrase in rules.phrases:
        said = pl.col("__bare").str.contains(phrase.pattern)
        if phrase.direction:
            said &= (pl.col("direction") == phrase.direction).fill_null(value=False)
        weights += said * phrase.weight
        sizes += said * abs(phrase.weight)
    return rows.with_columns(weight=weights, evidence=sizes).drop("__bare")
