"""The reason for a contact (用件): which statement tells it, and how the agent read it back."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import Lexicon, folded

_SOON = 2
"""Utterances after a read-back in which the customer confirms it."""


def reason_statements(voc: pl.DataFrame, utterances: pl.DataFrame, reasons: Lexicon) -> pl.Series:
    """Ids of the statements that tell why the customer got in touch, at most one of each contact.

    It is the first statement of the contact that counts and opens a reason (〜の件で, 〜したいんですが, 〜なんですけど), asks,
    wishes, complains or means to leave; else the first that counts. That one was kept waiting for this very answer is
    not why one called. A note speaks only where nothing else does. Calls that we made have no reason of the customer's.

    Parameters
    ----------
    voc : DataFrame
        By the contract ``voc``, of whole contacts.
    utterances : DataFrame
        By the contract ``utterances``, for the agent's first words.
    reasons : Lexicon
        Patterns with the actions ``opens`` and ``we_called``.

    Returns
    -------
    Series of str
        ``voc_id``.
    """
    opens = folded(pl.col("text")).str.contains(reasons.alternation("opens"))
    tells = opens | ~pl.col("kind").is_in(["other", "praise"])
    waited = (pl.col("experience") == "kept_waiting").fill_null(value=False)
    agent = utterances.filter((pl.col("part") == "audio") & (pl.col("role") == "agent")).sort("contact_id", "no")
    ours = agent.unique("contact_id", keep="first", maintain_order=True).filter(
        folded(pl.col("text")).str.contains(reasons.alternation("we_called"))
    )
    return (
        voc.filter("counts")
        .join(ours, on="contact_id", how="anti")
        .sort("contact_id", pl.col("part") == "note", waited | ~tells, "first_no", "voc_id")
        .unique("contact_id", keep="first", maintain_order=True)["voc_id"]
    )


def confirmed_readbacks(utterances: pl.DataFrame, reasons: Lexicon) -> pl.DataFrame:
    """Find how the agent read the reason back (復唱) where the customer confirmed it.

    On a bad line it is often the only intelligible form of the reason.

    Parameters
    ----------
    utterances : DataFrame
        By the contract, of whole contacts.
    reasons : Lexicon
        Patterns with the actions ``readback``, ``confirms`` and ``identity``.

    Returns
    -------
    DataFrame
        ``contact_id`` (unique), ``readback``: the first such turn of each call, masked.
    """
    line = folded(pl.col("text"))
    spoken = utterances.filter(pl.col("part") == "audio").sort("contact_id", "no")
    agrees = (pl.col("role") == "customer") & line.str.contains(reasons.alternation("confirms"))
    soon = pl.any_horizontal(agrees.shift(-n).over("contact_id").fill_null(value=False) for n in range(1, _SOON + 1))
    reads = (pl.col("role") == "agent") & line.str.contains(reasons.alternation("readback"))
    return (
        spoken.filter(reads & soon & ~line.str.contains(reasons.alternation("identity")))
        .unique("contact_id", keep="first", maintain_order=True)
        .select("contact_id", pl.col("text").alias("readback"))
    )
