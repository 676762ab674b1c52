"""The stage: how each call with sound went."""

from __future__ import annotations

import polars as pl

from voc_mining.anatomy.call import Call, Sound, Talk, figures
from voc_mining.anatomy.rules import AnatomyRules
from voc_mining.contracts import LAKE_TABLES

# Words that nobody said.
_INVENTED = ("silence_text", "music", "tone")
_LISTENING = ("filler", "greeting")
_LONGEST_LISTENING_S = 2.0
# What stands in the way of a rate: guessed words, words said again by the decoder, masked ones.
_UNRATED = ("low_confidence", "repetition")
_RATES = ("agent_morae_per_s", "customer_morae_per_s")


def anatomy(utterances: pl.DataFrame, sounds: pl.DataFrame, events: pl.DataFrame, rules: AnatomyRules) -> pl.DataFrame:
    """Measure the calls whose recordings have been heard.

    Parameters
    ----------
    utterances : DataFrame
        By the contract ``utterances``, every utterance of the contacts.
    sounds : DataFrame
        ``contact_id`` (unique), ``month``, ``audio_sha256``, ``agent_channel``, ``channels``, ``duration_s``: the
        contacts with a transcript.
    events : DataFrame
        ``audio_sha256``, ``channel``, ``kind``, ``start_s``, ``end_s`` of their recordings.
    rules : AnatomyRules
        What counts as what.

    Returns
    -------
    DataFrame
        By the contract ``anatomy``, one row per row of ``sounds``.
    """
    spoken = _spoken(utterances.join(sounds.select("contact_id"), on="contact_id", how="semi"), rules)
    talks = {key: _talks(part) for (key,), part in spoken.partition_by("contact_id", as_dict=True).items()}
    heard = {
        key: tuple(Sound(*row) for row in part.select("kind", "channel", "start_s", "end_s").iter_rows())
        for (key,), part in events.sort("start_s", "channel", "kind").partition_by("audio_sha256", as_dict=True).items()
    }
    measured = [
        {
            "contact_id": contact,
            **figures(Call(duration, channels, agent, talks.get(contact, ()), heard.get(sha256, ())), rules),
        }
        for contact, sha256, agent, channels, duration in sounds.select(
            "contact_id", "audio_sha256", "agent_channel", "channels", "duration_s"
        ).iter_rows()
    ]
    contract = LAKE_TABLES["anatomy"]
    made = ["contact_id", *figures(Call(0.0, 1, None, (), ()), rules)]
    frame = pl.DataFrame(measured, schema={name: contract.schema[name] for name in made})
    joined = sounds.join(frame, on="contact_id", validate="1:1").join(
        _rates(spoken, rules), on="contact_id", how="left", validate="1:1"
    )
    # Without a speaker nothing is said about one, neither is a rate.
    rates = [pl.when(pl.col("agent_talk_s").is_not_null()).then(name).alias(name) for name in _RATES]
    rounded = [pl.col(name).round(_places(name)) for name, kind in contract.schema.items() if kind == pl.Float64]
    return contract.check(
        contract.conform(joined.with_columns(rates).drop("agent_channel", "audio_sha256")).with_columns(rounded)
    )


def _places(name: str) -> int:
    return 4 if name.endswith("share") else 2


def _spoken(utterances: pl.DataFrame, rules: AnatomyRules) -> pl.DataFrame:
    """Utterances that somebody said, with what the figures ask of each."""
    flags, text = pl.col("flags"), pl.col("text")
    length = pl.col("end_s") - pl.col("start_s")
    said = utterances.filter(
        (pl.col("part") == "audio")
        & pl.col("start_s").is_not_null()
        & (flags.list.set_intersection(list(_INVENTED)).list.len() == 0)
    )
    short = length <= _LONGEST_LISTENING_S
    return said.sort("contact_id", "start_s", "channel", "no").with_columns(
        role=pl.when(flags.list.contains("ivr")).then(pl.lit("ivr")).otherwise("role"),
        listens=(flags.list.set_intersection(list(_LISTENING)).list.len() > 0) & short,
        asks_to_wait=text.str.contains(rules.phrases.asked),
        comes_back=text.str.contains(rules.phrases.over),
        length_s=length,
    )


def _talks(spoken: pl.DataFrame) -> tuple[Talk, ...]:
    rows = spoken.select(
        "role", pl.col("channel").fill_null(0), "start_s", "end_s", "listens", "asks_to_wait", "comes_back"
    )
    return tuple(Talk(*row) for row in rows.iter_rows())


def _rates(spoken: pl.DataFrame, rules: AnatomyRules) -> pl.DataFrame:
    """Morae a second of each role: over utterances long enough, sure, unmasked and read to the last word."""
    rated = (
        spoken.filter(
            pl.col("role").is_in(["agent", "customer"])
            & (pl.col("length_s") >= rules.rated_utterance_s)
            & ~pl.col("listens")
            & (pl.col("masked_spans").list.len() == 0)
            & (pl.col("flags").list.set_intersection(list(_UNRATED)).list.len() == 0)
        )
        .with_columns(morae=_morae())
        .filter(pl.col("morae").is_not_null())
    )
    enough = pl.col("length_s").sum() >= rules.least_rated_s
    rate = pl.when(enough).then(pl.col("morae").sum() / pl.col("length_s").sum())
    by_role = rated.group_by("contact_id", "role").agg(rate.alias("rate"))
    columns = [
        pl.col("rate").filter(pl.col("role") == name.removesuffix("_morae_per_s")).first().alias(name)
        for name in _RATES
    ]
    return by_role.group_by("contact_id").agg(columns)


def _morae() -> pl.Expr:
    """Morae of an utterance by its tokens' readings; null where a word has none.

    Every kana is one, but the small ones that only change the one before (ャュョァィゥェォヮ).
    """
    reading = pl.element().struct.field("reading").fill_null("")
    wordy = pl.element().struct.field("surface").str.contains(r"[\p{L}\p{N}]")
    kana = reading.str.count_matches("[ァ-ヴー]").cast(pl.Int64) - reading.str.count_matches(
        "[ャュョァィゥェォヮ]"
    ).cast(pl.Int64)
    unread = pl.col("tokens").list.eval(wordy & (reading == "")).list.any()
    return pl.when(~unread).then(pl.col("tokens").list.eval(kana).list.sum())
