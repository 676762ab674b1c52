"""Which utterances become customer statements; one idea each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from voc_mining.full_stops import sentence_pattern
from voc_mining.voice.excluded import excluded_reasons
from voc_mining.voice.lexicon import every_match
from voc_mining.voice.quotes import note_passages, writer_reports
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.turns import TURN, asked_before, reactions, received, turn_reasons

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

PIECE: Mapping[str, PolarsDataType] = {
        "contact_id": pl.String, "no": pl.Int32, "sub": pl.Int32, "part": pl.String, "channel": pl.Int8,
        "role": pl.String, "quoted": pl.Boolean, "start_s": pl.Float64, "end_s": pl.Float64, "text": pl.String,
        "flags": pl.List(pl.String), "hint": pl.String, "hint_words": pl.String, "reason": pl.String,
        "question": pl.String, "group": pl.Int64,
}  # fmt: skip
"""A piece is a sentence, or a passage of a note, with the reason it is left out or the group it is joined to."""

_CUT = "\ue000"
_TURN = ["contact_id", "channel", "role", "suspect"]
# What was perhaps not said, or by a machine, or is a writer's word on harassment: kept, but not counted, and never
# joined to what was.
UNCOUNTED_FLAGS = ("silence_text", "repetition", "music", "tone", "ivr", "noted")
# Flags of the text stage that are reasons; what the words say here goes first.
_FLAGGED_REASONS = ("reply_quote", "signature", "greeting", "filler")


def pieces(utterances: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Cut utterances into pieces and tell of each why it is left out or which statement it joins.

    Customers' speech and writing and speech of unknown role are cut at full stops; notes are cut
    into quoted, reported and written passages. Reasons: agent, ivr, writer, subject (where the contact has
    a body that speaks), those of :func:`~voc_mining.voice.excluded.excluded_reasons` and of
    :func:`~voc_mining.voice.turns.turn_reasons`.

    Parameters
    ----------
    utterances : DataFrame
        By the contract, of whole contacts.
    rules : VoiceRules
        Lexicons and pauses.

    Returns
    -------
    DataFrame
        Columns of :data:`PIECE`, sorted by contact, utterance and place; ``group`` numbers the
        statements and is null where ``reason`` is not.
    """
    role, note = pl.col("role"), pl.col("part") == "note"
    silent = utterances.filter(role.is_in(["agent", "ivr"]) | (role.is_in(["writer"]) & ~note))
    own = utterances.filter(role.is_in(["customer", "unknown"]) & ~note)
    noted = utterances.filter(note & ~role.is_in(["agent", "ivr"]))
    left_out = silent.with_columns(pl.col("role").alias("reason"), pl.lit(0, pl.Int32).alias("sub"))
    turns = asked_before(utterances, rules)
    parts = [_laid_out(left_out), _without_steering(_own_sentences(own, rules), turns, rules)]
    told = pl.concat([*parts, _note_pieces(noted, rules)]).sort("contact_id", "no", "sub")
    speaking = (
        told.filter(pl.col("part").is_in(["body", "message"]) & pl.col("reason").is_null())
        .select("contact_id")
        .unique()
    )
    spoken_for = (pl.col("part") == "subject") & pl.col("contact_id").is_in(speaking["contact_id"].implode())
    told = told.with_columns(
        pl.when(spoken_for & pl.col("reason").is_null()).then(pl.lit("subject")).otherwise("reason").alias("reason")
    )
    return _without_reactions(_joined(told, received(utterances, rules), rules), turns, rules)


def statements_of(told: pl.DataFrame) -> pl.DataFrame:
    """Put the pieces of each statement together.

    Returns
    -------
    DataFrame
        ``contact_id``, ``first_no``, ``last_no``, ``part``, ``channel``, ``role``, ``quoted``, ``start_s``,
        ``end_s``, ``text``, ``flags``, ``hint``, ``hint_words``, ``question``; sorted by place.
    """
    return (
        told.filter(pl.col("group").is_not_null())
        .group_by("group", maintain_order=True)
        .agg(
            pl.col("contact_id").first(),
            pl.col("no").min().alias("first_no"),
            pl.col("no").max().alias("last_no"),
            pl.col("part", "channel", "role", "quoted").first(),
            pl.col("start_s").min(),
            pl.col("end_s").max(),
            pl.col("text").str.join(""),
            pl.col("flags").list.explode(empty_as_null=False).unique().sort(),
            pl.col("hint", "hint_words", "question").first(),
        )
        .sort("contact_id", "first_no", "group")
        .drop("group")
    )


def left_out(told: pl.DataFrame) -> pl.DataFrame:
    """List the utterances that made no statement, with the reason of their first piece.

    Returns
    -------
    DataFrame
        ``contact_id``, ``no``, ``reason``.
    """
    return (
        told.group_by("contact_id", "no", maintain_order=True)
        .agg(pl.col("reason").first(), pl.col("group").is_not_null().any().alias("made"))
        .filter(~pl.col("made"))
        .select("contact_id", "no", "reason")
    )


def _laid_out(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in PIECE.items()
    )


def _with_reasons(frame: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Add ``reason`` and cut greetings and fillers off the front."""
    mono = (pl.col("role") == "unknown") & (pl.col("part") == "audio")
    judged = []
    for both_speakers in (False, True):
        rows = frame.filter(mono if both_speakers else ~mono)
        texts = rows["text"].unique(maintain_order=True)
        reasons = excluded_reasons(texts, rules.excluded, both_speakers=both_speakers)
        judged.append(rows.join(reasons, on="text", how="left", validate="m:1"))
    flagged = pl.coalesce(pl.when(pl.col("flags").list.contains(flag)).then(pl.lit(flag)) for flag in _FLAGGED_REASONS)
    return (
        pl.concat(judged)
        .with_columns(pl.coalesce("reason", flagged).alias("reason"))
        .with_columns(pl.when(pl.col("reason").is_null()).then("rest").otherwise("text").alias("text"))
        .drop("rest")
    )


def _without_steering(own: pl.DataFrame, conversation: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Leave out what in a conversation only answers the agent or steers it."""
    placed = own.drop("question").join(conversation, on=["contact_id", "no"], how="left", validate="m:1")
    turns = placed.filter(pl.col("asked").is_not_null() & pl.col("reason").is_null())
    turns = turns.select(TURN).unique(maintain_order=True)
    turns = turns.with_columns(turn_reasons(turns, rules).alias("turn"))
    told = placed.join(turns, on=TURN, how="left", validate="m:1")
    return told.with_columns(pl.coalesce("reason", "turn").alias("reason")).select(*PIECE)


def _own_sentences(own: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Cut speech at full stops and before words that open another idea; a piece's seconds are its share of the text."""
    whole = pl.concat_list(pl.col("text"))
    clause, another = rules.endings.alternation("match", "clause"), rules.endings.alternation("match", "another")
    ideas = pl.col("text").str.replace_all(rf"((?:.{{6,}}?(?:{clause})[、,\s]*))((?:{another}))", f"${{1}}{_CUT}${{2}}")
    cut = ideas.str.extract_all(sentence_pattern(_CUT))
    many = (pl.col("part") == "audio") & (cut.list.len() > 1) & ~pl.col("text").str.contains("「")
    sentences = (
        own.with_columns(pl.when(many).then(cut).otherwise(whole).alias("sentences"))
        .with_columns(pl.int_ranges(pl.col("sentences").list.len(), dtype=pl.Int32).alias("sub"))
        .drop("text")
        .explode("sentences", "sub")
        .with_columns(pl.col("sentences").str.strip_chars().fill_null("").alias("text"))
    )
    length = pl.col("text").str.len_chars()
    total = length.sum().over("contact_id", "no").clip(1)
    before = (length.cum_sum().over("contact_id", "no", order_by="sub") - length) / total
    start, span = pl.col("start_s"), pl.col("end_s") - pl.col("start_s")
    timed = sentences.with_columns(
        (start + span * before).round(3).alias("start_s"),
        (start + span * (before + length / total)).round(3).alias("end_s"),
    )
    return _laid_out(_with_reasons(timed, rules).with_columns(pl.lit(False).alias("quoted")))


def _note_pieces(noted: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Cut notes into passages: the customer's words, and what of the writer's own tells about the customer."""
    passages = note_passages(noted["text"].unique(maintain_order=True), rules.quotes)
    rows = noted.drop("role").join(passages, on="text", how="left", validate="m:m")
    rows = rows.with_columns(
        pl.col("sub").fill_null(0),
        pl.col("role").fill_null("writer"),
        pl.col("quoted").fill_null(value=False),
        pl.col("passage").fill_null("").alias("text"),
    ).drop("passage")
    quoted = _with_reasons(rows.filter(pl.col("role") == "customer"), rules)
    ours = rows.filter(pl.col("role") == "agent").with_columns(pl.lit("agent_quoted").alias("reason"))
    writer = rows.filter(pl.col("role") == "writer")
    reports = writer_reports(writer["text"].unique(maintain_order=True), rules.writer, rules.kinds)
    written = writer.join(reports, on="text", how="left", validate="m:1").with_columns(
        pl.when(pl.col("told").is_null()).then(pl.lit("writer")).alias("reason"),
        pl.coalesce("told", "text").alias("text"),
    )
    # What the writer notes of harassment is no voice of the customer, but a supervisor must find it.
    harassment = every_match(written["text"].unique(maintain_order=True), rules.critical, "noted")
    noted_only = pl.col("reason").is_not_null() & pl.col("text").is_in(harassment["text"].implode())
    written = written.with_columns(
        pl.when(~noted_only).then("reason").alias("reason"),
        pl.when(noted_only).then(pl.concat_list("flags", pl.lit("noted"))).otherwise("flags").alias("flags"),
    )
    return pl.concat([_laid_out(frame) for frame in (quoted, ours, written)])


def _without_reactions(told: pl.DataFrame, conversation: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Leave out what was joined to a whole turn and only reacts to the agent."""
    suspect = pl.col("flags").list.set_intersection(list(UNCOUNTED_FLAGS)).list.len() > 0
    spoken = told.filter(
        pl.col("group").is_not_null(), pl.col("part") == "audio", pl.col("role") == "customer", ~suspect
    )
    whole = spoken.group_by("group", maintain_order=True).agg(
        pl.col("contact_id", "no").first(), pl.col("text").str.join("")
    )
    placed = whole.join(conversation, on=["contact_id", "no"], how="inner", validate="m:1")
    distinct = placed.select("text", "before", "later").unique(maintain_order=True)
    distinct = distinct.filter(reactions(distinct, rules))
    gone = placed.join(distinct, on=["text", "before", "later"], how="semi")["group"]
    reacts = pl.col("group").is_in(gone.implode()).fill_null(value=False)
    return told.with_columns(
        pl.when(reacts).then(pl.lit("reaction")).otherwise("reason").alias("reason"),
        pl.when(~reacts).then("group").alias("group"),
    )


def _joined(told: pl.DataFrame, heard: pl.DataFrame, rules: VoiceRules) -> pl.DataFrame:
    """Give each statement a number: a piece of speech joins the one before it if that one was left open.

    Left open: same contact, channel and role, a pause of less than ``max_pause_s``, no final ending,
    no weak ending before a pause of ``weak_pause_s``. Fillers do not interrupt; other left-out pieces do. Across the agent's
    はい a piece without any ending goes on up to ``received_pause_s`` later.
    """
    final, weak = rules.endings.alternation("match", "final"), rules.endings.alternation("match", "weak")
    suspect = pl.col("flags").list.set_intersection(list(UNCOUNTED_FLAGS)).list.len() > 0
    spoken = told.filter(pl.col("part") == "audio").with_columns(suspect.alias("suspect"))
    spoken = spoken.join(heard, on=["contact_id", "no"], how="left", validate="m:1")
    spoken = spoken.with_columns(pl.col("received").fill_null(value=False))
    spoken = spoken.sort(*_TURN, "no", "sub", nulls_last=True)
    filler = (pl.col("reason") == "filler").fill_null(value=False)
    stops = pl.col("reason").is_not_null() & ~filler
    pause = pl.col("start_s") - pl.col("end_s").shift(1)
    before = pl.col("text").shift(1)
    closed = before.str.contains(final) | (before.str.contains(weak) & (pause >= rules.weak_pause_s))
    open_before = filler.shift(1) | ~closed
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in _TURN)
    opening = pl.col("text").str.contains(rf"^(?:{rules.endings.alternation('match', 'another')})")
    listened = pl.col("received") & ~before.str.contains(weak) & (pause < rules.received_pause_s)
    near = (pause < rules.max_pause_s) | listened
    goes_on = same & near & open_before & ~opening & ~stops & ~stops.shift(1)
    spoken = (
        spoken.with_columns((~goes_on.fill_null(value=False)).cum_sum().alias("run"))
        .with_columns((pl.col("reason").is_null().cum_sum().over("run", order_by=["no", "sub"]) - 1).alias("nth"))
        .with_columns(pl.struct("run", pl.col("nth") // rules.max_pieces).rank("dense").alias("run"))
    )
    written = told.filter(pl.col("part") != "audio").with_columns(
        (pl.int_range(pl.len()) + 1 + spoken.height).alias("run")
    )
    both = pl.concat(
        [spoken.drop("nth", "suspect", "received").cast({"run": pl.Int64}), written.cast({"run": pl.Int64})]
    )
    return (
        both.with_columns(pl.when(pl.col("reason").is_null()).then("run").alias("group"))
        .drop("run")
        .sort("contact_id", "no", "sub")
    )
