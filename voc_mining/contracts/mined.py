"""Tables of what contacts say: utterances, statements, outcomes, calls, and what is computed of each text."""

from __future__ import annotations

import polars as pl

from voc_mining.contracts.table import Column, Table, seconds_column, text_column
from voc_mining.contracts.values import (
    CORRECTION,
    CRITICAL,
    EXPERIENCES,
    KINDS,
    MONTH,
    MUTED,
    OUTCOMES,
    POLARITIES,
    ROLES,
    SPAN,
    TOKEN,
    URGENCIES,
    URGENT,
)

_UTTERANCES = Table(
    "utterances",
    "one utterance or written sentence, masked",
    ("contact_id", "no"),
    (
        text_column("contact_id", "contact", optional=False),
        Column("no", pl.Int32, "position in the contact, 0-based"),
        text_column(
            "part",
            "where it was said or written",
            optional=False,
            values=("audio", "subject", "body", "message", "note", "answer"),
        ),
        Column("channel", pl.Int8, "audio channel, 0-based", optional=True),
        text_column("role", "whose words these are", optional=False, values=ROLES),
        seconds_column("start_s", "start"),
        seconds_column("end_s", "end"),
        text_column("text", "normalized and masked", optional=False),
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
        text_column("voc_id", "digest of contact, channel, text and occurrence", optional=False),
        text_column("contact_id", "contact", optional=False),
        Column("first_no", pl.Int32, "first utterance"),
        Column("last_no", pl.Int32, "last utterance"),
        text_column("part", "where it was said or written", optional=False),
        Column("channel", pl.Int8, "audio channel, 0-based", optional=True),
        text_column("role", "customer, or writer where a note speaks of the customer", optional=False, values=ROLES),
        Column("quoted", pl.Boolean, "the customer's words as quoted by a writer"),
        seconds_column("start_s", "start"),
        seconds_column("end_s", "end"),
        text_column("text", "masked", optional=False),
        text_column(
            "plain_text",
            "the text without hesitation, repairs and the numbers of people, which terms, pairs and vectors are made from; "
            "null where that is the text itself",
        ),
        text_column("text_hash", "digest of plain_text, else of text", optional=False),
        text_column("kind", "what it is", optional=False, values=KINDS),
        text_column("kind_evidence", "the words that decided the kind"),
        Column(
            "kind_score",
            pl.Float64,
            "how often the pattern's order was right about labelled statements, 0-1; "
            "null where a note's reporting word named the kind",
            optional=True,
        ),
        text_column("polarity", "tone", optional=False, values=POLARITIES),
        text_column("polarity_evidence", "the last words of tone; null where the kind decided"),
        Column("polarity_score", pl.Float64, "-1 negative to 1 positive", optional=True),
        text_column("urgency", "urgent or not", optional=False, values=URGENCIES),
        text_column("urgency_family", "why it cannot wait", values=URGENT),
        text_column("urgency_evidence", "the words that decided it"),
        text_column("experience", "trouble with the support itself", values=EXPERIENCES),
        text_column("experience_evidence", "the words that decided it"),
        Column("terms", pl.List(pl.String), "content words with negation kept"),
        Column("pairs", pl.List(pl.String), "dependency pairs, noun→predicate, with negation"),
        text_column("question", "what the agent asked right before, in a conversation; masked, in narrow letters"),
        Column("counts", pl.Boolean, "counted as voice; flagged utterances and circumstances are kept but not counted"),
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
        text_column("contact_id", "contact", optional=False),
        text_column("outcome", "how it ended", optional=False, values=OUTCOMES),
        text_column("evidence", "the masked words that decided it"),
        text_column("readback", "how the agent read the reason back and the customer confirmed it, masked"),
        Column(
            "emotion_opening",
            pl.Float64,
            "the customer's feeling in the first third of the call, -1 to 1",
            optional=True,
        ),
        Column("emotion_middle", pl.Float64, "the same in the second third", optional=True),
        Column("emotion_end", pl.Float64, "the same in the last third", optional=True),
        text_column("input_key", "digest of the contact's texts and of the rules that were applied", optional=False),
        Column("n_utterances", pl.Int32, "utterances"),
        Column("n_statements", pl.Int32, "statements that count"),
        text_column("dropped", "utterances that made no statement, by reason, as a JSON object", optional=False),
        MONTH,
    ),
    partition="month",
)

_CRITICAL = Table(
    "critical",
    "what a supervisor hears first, by statement and family; also of statements that do not count",
    ("voc_id", "family"),
    (
        text_column("voc_id", "statement", optional=False),
        text_column(
            "family", "accident, leak, legal, publish, or which harassment of staff", optional=False, values=CRITICAL
        ),
        text_column("contact_id", "contact", optional=False),
        text_column("words", "the masked words that named it"),
        text_column("text", "the statement, masked", optional=False),
        text_column("part", "where it was said or written", optional=False),
        text_column("role", "customer, or writer where a note tells of it", optional=False, values=ROLES),
        seconds_column("start_s", "start"),
        MONTH,
    ),
    partition="month",
)

_CALL_ROLES = Table(
    "call_roles",
    "how it was decided who of a call's speakers is the agent",
    ("contact_id",),
    (
        text_column("contact_id", "contact", optional=False),
        text_column(
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
        text_column("contact_id", "contact", optional=False),
        Column("channels", pl.Int8, "channels heard"),
        Column("duration_s", pl.Float64, "length of the recording, seconds"),
        Column("conversation_s", pl.Float64, "from the first to the last word of a person, seconds"),
        seconds_column(
            "agent_talk_s", "the agent talks; as all figures by speaker null where a fifth of the talk has none"
        ),
        seconds_column("customer_talk_s", "the customer talks"),
        Column("unknown_talk_s", pl.Float64, "talk of nobody known, seconds"),
        Column("ivr_s", pl.Float64, "announcements, seconds"),
        Column("agent_share", pl.Float64, "agent's share of both talks, 0-1", optional=True),
        seconds_column("overlap_s", "both channels talk at once; null on one channel"),
        Column("silence_s", pl.Float64, "within the conversation: nobody talks, no hold, no music or tone, seconds"),
        Column("dead_air_s", pl.Float64, "the part of silence_s in stretches of 3 seconds and more"),
        Column("dead_air_share", pl.Float64, "dead air over conversation, 0-1", optional=True),
        seconds_column("opening_s", "from the beginning, or the end of the ringing, to the agent's first word"),
        seconds_column(
            "longest_wait_s",
            "longest stretch up to the last word in which neither the agent talks nor the customer more than listens: "
            "silence, music and announcements alike",
        ),
        seconds_column("longest_wait_at_s", "where it begins in the recording"),
        Column(
            "n_holds",
            pl.Int32,
            "holds: music on the agent's side after the first words, or 10 seconds of the agent's silence after asking "
            "to wait, or before an apology for it",
        ),
        Column("hold_s", pl.Float64, "holds, seconds"),
        seconds_column("longest_hold_at_s", "where the longest begins in the recording"),
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
        text_column("text_hash", "digest of the text", optional=False),
        text_column("model_id", "model revision and options: vectors of one id can be compared", optional=False),
        Column("vector", pl.List(pl.Float32), "unit length"),
        text_column(
            "arithmetic",
            "what the vector was computed in, such as float32 or int8; null where it was not kept yet (float32)",
        ),
    ),
)

_CLASSIFICATIONS = Table(
    "classifications",
    "what the model beside the rules says of the vector of a distinct text",
    ("text_hash", "classifier_id"),
    (
        text_column("text_hash", "digest of the text", optional=False),
        text_column("classifier_id", "digest of the model", optional=False),
        Column("kind_logits", pl.List(pl.Float32), "of each kind, in the model's order"),
        Column("polarity_logits", pl.List(pl.Float32), "of each tone"),
        Column("class_logits", pl.List(pl.Float32), "of each proactive class"),
        Column(
            "experience_logits", pl.List(pl.Float32), "of each trouble with the support, and of none", optional=True
        ),
    ),
)

MINED = (_UTTERANCES, _VOC, _OUTCOMES, _CRITICAL, _CALL_ROLES, _ANATOMY, _VECTORS, _CLASSIFICATIONS)
"""The tables of this module, in the order in which they come about."""
