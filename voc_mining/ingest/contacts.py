"""Records of each kind into rows of the lake and the vault."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from voc_mining.business_time import month_of, tokyo_date
from voc_mining.contracts import LAKE_TABLES
from voc_mining.contracts.wording import ADD
from voc_mining.ids import contact_id, digest
from voc_mining.ingest.kinds import DOCUMENT, catalogue, folded
from voc_mining.ingest.rejects import masked_words
from voc_mining.ingest.word_lists import sentences_of, words_of

SOURCE_OF = {"call_log": "call", "inquiries": "inquiry", "checkins": "checkin", "surveys": "survey"}
_CONTACTS = LAKE_TABLES["contacts"].schema
_CALL_LOG = LAKE_TABLES["call_log"].schema
_USUAL = {"part_of_speech": "名詞", "action": ADD}
_SEVERAL = {"aliases": "aliases", "written": "synonyms"}
_FIXED = {
    "call_log": {"channel": "phone"},
    "inquiries": {"direction": "inbound"},
    "checkins": {"direction": "outbound"},
    "surveys": {"channel": "survey", "direction": "outbound"},
}


def record_key(kind: str) -> list[str]:
    """Columns of a record that hold its natural key."""
    described = catalogue().kinds[kind]
    return [described.field(name).to for name in described.key]


def with_contact_id(records: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Add the id that a record's contact has by its natural key; a survey answer's is response and question."""
    source = SOURCE_OF[kind]
    keys = records.select(pl.concat_str(record_key(kind), separator="\x1f")).to_series()
    ids = pl.Series("contact_id", [contact_id(source, key) for key in keys], dtype=pl.String)
    return records.with_columns(ids)


def to_contacts(records: pl.DataFrame, kind: str, mask: Callable[[str], str], secret: str = "") -> pl.DataFrame:
    """Contacts of records that have a ``contact_id``, in the contract's columns.

    A survey's question is stored masked; the vault has it as it came. Of the subject of an inquiry the lake keeps a
    pseudonym, made with ``secret``, by which answers to it are found.
    """
    fixed = _FIXED[kind]
    frame = records.with_columns(
        [pl.lit(value).alias(name) for name, value in fixed.items()]
        + [
            pl.lit(SOURCE_OF[kind]).alias("source"),
            pl.col("file").alias("source_file"),
            pl.col("row").alias("source_row"),
        ]
    )
    if kind == "call_log":
        frame = frame.with_columns(pl.col("offered_at").alias("started_at"), _talked().alias("duration_s"))
    if kind == "checkins":
        # The method of a check-in is its medium; the contract keeps both.
        frame = frame.with_columns(pl.col("method").alias("channel"))
    if kind == "inquiries":
        frame = frame.with_columns(*_subjects(frame[f"{DOCUMENT}subject"], secret))
    if kind == "surveys":
        frame = frame.with_columns(masked_words(frame[f"{DOCUMENT}question"], mask).alias("question"))
    return conformed(dated(frame))


def _subjects(subjects: pl.Series, secret: str) -> tuple[pl.Series, pl.Series]:
    """Pseudonym of each subject without what mail programs put before it, and whether that says it is an answer."""
    marks = [*catalogue().answer_marks, *catalogue().forward_marks]
    head = rf"^(?:(?:{'|'.join(marks)})(?:\[[0-9]+\]|[0-9]+)? ?: ?)+"
    plain = folded(pl.col("subject")).str.replace_all(r"\s+", " ")
    parts = subjects.to_frame("subject").select(
        plain.str.replace(head, "").str.strip_chars().alias("rest"),
        plain.str.extract(f"({head})").fill_null("").alias("head"),
    )
    answer = parts["head"].str.contains(rf"(?:^|[: ])(?:{'|'.join(catalogue().answer_marks)})(?:\[|[0-9]| ?:)")
    keys = [digest("subject", secret, rest) if rest else None for rest in parts["rest"]]
    return pl.Series("subject_key", keys, dtype=pl.String), answer.alias("reply").set(parts["rest"].is_null(), None)


def conformed(frame: pl.DataFrame) -> pl.DataFrame:
    """Take the columns of ``contacts`` out of a frame; those it lacks are null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in _CONTACTS.items()
    )


def dated(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the business date and the month of ``started_at``."""
    return frame.with_columns(tokyo_date(pl.col("started_at")).alias("business_date")).with_columns(
        month_of(pl.col("business_date")).alias("month")
    )


def to_documents(records: pl.DataFrame) -> pl.DataFrame:
    """Raw texts of records, one row per filled part, with the month of the contact."""
    parts = [name for name in records.columns if name.startswith(DOCUMENT)]
    start = "offered_at" if "offered_at" in records.columns else "started_at"
    frame = dated(records.rename({start: "started_at"}) if start != "started_at" else records)
    texts = frame.select("contact_id", "month", *parts).unpivot(
        parts, index=["contact_id", "month"], variable_name="part", value_name="text"
    )
    return texts.filter(pl.col("text").is_not_null()).select(
        "contact_id", pl.col("part").str.strip_prefix(DOCUMENT), "text", "month"
    )


def to_call_log(records: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``call_log`` of records that have ``contact_id`` and ``recording_missing``."""
    frame = records.with_columns(
        pl.col("source_id").alias("call_id"), tokyo_date(pl.col("offered_at")).alias("business_date")
    ).with_columns(month_of(pl.col("business_date")).alias("month"))
    return frame.select(pl.col(name).cast(dtype) for name, dtype in _CALL_LOG.items())


def keyed_relations(records: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Fill the key of each record and add its month where the table has one: a use by nobody known has an empty customer."""
    if kind == "selfservice":
        records = records.with_columns(pl.col("customer_key", "item").fill_null(""))
    day = {"usage": pl.col("week"), "selfservice": tokyo_date(pl.col("at"))}.get(kind)
    return records if day is None else records.with_columns(month_of(day).alias("month"))


def to_relations(records: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Rows of the table of a kind that tells of customers, of records that have their key."""
    frame = records.with_columns(pl.col("file").alias("source_file"), pl.col("row").alias("source_row"))
    return frame.select(pl.col(name).cast(dtype) for name, dtype in LAKE_TABLES[kind].schema.items())


def to_word_list(records: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Rows of the table of a word list; a term is no alias and no synonym of itself, and sentences stand one by one."""
    frame = records.with_columns(
        *(
            words_of(written).list.set_difference(pl.concat_list("term")).list.sort().alias(several)
            for written, several in _SEVERAL.items()
            if written in records.columns
        ),
        *([sentences_of("sentences").alias("examples")] if "sentences" in records.columns else []),
        *(pl.col(column).fill_null(usual) for column, usual in _USUAL.items() if column in records.columns),
        pl.col("file").alias("source_file"),
        pl.col("row").alias("source_row"),
    )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in LAKE_TABLES[kind].schema.items())


def to_extra_records(records: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Rows of ``extra_records``: values as JSON, times in UTC; further columns as ``attributes``."""
    described = catalogue().kinds[kind]
    names = [column.to for column in described.fields]
    values = records.select(pl.struct(*names, "attributes").struct.json_encode()).to_series()
    keys = records.select(record_key(kind))
    return pl.DataFrame(
        {
            "kind": pl.repeat(kind, records.height, eager=True),
            "record_key": pl.Series([digest(kind, *key) for key in keys.iter_rows()], dtype=pl.String),
            "values": values,
            "source_file": records["file"],
            "source_row": records["row"],
        }
    )


def _talked() -> pl.Expr:
    """Seconds from answer to end; where the log has no answer time, talk and hold as it says."""
    between = (pl.col("ended_at") - pl.col("answered_at")).dt.total_milliseconds() / 1000
    told = pl.when(pl.col("talk_s").is_not_null()).then(pl.col("talk_s") + pl.col("hold_s").fill_null(0))
    return pl.coalesce([between, told])
