"""Tables of what was decided: topics and their edits, origin and silence, rejects, runs."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.table import UTC_TIME, Column, Table, text_column
from voc_mining.contracts.values import (
    CONFIRMATION_ACTIONS,
    CUSTOMER_RULES,
    EDIT_ACTIONS,
    ORIGINS,
    SILENCES,
    TOPIC_STATES,
)

_TOPICS = Table(
    "topics",
    "a topic in a version of the registry",
    ("registry_version", "topic_id"),
    (
        Column("registry_version", pl.Int64, "version of the registry, from 1"),
        text_column("topic_id", "digest of its founding texts", optional=False),
        text_column(
            "label",
            "name cut out of its statements, else made of keywords; analysts' names are in topic_edits",
            optional=False,
        ),
        Column("keywords", pl.List(pl.String), "discriminating terms, best first"),
        text_column(
            "candidates",
            "names it might have been given, the chosen first, as a JSON array of objects: name, source (clause, pair, "
            "terms or model), score, and what the score is made of; masked",
        ),
        Column("exemplars", pl.List(pl.String), "text_hash of typical and diverse statements, best first"),
        Column("centroid", pl.List(pl.Float32), "unit length, in the space of assignment"),
        Column("threshold", pl.Float64, "least similarity for a statement to belong, 0-1"),
        Column("layer", pl.Int32, "0 is the finest"),
        text_column("parent_id", "topic one layer up"),
        text_column("pool", "texts it was discovered in", optional=False, values=("all", "proactive")),
        Column("size", pl.Int64, "distinct texts at discovery"),
        text_column("status", "state", optional=False, values=TOPIC_STATES),
        text_column("lineage", "how it came about, as a JSON object", optional=False),
    ),
)

_REGISTRIES = Table(
    "registries",
    "a version of the topic registry: how vectors are compared",
    ("registry_version",),
    (
        Column("registry_version", pl.Int64, "version, from 1"),
        text_column("model_id", "model of the vectors", optional=False),
        Column("mean", pl.List(pl.Float32), "taken from every vector before comparing"),
        Column("formulas", pl.List(pl.String), "text_hash of texts said beside everything, which get no topic"),
        text_column("params", "parameters of discovery, as a JSON object", optional=False),
        text_column("state", "active, candidate or retired", optional=False, values=("active", "candidate", "retired")),
    ),
)

_REFITS = Table(
    "refits",
    "a version of the registry that a refit made, and how good it is",
    ("registry_version",),
    (
        Column("registry_version", pl.Int64, "version the refit made"),
        Column(
            "base_version", pl.Int64, "version in force then; its topics are continued, and a rollback returns to it"
        ),
        text_column("quality", "quality sheet, as a JSON object", optional=False),
    ),
)

_TOPIC_EDITS = Table(
    "topic_edits",
    "an analyst's edit; append-only, resolved on read",
    ("edit_id",),
    (
        text_column("edit_id", "digest", optional=False),
        Column("at", UTC_TIME, "when"),
        text_column("author", "who", optional=False),
        text_column("action", "what", optional=False, values=EDIT_ACTIONS),
        text_column("topic_id", "topic, or the edit to undo", optional=False),
        text_column("payload", "details, as a JSON object", optional=False),
    ),
)

_TOPIC_NAMES = Table(
    "topic_names",
    "what a language model answered when it was asked for the name of a topic, so that it is asked once",
    ("name_key",),
    (
        text_column("name_key", "digest of model, instruction and question", optional=False),
        text_column("model", "model and where it was asked", optional=False),
        text_column("answer", "its answer as it came", optional=False),
    ),
)

_TOPIC_LAYERS = Table(
    "topic_layers",
    "the groups of a topic in the coarser layers of a version of the registry; the topic itself is the finest",
    ("registry_version", "topic_id"),
    (
        Column("registry_version", pl.Int64, "version of the registry"),
        text_column("topic_id", "topic", optional=False),
        text_column("middle_id", "group in the middle layer", optional=False),
        text_column("middle_label", "its name, made of words that its topics share", optional=False),
        text_column(
            "coarse_id", "group in the coarse layer, which holds whole groups of the middle one", optional=False
        ),
        text_column("coarse_label", "its name", optional=False),
    ),
)

_ASSIGNMENTS = Table(
    "assignments",
    "the topic of a distinct text under a version of the registry",
    ("text_hash", "registry_version"),
    (
        text_column("text_hash", "digest of the text", optional=False),
        Column("registry_version", pl.Int64, "version of the registry"),
        text_column("topic_id", "topic; null where none fits"),
        Column("strength", pl.Float64, "similarity to the topic, to the nearest where none fits, rounded to 1e-4"),
        text_column("second_topic_id", "second topic where a statement truly has two"),
        Column("tried", pl.Boolean, "the text has been in the pool of a discovery"),
        Column(
            "told",
            pl.Boolean,
            "the text says something by itself, as was judged when it was assigned; null in rows of older versions",
            optional=True,
        ),
    ),
)

_GUIDED_TEXTS = Table(
    "guided_texts",
    "which guided topic takes a text, kept so that a publish need not compare all vectors again",
    ("text_hash",),
    (
        text_column("text_hash", "digest of the text", optional=False),
        text_column("guides_key", "digest of the registry's topics and the analysts' examples", optional=False),
        text_column("home", "topic it had by assignment"),
        text_column("guide", "guided topic that takes it; null where none does"),
        Column("alike", pl.Float64, "cosine to the examples that are most like it, rounded to 1e-4"),
    ),
)

_SEGMENTS = Table(
    "segments",
    "origin and silence of a contact",
    ("contact_id",),
    (
        text_column("contact_id", "contact", optional=False),
        text_column("origin", "how it came about", optional=False, values=ORIGINS),
        text_column("origin_rule", "the rule that decided it", optional=False),
        text_column("related_contact_id", "contact it answers or follows; of a later leg the first leg"),
        text_column("customer_key", "customer it is counted for"),
        text_column("customer_rule", "how the customer is known; null where none is", values=CUSTOMER_RULES),
        text_column("silence", "state of the customer at the time", optional=False, values=SILENCES),
        text_column("silence_reason", "why undetermined"),
    ),
)

_ORIGIN_CONFIRMATIONS = Table(
    "origin_confirmations",
    "what a person decided about the origin of a contact that provenance does not tell; append-only",
    ("confirmation_id",),
    (
        text_column("confirmation_id", "digest", optional=False),
        Column("at", UTC_TIME, "when"),
        text_column("author", "who", optional=False),
        text_column("action", "what", optional=False, values=CONFIRMATION_ACTIONS),
        text_column("contact_id", "contact, or the confirmation to undo", optional=False),
        text_column("origin", "origin confirmed; null where a suggestion was rejected or an action undone"),
        text_column("suggestion", "words that suggested it, masked"),
    ),
)

_REJECTS = Table(
    "rejects",
    "an input that could not be used",
    ("source", "file", "row"),
    (
        text_column("source", "kind of input", optional=False),
        text_column("file", "path within the inbox", optional=False),
        Column("row", pl.Int64, "line of the record in the file, 1-based; 0 for the file itself"),
        text_column("stage", "stage that rejected it", optional=False),
        text_column("reason", "code of the reason", optional=False),
        text_column("detail", "what was found and what to do, masked, in rows of versions that kept words"),
        text_column(
            "faults", "what was found, masked: codes of reasons and values of their sentences, as a JSON array"
        ),
    ),
)

_RUNS = Table(
    "runs",
    "a run and what it did",
    ("run_id",),
    (
        text_column("run_id", "digest", optional=False),
        Column("started_at", UTC_TIME, "start"),
        Column("ended_at", UTC_TIME, "end", optional=True),
        text_column("state", "completed or failed", optional=False, values=("completed", "failed")),
        text_column("code_version", "version of the program", optional=False),
        text_column("inbox", "inbox it read", optional=True),
        Column("as_of", pl.Date, "date of the figures"),
        text_column(
            "manifest",
            "configuration, model digests, table versions, accounts and timings, as a JSON object",
            optional=False,
        ),
    ),
)

DECIDED = (
    _TOPICS,
    _REGISTRIES,
    _REFITS,
    _TOPIC_EDITS,
    _TOPIC_NAMES,
    _TOPIC_LAYERS,
    _ASSIGNMENTS,
    _GUIDED_TEXTS,
    _SEGMENTS,
    _ORIGIN_CONFIRMATIONS,
    _REJECTS,
    _RUNS,
)
"""The tables of this module, in the order in which they come about."""
