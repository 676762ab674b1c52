"""Tables of the vault: the only place with raw words."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.table import UTC_TIME, Column, Table
from voc_mining.contracts.values import WORD

VAULT_TABLES = {
    table.name: table
    for table in (
        Table(
            "documents",
            "a written part of a contact, raw",
            ("contact_id", "part"),
            (
                Column("contact_id", pl.String, "contact"),
                Column("part", pl.String, "which text", values=("subject", "body", "note", "question", "answer")),
                Column("text", pl.String, "raw text"),
                Column("month", pl.String, "month of business_date, YYYY-MM"),
            ),
            partition="month",
        ),
        Table(
            "messages",
            "a message of a mail or chat thread, raw",
            ("contact_id", "seq"),
            (
                Column("contact_id", pl.String, "inquiry the thread is named after"),
                Column("seq", pl.Int32, "place in the thread"),
                Column("thread_id", pl.String, "thread as delivered: an inquiry_id"),
                Column("sent_at", UTC_TIME, "when it was sent"),
                Column("role", pl.String, "who wrote it", values=("customer", "agent", "bot")),
                Column("channel", pl.String, "medium, where the messages tell it", optional=True),
                Column("text", pl.String, "raw text"),
                Column("content_key", pl.String, "digest of the row's content"),
                Column("source_file", pl.String, "file it came from, relative to the inbox"),
                Column("source_row", pl.Int64, "line in that file, 1-based"),
            ),
        ),
        Table(
            "transcripts",
            "an utterance as the transcriber heard it, raw",
            ("audio_sha256", "transcriber_id", "channel", "no"),
            (
                Column("audio_sha256", pl.String, "content of the recording"),
                Column("transcriber_id", pl.String, "model revision and options"),
                Column("channel", pl.Int8, "audio channel, 0-based; 0 for mono"),
                Column("no", pl.Int32, "position within the channel, 0-based, by start"),
                Column(
                    "speaker",
                    pl.Int8,
                    "of two speakers on one channel: 0 for the first heard, 1 for the other; null on two channels "
                    "and where it could not be told",
                    optional=True,
                ),
                Column("start_s", pl.Float64, "start, seconds from the beginning of the file"),
                Column("end_s", pl.Float64, "end, seconds"),
                Column("text", pl.String, "raw text"),
                Column("confidence", pl.Float64, "mean token probability, 0-1", optional=True),
                Column("no_speech", pl.Float64, "probability that the window holds no speech, 0-1", optional=True),
                Column(
                    "flags",
                    pl.List(pl.String),
                    "suspicions: repetition, silence_text, crosstalk, low_confidence; words over music or tone; ivr: "
                    "an announcement's",
                ),
                Column(
                    "words",
                    pl.List(WORD),
                    "when each word was heard: its first character in text, start and end in seconds; null in "
                    "transcripts of earlier versions",
                    optional=True,
                ),
            ),
        ),
        Table(
            "extra_records",
            "a row of an optional input, as it came, kept until a stage needs it",
            ("kind", "record_key"),
            (
                Column(
                    "kind",
                    pl.String,
                    "kind of input",
                    values=(
                        "messages",
                        "identities",
                        "contracts",
                        "usage",
                        "outreach",
                        "notices",
                        "selfservice",
                        "faq",
                    ),
                ),
                Column("record_key", pl.String, "digest of the row's natural key"),
                Column("values", pl.String, "columns of the row, as a JSON object"),
                Column("source_file", pl.String, "file it came from, relative to the inbox"),
                Column("source_row", pl.Int64, "line in that file, 1-based"),
            ),
        ),
        Table(
            "raw_rejects",
            "a rejected input as it came",
            ("source", "file", "row"),
            (
                Column("source", pl.String, "kind of input"),
                Column("file", pl.String, "path within the inbox"),
                Column("row", pl.Int64, "line of the record in the file, 1-based; 0 for the file itself"),
                Column("content", pl.String, "the record as it came"),
            ),
        ),
    )
}
