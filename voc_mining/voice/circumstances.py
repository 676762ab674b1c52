"""Circumstances of the matter: facts, appointments and openings that are told around it."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.lexicon import folded
from voc_mining.voice.rules import VoiceRules

_TOLD_IN = ("audio", "body", "message")
"""Parts in which a fact stands beside the matter; an answer to a survey or to a check-in is what was asked for."""


def circumstances(voc: pl.DataFrame, rules: VoiceRules) -> pl.Series:
    """Ids of the statements of letters and calls that only tell circumstances: they stay, but are no voice.

    A fact (母は80歳です, 先月購入しました) has no word of any kind, tone, feeling, urgency or gravity and none of a workaround or a use;
    an opening only says what the contact is about (来年度の契約についてご連絡いたします). Both count where the contact says nothing
    else. Appointments, announcements (別途ご連絡します) and what is well (昼は問題ありません) do not, whatever their words.

    Parameters
    ----------
    voc : DataFrame
        By the contract ``voc``, of whole contacts.
    rules : VoiceRules
        ``circumstances``, ``emotions`` and ``critical``.

    Returns
    -------
    Series of str
        ``voc_id``.
    """
    known, line = rules.circumstances, folded(pl.col("text"))
    bare = (
        (pl.col("kind") == "other")
        & (pl.col("polarity") == "neutral")
        & (pl.col("urgency") == "none")
        & pl.col("experience").is_null()
    )
    told = voc.filter("counts", pl.col("part").is_in(_TOLD_IN), pl.col("role") == "customer")
    plain = told.filter(bare)
    felt = rules.emotions.alternation("match", "negative")
    opening = plain.filter(line.str.contains(known.alternation("opens")))
    facts = plain.filter(line.str.contains(known.alternation("fact"))).filter(
        ~line.str.contains(known.alternation("matter")),
        ~line.str.contains(felt),
        ~line.str.contains(rules.critical.alternation("match")),
    )
    arranged = told.filter(pl.col("kind") != "complaint", line.str.contains(known.alternation("arranges")))
    fine = told.filter(pl.col("kind").is_in(["other", "praise"]), line.str.contains(known.alternation("fine")))
    around = pl.concat([opening, facts]).unique("voc_id", maintain_order=True)
    matter = voc.filter("counts").join(around, on="voc_id", how="anti")
    beside = around.join(matter, on="contact_id", how="semi")
    return pl.concat([frame["voc_id"] for frame in (beside, arranged, fine)])
