"""Tables of what was delivered: contacts, recordings and what was heard in them, the log, customers, word lists."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.table import UTC_TIME, Column, Table, seconds_column, text_column
from voc_mining.contracts.values import CHANNELS, DISPOSITIONS, MONTH, SOUNDS, SOURCES

_CONTACTS = Table(
    "contacts",
    "one contact with a customer, as its source tells it",
    ("contact_id",),
    (
        text_column("contact_id", "digest of source and natural key", optional=False),
        text_column("source", "kind of record it came from", optional=False, values=SOURCES),
        text_column(
            "source_id",
            "natural key: call_id, inquiry_id, checkin_id, response_id, or the recording's path",
            optional=False,
        ),
        text_column("channel", "medium", optional=False, values=CHANNELS),
        text_column("direction", "who opened it", values=("inbound", "outbound")),
        text_column("queue", "operator queue"),
        text_column("campaign", "outbound campaign"),
        text_column(
            "purpose", "purpose as recorded", values=("support", "checkin", "sales", "collection", "delivery", "other")
        ),
        text_column("disposition", "how the call ended", values=DISPOSITIONS),
        text_column("ivr_path", "choices in the voice menu"),
        text_column("contact_ref", "contact this one refers to, in the source's own key"),
        Column("leg_no", pl.Int32, "leg of a transferred call", optional=True),
        text_column("customer_key", "customer as the source knows it"),
        text_column("agent_key", "agent as the source knows it"),
        text_column("phone_key", "pseudonym of the other party's number; null when withheld"),
        text_column("mail_key", "pseudonym of the customer's mail address"),
        text_column("subject_key", "pseudonym of the subject of an inquiry, without Re: and the like"),
        Column("reply", pl.Boolean, "the subject says that it answers an earlier mail", optional=True),
        text_column("thread_key", "digest of the messages exchanged in it"),
        Column(
            "started_at", UTC_TIME, "start; null where neither the record nor the file name tells it", optional=True
        ),
        Column("ended_at", UTC_TIME, "end", optional=True),
        Column("business_date", pl.Date, "date of started_at in Asia/Tokyo", optional=True),
        seconds_column("duration_s", "from answer to end; for a recording its length"),
        seconds_column("handle_s", "handling time of a written inquiry"),
        Column("first_reply_at", UTC_TIME, "first reply to a written inquiry", optional=True),
        Column("resolved_at", UTC_TIME, "resolution of a written inquiry", optional=True),
        text_column("category_l", "reason code, large"),
        text_column("category_m", "reason code, middle"),
        text_column("category_s", "reason code, small"),
        text_column("method", "method of a check-in"),
        text_column("survey_id", "survey of an answer"),
        text_column("question", "survey question that prompted the answer"),
        Column("score", pl.Float64, "survey score", optional=True),
        text_column("audio_sha256", "content of its recording"),
        Column("agent_channel", pl.Int8, "audio channel of the agent, 0-based", optional=True),
        text_column("recording_path", "recording as named by the record or found, relative to the inbox"),
        text_column("attributes", "further columns of the record, masked, as a JSON object"),
        text_column("content_key", "digest of the record's content, texts included", optional=False),
        text_column("source_file", "file it came from, relative to the inbox", optional=False),
        Column("source_row", pl.Int64, "line in that file, 1-based; 0 for a recording", optional=False),
        MONTH,
    ),
    partition="month",
)

_RECORDINGS = Table(
    "recordings",
    "one recording by its content",
    ("audio_sha256",),
    (
        text_column("audio_sha256", "SHA-256 of the file", optional=False),
        Column("paths", pl.List(pl.String), "every name it was delivered under, relative to the inbox, sorted"),
        Column("size_bytes", pl.Int64, "file size"),
        seconds_column("duration_s", "length"),
        Column("channels", pl.Int8, "audio channels", optional=True),
        Column("sample_rate", pl.Int32, "samples a second", optional=True),
        text_column("codec", "audio codec"),
        text_column("state", "usable, or why not", optional=False, values=("readable", "unreadable")),
    ),
)

_TRANSCRIPTIONS = Table(
    "transcriptions",
    "a recording's transcript by one transcriber, also where nothing was said",
    ("audio_sha256", "transcriber_id"),
    (
        text_column("audio_sha256", "content of the recording", optional=False),
        text_column("transcriber_id", "model revision and options", optional=False),
        Column("channels", pl.Int8, "channels heard: 1 also where a stereo file carries the same sound twice"),
        Column("n_utterances", pl.Int32, "utterances in the vault"),
        Column("n_flagged", pl.Int32, "utterances under suspicion"),
        Column("duration_s", pl.Float64, "seconds of sound"),
        Column("speech_s", pl.Float64, "seconds of speech found, over all channels"),
        Column(
            "flaws",
            pl.List(pl.String),
            "what is wrong with the sound, sorted: clipped, damaged_part, silent, silent_channel",
            optional=True,
        ),
        text_column("glossary", "digest of the terms that the transcriber was told; null where it was told none"),
        Column(
            "turn",
            pl.Int32,
            "counts the transcribers that heard this recording, from 1; the latest counts where the one in use has not",
            optional=True,
        ),
    ),
)

_SOUND_EVENTS = Table(
    "sound_events",
    "a stretch of one kind of sound in a channel of a recording; holds no words",
    ("audio_sha256", "transcriber_id", "channel", "no"),
    (
        text_column("audio_sha256", "content of the recording", optional=False),
        text_column("transcriber_id", "model revision and options", optional=False),
        Column("channel", pl.Int8, "audio channel, 0-based; 0 for mono"),
        Column("no", pl.Int32, "position within the channel, 0-based, by start"),
        text_column(
            "kind",
            "speech as the detector found it, padding included; hold music; ring-back tone; busy tone; keys; another "
            "tone; two seconds and more without a sound",
            optional=False,
            values=SOUNDS,
        ),
        Column("start_s", pl.Float64, "start, seconds from the beginning of the file"),
        Column("end_s", pl.Float64, "end, seconds"),
    ),
)

_CALL_LOG = Table(
    "call_log",
    "one row of the call log: the times and the disposition of a call",
    ("call_id",),
    (
        text_column("call_id", "natural key", optional=False),
        text_column("contact_id", "its contact", optional=False),
        text_column("direction", "who called", optional=False, values=("inbound", "outbound")),
        Column("offered_at", UTC_TIME, "offered to a queue, or dialled"),
        Column("answered_at", UTC_TIME, "answered", optional=True),
        Column("ended_at", UTC_TIME, "ended", optional=True),
        seconds_column("wait_s", "waiting before answer or abandon"),
        seconds_column("talk_s", "talking, hold not included"),
        seconds_column("hold_s", "on hold"),
        seconds_column("acw_s", "after-call work"),
        Column("transfers", pl.Int32, "transfers", optional=True),
        text_column("queue", "operator queue"),
        text_column("agent_key", "agent"),
        text_column("customer_key", "customer"),
        text_column("disposition", "how the call ended", values=DISPOSITIONS),
        text_column("recording", "recording as the log names it"),
        Column("recording_missing", pl.Boolean, "the log names a recording that is not in the inbox"),
        Column("business_date", pl.Date, "date of offered_at in Asia/Tokyo"),
        MONTH,
    ),
    partition="month",
)

_CUSTOMERS = Table(
    "customers",
    "a customer as of a date",
    ("customer_key", "as_of"),
    (
        text_column("customer_key", "customer_id as delivered", optional=False),
        Column("as_of", pl.Date, "date the row describes"),
        text_column("account_key", "account the customer belongs to"),
        text_column("plan", "plan"),
        text_column("segment", "segment"),
        text_column("lifecycle", "stage of the relation"),
        Column("annual_value", pl.Float64, "value a year, in the currency delivered", optional=True),
        Column("contract_start", pl.Date, "start of the contract", optional=True),
        Column("contract_end", pl.Date, "end of the contract", optional=True),
        Column("notice_at", pl.Date, "notice of cancellation", optional=True),
        text_column("churn_reason", "reason recorded at cancellation"),
        Column("last_active_at", UTC_TIME, "last use", optional=True),
        Column("usage_score", pl.Float64, "usage as delivered", optional=True),
        text_column("usage_purpose", "what the customer uses it for"),
        text_column("support_need", "need for support as judged"),
        text_column("renewal_outlook", "renewal outlook as judged"),
        text_column("outlook_by", "who judged"),
        Column("outlook_at", pl.Date, "when it was judged", optional=True),
        Column("last_support_at", UTC_TIME, "last support", optional=True),
        text_column("phone_key", "pseudonym of the number"),
        text_column("mail_key", "pseudonym of the mail address"),
        Column("do_not_contact", pl.Boolean, "must not be contacted", optional=True),
        text_column("attributes", "further columns, masked, as a JSON object"),
        text_column("content_key", "digest of the record's content", optional=False),
        text_column("source_file", "file it came from", optional=False),
        Column("source_row", pl.Int64, "line in that file, 1-based"),
    ),
)

_WORD_ROW = (
    text_column("attributes", "further columns, masked, as a JSON object"),
    text_column("content_key", "digest of the row's content", optional=False),
    text_column("source_file", "file it came from", optional=False),
    Column("source_row", pl.Int64, "line in that file, 1-based"),
)

_GLOSSARY = Table(
    "glossary",
    "a word that transcripts must get right",
    ("term",),
    (
        text_column("term", "the word in its right spelling", optional=False),
        text_column("reading", "reading in kana; null where the dictionary is to tell it"),
        Column("aliases", pl.List(pl.String), "spellings that always mean the term"),
        text_column("category", "kind of word, in the user's words"),
        *_WORD_ROW,
    ),
)

_DICTIONARY = Table(
    "dictionary",
    "a word that the tokenizer keeps whole, as the user says",
    ("surface",),
    (
        text_column("surface", "the word as it is written", optional=False),
        text_column("reading", "reading in kana; null where the dictionary is to tell it"),
        text_column("part_of_speech", "名詞, 固有名詞, サ変名詞, 形容動詞, 副詞 or 感動詞", optional=False),
        Column(
            "cost", pl.Int32, "cost in the dictionary's measure; null takes one by the word's length", optional=True
        ),
        *_WORD_ROW,
    ),
)

_SYNONYMS = Table(
    "synonyms",
    "words that count as a term when terms and pairs are read",
    ("term", "written"),
    (
        text_column("term", "the term that stands for the others", optional=False),
        text_column("written", "the synonyms as written", optional=False),
        Column("synonyms", pl.List(pl.String), "the synonyms, one by one"),
        *_WORD_ROW,
    ),
)

_STOP_WORDS = Table(
    "stop_words",
    "a change of the list of words that tell nothing by themselves",
    ("word",),
    (
        text_column("word", "the word as terms have it", optional=False),
        text_column("action", "add, or remove from the built-in list", optional=False),
        *_WORD_ROW,
    ),
)

_CODES = Table(
    "codes",
    "a matter an analyst looks for: by a coding rule, by examples, or both",
    ("name",),
    (
        text_column("name", "name in the analyst's words", optional=False),
        text_column("heading", "heading it stands under"),
        text_column("rule", "coding rule as written; null where there are only examples"),
        text_column("sentences", "the examples as written, masked"),
        Column("examples", pl.List(pl.String), "the examples, one by one, masked and in normal form"),
        *_WORD_ROW,
    ),
)

_INPUTS = Table(
    "inputs",
    "a file read from an inbox",
    ("file", "sha256"),
    (
        text_column("file", "path within the inbox", optional=False),
        text_column("sha256", "content", optional=False),
        text_column("kind", "kind of input", optional=False),
        Column("size_bytes", pl.Int64, "file size"),
        Column("mtime_ns", pl.Int64, "modification time, nanoseconds since 1970"),
        Column("delivery", pl.Int64, "counts ingests that brought new files, from 1; later deliveries win"),
        text_column("config_key", "digest of the mapping it was read with", optional=False),
        Column("rows", pl.Int64, "records in the file"),
        Column("produced", pl.Int64, "records kept"),
        Column("rejected", pl.Int64, "records rejected"),
        text_column("dropped", "dropped records by reason, as a JSON object", optional=False),
    ),
)

DELIVERED = (
    _CONTACTS,
    _RECORDINGS,
    _TRANSCRIPTIONS,
    _SOUND_EVENTS,
    _CALL_LOG,
    _CUSTOMERS,
    _GLOSSARY,
    _DICTIONARY,
    _SYNONYMS,
    _STOP_WORDS,
    _CODES,
    _INPUTS,
)
"""The tables of this module, in the order in which they come about."""
