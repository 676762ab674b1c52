"""The values that columns may hold, and the structures within columns, that several tables share."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.table import Column

SOURCES = ("call", "recording", "inquiry", "checkin", "survey", "file")
CHANNELS = ("phone", "form", "mail", "chat", "web", "visit", "survey", "text")
DISPOSITIONS = (
    "answered",
    "abandoned_ivr",
    "abandoned_queue",
    "after_hours",
    "overflow",
    "voicemail",
    "callback_booked",
    "self_served",
    "not_reached",
)
ROLES = ("customer", "agent", "ivr", "writer", "unknown")
KINDS = ("inquiry", "complaint", "request", "praise", "churn_signal", "other")
POLARITIES = ("negative", "neutral", "positive")
URGENCIES = ("none", "urgent")
HARASSMENT = ("abuse", "threat", "excessive_demand", "long_hold", "sexual")
CRITICAL = ("accident", "leak", "legal", "publish", *HARASSMENT)
URGENT = ("haste", "locked_out", "unknown_charge", "safety", "business_stopped", "leak")
EXPERIENCES = ("kept_waiting", "passed_around", "slow_answer", "attitude")
OUTCOMES = ("satisfied", "appeased", "unresolved", "unknown")
ORIGINS = ("reactive", "proactive", "other", "unknown")
CUSTOMER_RULES = ("delivered", "phone", "mail", "leg")
CONFIRMATION_ACTIONS = ("confirm", "reject", "undo")
SILENCES = ("unknown", "vocal", "too_early", "undetermined", "quiet")
IDENTITY_KINDS = ("phone", "mail", "user")
CONTRACT_OUTCOMES = ("renewed", "churned", "expanded", "contracted")
ARMS = ("treat", "holdout")
SELF_SERVICE_KINDS = ("faq", "search", "chatbot", "ivr")
TOPIC_STATES = ("active", "dormant", "merged", "hidden")
EDIT_ACTIONS = ("rename", "merge", "split", "pin", "hide", "move", "group", "note", "undo")

SOUNDS = ("speech", "music", "ring", "busy", "dtmf", "tone", "silence")

MONTH = Column("month", pl.String, "month of business_date, YYYY-MM")
TOKEN = pl.Struct({"surface": pl.String, "lemma": pl.String, "pos": pl.String, "reading": pl.String})
SPAN = pl.Struct({"start": pl.Int32, "end": pl.Int32, "type": pl.String})
MUTED = pl.Struct({"start_s": pl.Float64, "end_s": pl.Float64})
WORD = pl.Struct({"start": pl.Int32, "start_s": pl.Float64, "end_s": pl.Float64})
CORRECTION = pl.Struct(
    {
        "start": pl.Int32,
        "end": pl.Int32,
        "original": pl.String,
        "term": pl.String,
        "kind": pl.String,
        "score": pl.Float64,
    }
)
