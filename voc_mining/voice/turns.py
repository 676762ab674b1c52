"""Customers' turns that make no statement: answers to what the agent asked, and words that only steer the conversation."""

from __future__ import annotations

import polars as pl

from voc_mining.voice.kinds import kinds
from voc_mining.voice.lexicon import folded
from voc_mining.voice.rules import VoiceRules

_SIDES = ("agent", "customer")
_PLAIN = ("other", "inquiry", "request")
"""Kinds of turns that may be steering: one that complains, praises or means to leave is a statement whatever its form."""
TURN = ("text", "asked", "echoes", "later")
"""What a turn is judged by: its words, whether it answers a question, repeats the agent, follows a matter."""
_MEANT = ("praise", "churn_signal")
"""Kinds of turns that are no mere reaction."""
_NEVER_REACTIONS = ("complaint", "churn_signal")
"""Kinds of turns that the model of turns never leaves out."""


def asked_before(utterances: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Tell of each customer's turn of a conversation whether it stands right after a question of the agent's.

    A question that invites the customer to speak (いかがでしょうか、ご要望は) asks for statements and is none. The customer's
    first ``answer_turns`` turns after the question answer it.

    Parameters
    ----------
    utterances : DataFrame
        By the contract, of whole contacts.
    rules : VoiceRules
        ``turns`` and ``answer_turns``.

    Returns
    -------
    DataFrame
        ``contact_id``, ``no``, ``asked``, ``echoes``, ``later`` (bool), ``before`` (what the agent said before, folded, empty for
        nothing) and ``question`` (the same where it asks or invites and the turn may answer it): customers' spoken turns; ``echoes`` where all that
        is said stands in the agent's turn before (変更ですか after 日程の変更でしたら無料で承れます), ``later`` where both have spoken
        before and the customer said at least ``matter_chars`` in one turn.
    """
    spoken = utterances.filter((pl.col("part") == "audio") & pl.col("role").is_in(_SIDES)).sort("contact_id", "no")
    line, agent = folded(pl.col("text")), pl.col("role") == "agent"
    asks, invites = (line.str.contains(rules.turns.alternation(action)) for action in ("asks", "invites"))
    turn = spoken.with_columns(
        pl.when(agent).then(asks & ~invites).forward_fill().over("contact_id").alias("asked"),
        pl.when(agent).then(asks | invites).forward_fill().over("contact_id").alias("any"),
        pl.when(agent).then(line).forward_fill().over("contact_id").fill_null("").alias("before"),
        line.str.replace_all(rules.turns.alternation("echo"), "").alias("core"),
    )
    since = (~agent).cum_sum() - pl.when(agent).then((~agent).cum_sum()).forward_fill().fill_null(0)
    turn = turn.with_columns(since.over("contact_id").alias("since")).filter(pl.col("role") == "customer")
    soon = pl.col("since") <= rules.answer_turns
    answers = pl.col("asked").fill_null(value=False) & soon
    question = pl.when(pl.col("any").fill_null(value=False) & soon).then("before")
    echoes = (pl.col("core") != "") & pl.col("before").str.contains(pl.col("core"), literal=True)
    much = pl.col("text").str.len_chars() >= rules.matter_chars
    told = much.cum_sum().shift(1, fill_value=0).over("contact_id") > 0
    later = told & (pl.col("before") != "")
    return turn.select(
        "contact_id", "no", answers.alias("asked"), echoes.alias("echoes"), later.alias("later"), "before",
        question.alias("question"),
    )  # fmt: skip


def received(utterances: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Tell of each customer's turn whether all that the agent said since the customer's last is はい or the like.

    Returns
    -------
    DataFrame
        ``contact_id``, ``no``, ``received`` (bool): customers' spoken turns; false where the agent said nothing.
    """
    spoken = utterances.filter((pl.col("part") == "audio") & pl.col("role").is_in(_SIDES)).sort("contact_id", "no")
    agent = pl.col("role") == "agent"
    only = folded(pl.col("text")).str.contains(rules.turns.alternation("receives"))
    before = (agent & only).shift(1) & ~agent.shift(2).fill_null(value=True)
    turn = spoken.with_columns(before.over("contact_id").fill_null(value=False).alias("received"))
    return turn.filter(pl.col("role") == "customer").select("contact_id", "no", "received")


def turn_reasons(turns: pl.DataFrame, rules: VoiceRules) -> pl.Series:
    """Tell of each distinct turn why it is no statement.

    ``answer`` is a short turn after a question that has no word of any kind, ``steering`` one that as a whole handles
    the conversation or only says the agent's words again. Words of feeling, of harassment, of urgency or of a complaint make a
    statement of either. A short turn that only reacts to what the agent offered is ``steering`` too where the matter was told
    before, also with words of feeling (もう結構です), but not with praise or a wish to leave.

    Parameters
    ----------
    turns : DataFrame
        Distinct turns: :data:`TURN`.
    rules : VoiceRules
        Lexicons, ``answer_chars`` and ``reaction_chars``.

    Returns
    -------
    Series of str
        ``answer``, ``steering`` or null, in the order given.
    """
    line, short = folded(pl.col("text")), pl.col("text").str.len_chars() <= rules.answer_chars
    steers = line.str.contains(rf"^(?:{rules.turns.alternation('steers')})$") | (pl.col("echoes") & short)
    plain = line.str.contains(rf"^(?:{rules.turns.alternation('plain')})$")
    more = line.str.contains(rules.turns.alternation("more"))
    reacts = line.str.contains(rules.turns.alternation("reacts"))
    brief = pl.col("text").str.len_chars() <= rules.reaction_chars
    formed = turns.with_columns(
        steers.alias("steers"),
        (pl.col("asked") & plain).alias("plain"),
        (pl.col("asked") & short & ~more).alias("told"),
        (pl.col("later") & brief & reacts).alias("reacts"),
    )
    # Only what has the form of one is held against the long lists of words.
    formed = formed.filter(pl.any_horizontal("steers", "plain", "told", "reacts"))
    grave = _grave(line, rules)
    heavy = grave | line.str.contains(rules.emotions.alternation("match", "negative"))
    judged = formed.join(kinds(formed["text"].unique(maintain_order=True), rules.kinds), on="text", validate="m:1")
    reason = (
        pl.when("plain").then(pl.lit("answer"))
        .when(pl.col("reacts") & ~grave & ~pl.col("kind").is_in(_MEANT)).then(pl.lit("steering"))
        .when(heavy).then(None)
        .when(pl.col("steers") & pl.col("kind").is_in(_PLAIN)).then(pl.lit("steering"))
        .when(pl.col("told") & (pl.col("kind") == "other")).then(pl.lit("answer"))
    )  # fmt: skip
    known = judged.select(*TURN, reason.alias("reason"))
    return turns.join(known, on=TURN, how="left", maintain_order="left", validate="1:1")["reason"]


def reactions(turns: pl.DataFrame, rules: VoiceRules) -> pl.Series:
    """Tell of distinct whole turns that no pattern knows whether they only react to the agent, by the model of turns.

    Only turns of at most ``weighed_chars`` after the matter was told are weighed (``later``), so that a contact's reason is never lost, and
    not those that the agent invited. Words of harassment, urgency, trouble with the support, a complaint or leaving make a statement.

    Parameters
    ----------
    turns : DataFrame
        ``text``, ``before`` (the agent's words, folded) and ``later``, distinct.
    rules : VoiceRules
        ``turn_model``, ``weighed_chars`` and lexicons.

    Returns
    -------
    Series of bool
        In the order given.
    """
    line = folded(pl.col("text"))
    invited = pl.col("before").str.contains(rules.turns.alternation("invites"))
    brief = line.str.len_chars() <= rules.weighed_chars
    told = turns.select(line, "before", (pl.col("later") & (pl.col("before") != "") & ~invited & brief).alias("weigh"))
    tells = rules.turn_model.tells
    weighed = turns.with_columns(
        pl.Series("reacts", [weigh and not tells(text, before) for text, before, weigh in told.iter_rows()], pl.Boolean)
    )
    # Only what seems a reaction is held against the long lists of words.
    light = weighed.filter("reacts").filter(~_grave(line, rules)).select("text").unique()
    known = kinds(light["text"], rules.kinds).filter(~pl.col("kind").is_in(_NEVER_REACTIONS))
    return weighed.select(pl.col("reacts") & pl.col("text").is_in(known["text"].implode())).to_series()


def _grave(line: pl.Expr, rules: VoiceRules) -> pl.Expr:
    """Words of harassment, urgency or trouble with the support."""
    lists = (rules.critical, rules.urgency, rules.experience)
    return pl.any_horizontal(line.str.contains(lexicon.alternation("match")) for lexicon in lists)
