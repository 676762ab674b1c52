"""Step: the words of contacts become utterances, statements and outcomes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial

import polars as pl

from pipelines.steps.mine_pending import with_input_keys
from pipelines.steps.written import written_pieces
from pipelines.text_workers import TextEngines, Work, worked
from voc_mining import ids
from voc_mining.accounts import Account
from voc_mining.anatomy.rules import AnatomyRules
from voc_mining.anatomy.stage import anatomy
from voc_mining.store.delta import DeltaStore
from voc_mining.text.rules import TextRules
from voc_mining.text.tokens import Tokenizer, reading
from voc_mining.transcribe.roles import RoleRules, call_roles, with_roles
from voc_mining.voice.rules import VoiceRules

PIECE_COLUMNS = (
    "contact_id", "month", "part", "channel", "role", "start_s", "end_s", "confidence", "flags", "text", "words",
    "question",
)  # fmt: skip
"""What the text stage is given: raw words with their place, one row per heard utterance or written part."""

# A call comes before what was written about it.
_PARTS = {"audio": 0, "subject": 1, "body": 2, "message": 3, "answer": 4, "note": 5}
_ANATOMY = AnatomyRules()
_ROLES = RoleRules()
_TRANSCRIPT = ("audio_sha256", "transcriber_id")
_WORDS_OF = ("contacts", "transcriptions")


def rules_key(tokenizer: Tokenizer, text_rules: TextRules, voice_rules: VoiceRules) -> str:
    """Digest of everything but the words that decides whose words a contact's are, its statements and its anatomy."""
    return ids.digest("mine", tokenizer.name, text_rules.key, voice_rules.key, _ANATOMY.key, _ROLES.key)


def mine_step(  # noqa: PLR0913 - two stores, what to do, and with what
    lake: DeltaStore,
    vault: DeltaStore,
    contact_ids: Sequence[str],
    engines: TextEngines,
    transcriber_id: str,
    *,
    work: Work | None = None,
) -> list[Account]:
    """Work on the words of a batch of contacts and store what they say.

    Utterances, statements and anatomy are replaced as a whole for each contact; its outcome is written last
    and marks it as done, so a killed run takes the batch again with the same result. Contacts that
    are no longer there lose their rows. Where another run took in other words for these contacts
    meanwhile, they are worked on once more.

    Parameters
    ----------
    lake, vault : DeltaStore
        Where words are, and where what they say goes.
    contact_ids : sequence of str
        The batch.
    engines : TextEngines
        Tokenizer and rules.
    transcriber_id : str
        Whose transcripts count.
    work : callable, optional
        Runs the two stages with these engines, such as :class:`pipelines.text_workers.TextWorkers`; without one they run
        here.

    Returns
    -------
    list of Account
        ``text`` over contacts and ``voice`` over utterances.

    Raises
    ------
    EngineTrouble
        If the store refuses a commit.
    """
    scope = pl.DataFrame({"contact_id": contact_ids}, schema={"contact_id": pl.String}).unique(maintain_order=True)
    key = rules_key(*engines)
    seen = lake.seen(*_WORDS_OF)
    contacts = _of_batch(lake, scope, key, transcriber_id)
    heard = _heard(lake, vault, contacts)
    reads = partial(reading, tokenizer=engines.tokenizer)
    pieces = pl.concat([_spoken(with_roles(heard, _ROLES, reads)), written_pieces(vault, contacts)]).sort(
        "contact_id", pl.col("part").replace_strict(_PARTS, return_dtype=pl.Int8), "start_s", "channel", "place"
    )
    utterances, voice = (work or partial(worked, engines=engines))(pieces.select(PIECE_COLUMNS), contacts)
    lake.replace("utterances", utterances, scope=scope)
    lake.replace("voc", voice.voc, scope=scope)
    lake.replace("critical", voice.critical, scope=scope)
    lake.replace("call_roles", call_roles(heard, _ROLES, reads), scope=scope)
    lake.replace("anatomy", _anatomy(lake, contacts, utterances), scope=scope)
    lake.replace("outcomes", voice.outcomes, scope=scope)
    if lake.seen(*_WORDS_OF) != seen and not _of_batch(lake, scope, key, transcriber_id).equals(contacts):
        return mine_step(lake, vault, contact_ids, engines, transcriber_id, work=work)
    return [_text_account(voice.outcomes).verify(), _voice_account(voice.outcomes).verify()]


def _of_batch(lake: DeltaStore, scope: pl.DataFrame, key: str, transcriber_id: str) -> pl.DataFrame:
    return with_input_keys(lake, lake.scan_matching("contacts", scope), key, transcriber_id)


def _heard(lake: DeltaStore, vault: DeltaStore, contacts: pl.DataFrame) -> pl.DataFrame:
    """Transcripts of contacts with what the log tells of them."""
    columns = ("contact_id", "month", "audio_sha256", "agent_channel", "direction", "heard")
    sounds = contacts.filter(pl.col("heard").is_not_null()).select(columns)
    wanted = _transcripts_of(sounds)
    heard = (
        vault.scan("transcripts")
        .join(wanted, on=_TRANSCRIPT, how="semi")
        .join(lake.scan("transcriptions").select(*_TRANSCRIPT, "channels"), on=_TRANSCRIPT, how="left", validate="m:1")
        .collect()
    )
    return sounds.join(heard, on="audio_sha256", how="inner", validate="m:m")


def _spoken(rows: pl.DataFrame) -> pl.DataFrame:
    """Pieces from transcripts in which each speaker has a role."""
    return rows.select(
        "contact_id", "month", pl.lit("audio").alias("part"), "channel", "role", "start_s", "end_s",
        "confidence", "flags", "text", "words", pl.lit(None, pl.String).alias("question"), pl.col("no").alias("place"),
    )  # fmt: skip


def _transcripts_of(sounds: pl.DataFrame) -> pl.LazyFrame:
    """Keys of the transcripts that count for the sounds of contacts."""
    return sounds.lazy().select("audio_sha256", pl.col("heard").alias("transcriber_id")).unique()


def _anatomy(lake: DeltaStore, contacts: pl.DataFrame, utterances: pl.DataFrame) -> pl.DataFrame:
    """Measure the calls among the contacts whose recordings have been heard."""
    columns = ("contact_id", "month", "audio_sha256", "agent_channel", "heard")
    sounds = contacts.filter(pl.col("heard").is_not_null()).select(columns)
    wanted = _transcripts_of(sounds)
    lengths = (
        lake.scan("transcriptions")
        .join(wanted, on=_TRANSCRIPT, how="semi")
        .select("audio_sha256", "channels", "duration_s")
    )
    heard = sounds.lazy().drop("heard").join(lengths, on="audio_sha256", validate="m:1").sort("contact_id").collect()
    events = lake.scan("sound_events").join(wanted, on=_TRANSCRIPT, how="semi").collect()
    return anatomy(utterances, heard, events, _ANATOMY)


def _text_account(outcomes: pl.DataFrame) -> Account:
    wordless = outcomes.filter(pl.col("n_utterances") == 0).height
    return Account(
        "text",
        inputs=outcomes.height,
        produced=outcomes.height - wordless,
        dropped={"no_words": wordless} if wordless else {},
    )


def _voice_account(outcomes: pl.DataFrame) -> Account:
    dropped: Counter[str] = Counter()
    for reasons in outcomes["dropped"]:
        dropped.update(json.loads(reasons))
    inputs = int(outcomes["n_utterances"].sum())
    return Account("voice", inputs=inputs, produced=inputs - dropped.total(), dropped=dict(sorted(dropped.items())))
