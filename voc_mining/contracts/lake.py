"""Tables of the lake: everything here is masked or pseudonymous."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.table import UTC_TIME, Column, Table

SOURCES = ("call", "recording", "inquiry", "checkin", "survey")
CHANNELS = ("phone", "form", "mail", "chat", "web", "visit", "survey")
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
SILENCES = ("unknown", "vocal", "too_early", "undetermined", "quiet")
TOPIC_STATES = ("active", "dormant", "merged", "hidden")
EDIT_ACTIONS = ("rename", "merge", "split", "pin", "hide", "move", "group", "note", "undo")

SOUNDS = ("speech", "music", "ring", "busy", "dtmf", "tone", "silence")

MONTH = Column("month", pl.String, "month of business_date, YYYY-MM")
TOKEN = pl.Struct({"surface": pl.String, "lemma": pl.String, "pos": pl.String, "reading": pl.String})
SPAN = pl.Struct({"start": pl.Int32, "end": pl.Int32, "type": pl.String})
MUTED = pl.Struct({"start_s": pl.Float64, "end_s": pl.Float64})
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


def _text(name: str, meaning: str, *, optional: bool = True, values: tuple[str, ...] = ()) -> Column:
    return Column(name, pl.String, meaning, optional=optional, values=values)


def _seconds(name: str, meaning: str) -> Column:
    return Column(name, pl.Float64, f"{meaning}, seconds", optional=True)


_CONTACTS = Table(
    "contacts",
    "one contact with a customer, as its source tells it",
    ("contact_id",),
    (
        _text("contact_id", "digest of source and natural key", optional=False),
        _text("source", "kind of record it came from", optional=False, values=SOURCES),
        _text(
            "source_id",
            "natural key: call_id, inquiry_id, checkin_id, response_id, or the recording's path",
            optional=False,
        ),
        _text("channel", "medium", optional=False, values=CHANNELS),
        _text("direction", "who opened it", values=("inbound", "outbound")),
        _text("queue", "operator queue"),
        _text("campaign", "outbound campaign"),
        _text(
            "purpose", "purpose as recorded", values=("support", "checkin", "sales", "collection", "delivery", "other")
        ),
        _text("disposition", "how the call ended", values=DISPOSITIONS),
        _text("ivr_path", "choices in the voice menu"),
        _text("contact_ref", "contact this one refers to, in the source's own key"),
        Column("leg_no", pl.Int32, "leg of a transferred call", optional=True),
        _text("customer_key", "customer as the source knows it"),
        _text("agent_key", "agent as the source knows it"),
        _text("phone_key", "pseudonym of the other party's number; null when withheld"),
        Column(
            "started_at", UTC_TIME, "start; null where neither the record nor the file name tells it", optional=True
        ),
        Column("ended_at", UTC_TIME, "end", optional=True),
        Column("business_date", pl.Date, "date of started_at in Asia/Tokyo", optional=True),
        _seconds("duration_s", "from answer to end; for a recording its length"),
        _seconds("handle_s", "handling time of a written inquiry"),
        Column("first_reply_at", UTC_TIME, "first reply to a written inquiry", optional=True),
        Column("resolved_at", UTC_TIME, "resolution of a written inquiry", optional=True),
        _text("category_l", "reason code, large"),
        _text("category_m", "reason code, middle"),
        _text("category_s", "reason code, small"),
        _text("method", "method of a check-in"),
        _text("survey_id", "survey of an answer"),
        _text("question", "survey question that prompted the answer"),
        Column("score", pl.Float64, "survey score", optional=True),
        _text("audio_sha256", "content of its recording"),
        Column("agent_channel", pl.Int8, "audio channel of the agent, 0-based", optional=True),
        _text("recording_path", "recording as named by the record or found, relative to the inbox"),
        _text("attributes", "further columns of the record, masked, as a JSON object"),
        _text("content_key", "digest of the record's content, texts included", optional=False),
        _text("source_file", "file it came from, relative to the inbox", optional=False),
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
        _text("audio_sha256", "SHA-256 of the file", optional=False),
        Column("paths", pl.List(pl.String), "every name it was delivered under, relative to the inbox, sorted"),
        Column("size_bytes", pl.Int64, "file size"),
        _seconds("duration_s", "length"),
        Column("channels", pl.Int8, "audio channels", optional=True),
        Column("sample_rate", pl.Int32, "samples a second", optional=True),
        _text("codec", "audio codec"),
        _text("state", "usable, or why not", optional=False, values=("readable", "unreadable")),
    ),
)

_TRANSCRIPTIONS = Table(
    "transcriptions",
    "a recording's transcript by one transcriber, also where nothing was said",
    ("audio_sha256", "transcriber_id"),
    (
        _text("audio_sha256", "content of the recording", optional=False),
        _text("transcriber_id", "model revision and options", optional=False),
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
        _text("glossary", "digest of the terms that the transcriber was told; null where it was told none"),
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
        _text("audio_sha256", "content of the recording", optional=False),
        _text("transcriber_id", "model revision and options", optional=False),
        Column("channel", pl.Int8, "audio channel, 0-based; 0 for mono"),
        Column("no", pl.Int32, "position within the channel, 0-based, by start"),
        _text(
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
        _text("call_id", "natural key", optional=False),
        _text("contact_id", "its contact", optional=False),
        _text("direction", "who called", optional=False, values=("inbound", "outbound")),
        Column("offered_at", UTC_TIME, "offered to a queue, or dialled"),
        Column("answered_at", UTC_TIME, "answered", optional=True),
        Column("ended_at", UTC_TIME, "ended", optional=True),
        _seconds("wait_s", "waiting before answer or abandon"),
        _seconds("talk_s", "talking, hold not included"),
        _seconds("hold_s", "on hold"),
        _seconds("acw_s", "after-call work"),
        Column("transfers", pl.Int32, "transfers", optional=True),
        _text("queue", "operator queue"),
        _text("agent_key", "agent"),
        _text("customer_key", "customer"),
        _text("disposition", "how the call ended", values=DISPOSITIONS),
        _text("recording", "recording as the log names it"),
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
        _text("customer_key", "customer_id as delivered", optional=False),
        Column("as_of", pl.Date, "date the row describes"),
        _text("account_key", "account the customer belongs to"),
        _text("plan", "plan"),
        _text("segment", "segment"),
        _text("lifecycle", "stage of the relation"),
        Column("annual_value", pl.Float64, "value a year, in the currency delivered", optional=True),
        Column("contract_start", pl.Date, "start of the contract", optional=True),
        Column("contract_end", pl.Date, "end of the contract", optional=True),
        Column("notice_at", pl.Date, "notice of cancellation", optional=True),
        _text("churn_reason", "reason recorded at cancellation"),
        Column("last_active_at", UTC_TIME, "last use", optional=True),
        Column("usage_score", pl.Float64, "usage as delivered", optional=True),
        _text("usage_purpose", "what the customer uses it for"),
        _text("support_need", "need for support as judged"),
        _text("renewal_outlook", "renewal outlook as judged"),
        _text("outlook_by", "who judged"),
        Column("outlook_at", pl.Date, "when it was judged", optional=True),
        Column("last_support_at", UTC_TIME, "last support", optional=True),
        _text("phone_key", "pseudonym of the number"),
        _text("mail_key", "pseudonym of the mail address"),
        Column("do_not_contact", pl.Boolean, "must not be contacted", optional=True),
        _text("attributes", "further columns, masked, as a JSON object"),
        _text("content_key", "digest of the record's content", optional=False),
        _text("source_file", "file it came from", optional=False),
        Column("source_row", pl.Int64, "line in that file, 1-based"),
    ),
)

_WORD_ROW = (
    _text("attributes", "further columns, masked, as a JSON object"),
    _text("content_key", "digest of the row's content", optional=False),
    _text("source_file", "file it came from", optional=False),
    Column("source_row", pl.Int64, "line in that file, 1-based"),
)

_GLOSSARY = Table(
    "glossary",
    "a word that transcripts must get right",
    ("term",),
    (
        _text("term", "the word in its right spelling", optional=False),
        _text("reading", "reading in kana; null where the dictionary is to tell it"),
        Column("aliases", pl.List(pl.String), "spellings that always mean the term"),
        _text("category", "kind of word, in the user's words"),
        *_WORD_ROW,
    ),
)

_DICTIONARY = Table(
    "dictionary",
    "a word that the tokenizer keeps whole, as the user says",
    ("surface",),
    (
        _text("surface", "the word as it is written", optional=False),
        _text("reading", "reading in kana; null where the dictionary is to tell it"),
        _text("part_of_speech", "名詞, 固有名詞, サ変名詞, 形容動詞, 副詞 or 感動詞", optional=False),
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
        _text("term", "the term that stands for the others", optional=False),
        _text("written", "the synonyms as written", optional=False),
        Column("synonyms", pl.List(pl.String), "the synonyms, one by one"),
        *_WORD_ROW,
    ),
)

_STOP_WORDS = Table(
    "stop_words",
    "a change of the list of words that tell nothing by themselves",
    ("word",),
    (
        _text("word", "the word as terms have it", optional=False),
        _text("action", "add, or remove from the built-in list", optional=False),
        *_WORD_ROW,
    ),
)

_INPUTS = Table(
    "inputs",
    "a file read from an inbox",
    ("file", "sha256"),
    (
        _text("file", "path within the inbox", optional=False),
        _text("sha256", "content", optional=False),
        _text("kind", "kind of input", optional=False),
        Column("size_bytes", pl.Int64, "file size"),
        Column("mtime_ns", pl.Int64, "modification time, nanoseconds since 1970"),
        Column("delivery", pl.Int64, "counts ingests that brought new files, from 1; later deliveries win"),
        _text("config_key", "digest of the mapping it was read with", optional=False),
        Column("rows", pl.Int64, "records in the file"),
        Column("produced", pl.Int64, "records kept"),
        Column("rejected", pl.Int64, "records rejected"),
        _text("dropped", "dropped records by reason, as a JSON object", optional=False),
    ),
)

_UTTERANCES = Table(
    "utterances",
    "one utterance or written sentence, masked",
    ("contact_id", "no"),
    (
        _text("contact_id", "contact", optional=False),
        Column("no", pl.Int32, "position in the contact, 0-based"),
        _text(
            "part",
            "where it was said or written",
            optional=False,
            values=("audio", "subject", "body", "note", "answer"),
        ),
        Column("channel", pl.Int8, "audio channel, 0-based", optional=True),
        _text("role", "whose words these are", optional=False, values=ROLES),
        _seconds("start_s", "start"),
        _seconds("end_s", "end"),
        _text("text", "normalized and masked", optional=False),
        Column("tokens", pl.List(TOKEN), "surface, lemma, part of speech and reading (katakana)"),
        Column("confidence", pl.Float64, "mean token probability, 0-1", optional=True),
        Column(
            "flags",
            pl.List(pl.String),
            "suspicions and kinds: repetition, silence_text, crosstalk, low_confidence, music, tone, ivr, filler, "
            "greeting, quoted, reply_quote, signature",
        ),
        Column("masked_spans", pl.List(SPAN), "masked places in text, in characters"),
        Column(
            "masked_lengths",
            pl.List(pl.Int32),
            "characters of the normalized words that each masked place stands for, in their order",
            optional=True,
        ),
        Column(
            "muted",
            pl.List(MUTED),
            "stretches of the recording that must not be played, for what is masked, with a margin; empty in writing",
            optional=True,
        ),
        Column(
            "corrections",
            pl.List(CORRECTION),
            "words put right by the glossary: where the term stands in text, what stood there, why (alias, reading, "
            "near), likeness of sound 0-1; of spoken utterances only",
            optional=True,
        ),
        MONTH,
    ),
    partition="month",
)

_VOC = Table(
    "voc",
    "one thing a customer says about the product, the service or a need",
    ("voc_id",),
    (
        _text("voc_id", "digest of contact, channel, text and occurrence", optional=False),
        _text("contact_id", "contact", optional=False),
        Column("first_no", pl.Int32, "first utterance"),
        Column("last_no", pl.Int32, "last utterance"),
        _text("part", "where it was said or written", optional=False),
        Column("channel", pl.Int8, "audio channel, 0-based", optional=True),
        _text("role", "customer, or writer where a note speaks of the customer", optional=False, values=ROLES),
        Column("quoted", pl.Boolean, "the customer's words as quoted by a writer"),
        _seconds("start_s", "start"),
        _seconds("end_s", "end"),
        _text("text", "masked", optional=False),
        _text(
            "plain_text",
            "the text without hesitation, repairs and the numbers of people, which terms, pairs and vectors are made from; "
            "null where that is the text itself",
        ),
        _text("text_hash", "digest of plain_text, else of text", optional=False),
        _text("kind", "what it is", optional=False, values=KINDS),
        _text("kind_evidence", "the words that decided the kind"),
        Column(
            "kind_score",
            pl.Float64,
            "how often the pattern's order was right about labelled statements, 0-1; "
            "null where a note's reporting word named the kind",
            optional=True,
        ),
        _text("polarity", "tone", optional=False, values=POLARITIES),
        _text("polarity_evidence", "the last words of tone; null where the kind decided"),
        Column("polarity_score", pl.Float64, "-1 negative to 1 positive", optional=True),
        _text("urgency", "urgent or not", optional=False, values=URGENCIES),
        _text("urgency_family", "why it cannot wait", values=URGENT),
        _text("urgency_evidence", "the words that decided it"),
        _text("experience", "trouble with the support itself", values=EXPERIENCES),
        _text("experience_evidence", "the words that decided it"),
        Column("terms", pl.List(pl.String), "content words with negation kept"),
        Column("pairs", pl.List(pl.String), "dependency pairs, noun→predicate, with negation"),
        Column("counts", pl.Boolean, "counted as voice; flagged utterances are kept but not counted"),
        Column("is_reason", pl.Boolean, "tells why the customer got in touch; at most one of a contact", optional=True),
        MONTH,
    ),
    partition="month",
)

_OUTCOMES = Table(
    "outcomes",
    "how a contact ended for the customer; also the mark that its text has been worked on",
    ("contact_id",),
    (
        _text("contact_id", "contact", optional=False),
        _text("outcome", "how it ended", optional=False, values=OUTCOMES),
        _text("evidence", "the masked words that decided it"),
        _text("readback", "how the agent read the reason back and the customer confirmed it, masked"),
        Column(
            "emotion_opening",
            pl.Float64,
            "the customer's feeling in the first third of the call, -1 to 1",
            optional=True,
        ),
        Column("emotion_middle", pl.Float64, "the same in the second third", optional=True),
        Column("emotion_end", pl.Float64, "the same in the last third", optional=True),
        _text("input_key", "digest of the contact's texts and of the rules that were applied", optional=False),
        Column("n_utterances", pl.Int32, "utterances"),
        Column("n_statements", pl.Int32, "statements that count"),
        _text("dropped", "utterances that made no statement, by reason, as a JSON object", optional=False),
        MONTH,
    ),
    partition="month",
)

_CRITICAL = Table(
    "critical",
    "what a supervisor hears first, by statement and family; also of statements that do not count",
    ("voc_id", "family"),
    (
        _text("voc_id", "statement", optional=False),
        _text(
            "family", "accident, leak, legal, publish, or which harassment of staff", optional=False, values=CRITICAL
        ),
        _text("contact_id", "contact", optional=False),
        _text("words", "the masked words that named it"),
        _text("text", "the statement, masked", optional=False),
        _text("part", "where it was said or written", optional=False),
        _text("role", "customer, or writer where a note tells of it", optional=False, values=ROLES),
        _seconds("start_s", "start"),
        MONTH,
    ),
    partition="month",
)

_CALL_ROLES = Table(
    "call_roles",
    "how it was decided who of a call's speakers is the agent",
    ("contact_id",),
    (
        _text("contact_id", "contact", optional=False),
        _text(
            "decided_by",
            "log: it names the agent's channel; words: what the two say; null where nobody is taken for the agent",
            values=("log", "words"),
        ),
        Column("agent", pl.Int8, "the agent's channel, on one channel the agent's voice", optional=True),
        Column(
            "score",
            pl.Float64,
            "log odds from the words for the likelier agent; null where the log decides or there are not two speakers",
            optional=True,
        ),
        Column("clearness", pl.Float64, "score over all that the words weigh, for and against, 0-1", optional=True),
        Column(
            "evidence",
            pl.List(pl.String),
            "kinds of phrases with what they weigh for the likelier agent, negative against; first: spoke first in a "
            "call from a customer",
            optional=True,
        ),
        MONTH,
    ),
    partition="month",
)

_ANATOMY = Table(
    "anatomy",
    "how a call with sound went; times as transcribed, what nobody said (silence_text, music, tone) left out",
    ("contact_id",),
    (
        _text("contact_id", "contact", optional=False),
        Column("channels", pl.Int8, "channels heard"),
        Column("duration_s", pl.Float64, "length of the recording, seconds"),
        Column("conversation_s", pl.Float64, "from the first to the last word of a person, seconds"),
        _seconds("agent_talk_s", "the agent talks; as all figures by speaker null where a fifth of the talk has none"),
        _seconds("customer_talk_s", "the customer talks"),
        Column("unknown_talk_s", pl.Float64, "talk of nobody known, seconds"),
        Column("ivr_s", pl.Float64, "announcements, seconds"),
        Column("agent_share", pl.Float64, "agent's share of both talks, 0-1", optional=True),
        _seconds("overlap_s", "both channels talk at once; null on one channel"),
        Column("silence_s", pl.Float64, "within the conversation: nobody talks, no hold, no music or tone, seconds"),
        Column("dead_air_s", pl.Float64, "the part of silence_s in stretches of 3 seconds and more"),
        Column("dead_air_share", pl.Float64, "dead air over conversation, 0-1", optional=True),
        _seconds("opening_s", "from the beginning, or the end of the ringing, to the agent's first word"),
        _seconds(
            "longest_wait_s",
            "longest stretch up to the last word in which neither the agent talks nor the customer more than listens: "
            "silence, music and announcements alike",
        ),
        _seconds("longest_wait_at_s", "where it begins in the recording"),
        Column(
            "n_holds",
            pl.Int32,
            "holds: music on the agent's side after the first words, or 10 seconds of the agent's silence after asking "
            "to wait, or before an apology for it",
        ),
        Column("hold_s", pl.Float64, "holds, seconds"),
        _seconds("longest_hold_at_s", "where the longest begins in the recording"),
        Column(
            "agent_interruptions",
            pl.Int32,
            "the agent begins to talk, for a second and more beside listening, when the customer has talked for a "
            "second and goes on for half a second and more; null on one channel",
            optional=True,
        ),
        Column("customer_interruptions", pl.Int32, "the same, of the customer", optional=True),
        Column("n_turns", pl.Int32, "changes of who talks, and the first; listening left out", optional=True),
        Column(
            "agent_morae_per_s",
            pl.Float64,
            "morae a second of the agent's utterances of a second and more that are sure and unmasked; null under "
            "5 seconds of these",
            optional=True,
        ),
        Column("customer_morae_per_s", pl.Float64, "the same, of the customer", optional=True),
        MONTH,
    ),
    partition="month",
)

_VECTORS = Table(
    "vectors",
    "the vector of a distinct text",
    ("text_hash", "model_id"),
    (
        _text("text_hash", "digest of the text", optional=False),
        _text("model_id", "model revision and options", optional=False),
        Column("vector", pl.List(pl.Float32), "unit length"),
    ),
)

_CLASSIFICATIONS = Table(
    "classifications",
    "what the model beside the rules says of the vector of a distinct text",
    ("text_hash", "classifier_id"),
    (
        _text("text_hash", "digest of the text", optional=False),
        _text("classifier_id", "digest of the model", optional=False),
        Column("kind_logits", pl.List(pl.Float32), "of each kind, in the model's order"),
        Column("polarity_logits", pl.List(pl.Float32), "of each tone"),
        Column("class_logits", pl.List(pl.Float32), "of each proactive class"),
    ),
)

_TOPICS = Table(
    "topics",
    "a topic in a version of the registry",
    ("registry_version", "topic_id"),
    (
        Column("registry_version", pl.Int64, "version of the registry, from 1"),
        _text("topic_id", "digest of its founding texts", optional=False),
        _text("label", "name made from keywords; analysts' names are in topic_edits", optional=False),
        Column("keywords", pl.List(pl.String), "discriminating terms, best first"),
        Column("exemplars", pl.List(pl.String), "text_hash of typical and diverse statements, best first"),
        Column("centroid", pl.List(pl.Float32), "unit length, in the space of assignment"),
        Column("threshold", pl.Float64, "least similarity for a statement to belong, 0-1"),
        Column("layer", pl.Int32, "0 is the finest"),
        _text("parent_id", "topic one layer up"),
        _text("pool", "texts it was discovered in", optional=False, values=("all", "proactive")),
        Column("size", pl.Int64, "distinct texts at discovery"),
        _text("status", "state", optional=False, values=TOPIC_STATES),
        _text("lineage", "how it came about, as a JSON object", optional=False),
    ),
)

_REGISTRIES = Table(
    "registries",
    "a version of the topic registry: how vectors are compared",
    ("registry_version",),
    (
        Column("registry_version", pl.Int64, "version, from 1"),
        _text("model_id", "model of the vectors", optional=False),
        Column("mean", pl.List(pl.Float32), "taken from every vector before comparing"),
        Column("formulas", pl.List(pl.String), "text_hash of texts said beside everything, which get no topic"),
        _text("params", "parameters of discovery, as a JSON object", optional=False),
        _text("state", "active, candidate or retired", optional=False, values=("active", "candidate", "retired")),
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
        _text("quality", "quality sheet, as a JSON object", optional=False),
    ),
)

_TOPIC_EDITS = Table(
    "topic_edits",
    "an analyst's edit; append-only, resolved on read",
    ("edit_id",),
    (
        _text("edit_id", "digest", optional=False),
        Column("at", UTC_TIME, "when"),
        _text("author", "who", optional=False),
        _text("action", "what", optional=False, values=EDIT_ACTIONS),
        _text("topic_id", "topic, or the edit to undo", optional=False),
        _text("payload", "details, as a JSON object", optional=False),
    ),
)

_ASSIGNMENTS = Table(
    "assignments",
    "the topic of a distinct text under a version of the registry",
    ("text_hash", "registry_version"),
    (
        _text("text_hash", "digest of the text", optional=False),
        Column("registry_version", pl.Int64, "version of the registry"),
        _text("topic_id", "topic; null where none fits"),
        Column("strength", pl.Float64, "similarity to the topic, to the nearest where none fits, rounded to 1e-4"),
        _text("second_topic_id", "second topic where a statement truly has two"),
        Column("tried", pl.Boolean, "the text has been in the pool of a discovery"),
        Column(
            "told",
            pl.Boolean,
            "the text says something by itself, as was judged when it was assigned; null in rows of older versions",
            optional=True,
        ),
    ),
)

_SEGMENTS = Table(
    "segments",
    "origin and silence of a contact",
    ("contact_id",),
    (
        _text("contact_id", "contact", optional=False),
        _text("origin", "how it came about", optional=False, values=ORIGINS),
        _text("origin_rule", "the rule that decided it", optional=False),
        _text("related_contact_id", "contact it answers or follows"),
        _text("silence", "state of the customer at the time", optional=False, values=SILENCES),
        _text("silence_reason", "why undetermined"),
    ),
)

_REJECTS = Table(
    "rejects",
    "an input that could not be used",
    ("source", "file", "row"),
    (
        _text("source", "kind of input", optional=False),
        _text("file", "path within the inbox", optional=False),
        Column("row", pl.Int64, "line of the record in the file, 1-based; 0 for the file itself"),
        _text("stage", "stage that rejected it", optional=False),
        _text("reason", "code of the reason", optional=False),
        _text("detail", "what was found and what to do, masked, in rows of versions that kept words"),
        _text("faults", "what was found, masked: codes of reasons and values of their sentences, as a JSON array"),
    ),
)

_RUNS = Table(
    "runs",
    "a run and what it did",
    ("run_id",),
    (
        _text("run_id", "digest", optional=False),
        Column("started_at", UTC_TIME, "start"),
        Column("ended_at", UTC_TIME, "end", optional=True),
        _text("state", "completed or failed", optional=False, values=("completed", "failed")),
        _text("code_version", "version of the program", optional=False),
        _text("inbox", "inbox it read", optional=True),
        Column("as_of", pl.Date, "date of the figures"),
        _text(
            "manifest",
            "configuration, model digests, table versions, accounts and timings, as a JSON object",
            optional=False,
        ),
    ),
)

LAKE_TABLES = {
    table.name: table
    for table in (
        _CONTACTS, _RECORDINGS, _TRANSCRIPTIONS, _SOUND_EVENTS, _CALL_LOG, _CUSTOMERS, _GLOSSARY,
        _DICTIONARY, _SYNONYMS, _STOP_WORDS, _INPUTS, _UTTERANCES, _VOC,
        _CALL_ROLES, _ANATOMY, _CRITICAL, _OUTCOMES, _VECTORS, _CLASSIFICATIONS, _TOPICS, _REGISTRIES, _REFITS, _TOPIC_EDITS, _ASSIGNMENTS, _SEGMENTS, _REJECTS, _RUNS,
    )
}  # fmt: skip
"""Every table of the lake by name."""
