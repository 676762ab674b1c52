"""Deciding customer, origin and silence again for what a change of the tables reaches, and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from voc_mining.business_time import TOKYO, month_of, tokyo_date
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.callbacks import earliest_answered
from voc_mining.segment.confirmations import confirmed_origins, otherwise_confirmed
from voc_mining.segment.customers import holders, holdings, shared_values, with_customers
from voc_mining.segment.legs import CALL_REF
from voc_mining.segment.origin import decide_origins
from voc_mining.segment.reach import WAYS, described_since, longest_look_back, reached, rests_on_all, told_otherwise
from voc_mining.segment.stage import segments_of
from voc_mining.store.changes import rows_matching
from voc_mining.store.delta import DeltaStore
from voc_mining.store.differences import Differences

CONTACT_COLUMNS = (
    "contact_id", "source", "source_id", "channel", "direction", "queue", "campaign", "purpose", "disposition",
    "ivr_path", "contact_ref", "leg_no", "customer_key", "phone_key", "mail_key", "subject_key", "reply", "started_at",
    "ended_at", "category_l", "category_m", "category_s",
)  # fmt: skip
"""What is looked at of a contact."""
LOG_COLUMNS = ("contact_id", "answered_at", "transfers")
IDENTITY_COLUMNS = ("customer_key", "kind", "value_key", "shared")
_VALUES = ("phone_key", "mail_key")
_OWNER = (*_VALUES, "customer_key")
_MOMENT = ("contact_id", "customer_key", "customer_rule", "started_at")
_HEARD = ("contact_id", "customer_key", "started_at", "queue", "category_l", "category_m", "category_s")
_REACHING = ("contact_id", *WAYS, "started_at")


@dataclass(frozen=True, slots=True)
class Decided:
    """Rows of ``segments`` as they should be, as they are, and the contact ids that are no longer there."""

    rows: pl.DataFrame
    before: pl.DataFrame
    gone: pl.DataFrame


def decide_again(
    lake: DeltaStore, changed: Mapping[str, Differences], rules: OriginRules, params: SilenceRules
) -> Decided:
    """Decide the contacts that changes reach.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    changed : mapping of str to Differences
        What came and went of ``contacts`` (:data:`CONTACT_COLUMNS`), ``call_log`` (:data:`LOG_COLUMNS`),
        ``identities`` (:data:`IDENTITY_COLUMNS`), ``customers`` and ``origin_confirmations`` (all columns) since the
        segments in the lake were decided.
    rules, params : OriginRules, SilenceRules
        What decides; the same as then.

    Returns
    -------
    Decided
        The segments of the reached contacts only.
    """
    contacts, customers = changed["contacts"], changed["customers"]
    present, told = _touched(lake, changed, rules)
    origins, world = _origins(lake, present, contacts.gone, told, rules)
    own = world.join(origins.select("contact_id", "origin"), on="contact_id", validate="1:1")
    gone = contacts.gone.select("contact_id").join(own, on="contact_id", how="anti")
    before = _stored(lake, pl.concat([own.select("contact_id"), gone]))
    moments = pl.concat(
        [own.select(_MOMENT), _described_otherwise(lake, customers), _counted_otherwise(lake, contacts, own, before)]
    ).unique("contact_id", keep="first", maintain_order=True)
    more = _stored(lake, moments.join(own, on="contact_id", how="anti"))
    rows = segments_of(
        pl.concat([origins, more.select(origins.columns)]),
        moments,
        _heard(lake, moments, own, params),
        rows_matching(lake, "customers", moments.select("customer_key")).collect(),
        params,
    )
    return Decided(rows, pl.concat([before, more]), gone)


def _touched(
    lake: DeltaStore, changed: Mapping[str, Differences], rules: OriginRules
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Contacts there are that changed, or are touched otherwise than by time, with the customers they are counted for.

    Beside them whose their numbers and addresses are.
    """
    contacts, log, customers, identities, said = (
        changed[table] for table in ("contacts", "call_log", "customers", "identities", "origin_confirmations")
    )
    came = holders(contacts.came, customers.came, identities.came)
    gone = holders(contacts.gone, customers.gone, identities.gone)
    values = pl.concat([came, gone]).select("value_key").unique()
    held = _holders(lake, values)
    flipped = told_otherwise(held, came, gone, rules)
    told = _of_all(holdings(held, rules), values)
    words = otherwise_confirmed(lake.read("origin_confirmations"), said.came, said.gone)
    others = [
        _contacts(lake, pl.concat([log.came, log.gone]).select("contact_id")),
        *(_contacts(lake, flipped.alias(value).to_frame()) for value in _VALUES),
        _contacts(lake, words.alias("contact_id").to_frame()),
    ]
    present = pl.concat([contacts.came, *others]).unique("contact_id")
    calls = _same_call(lake, pl.concat([present, contacts.gone]))
    present = pl.concat([present, calls]).unique("contact_id", keep="first", maintain_order=True)
    told = _told(lake, present, told, rules)
    return with_customers(present, told), told


def _origins(
    lake: DeltaStore, present: pl.DataFrame, gone: pl.DataFrame, told: pl.DataFrame, rules: OriginRules
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Origins of the contacts reached, and the records these rest on."""
    as_they_were = _counted_for(lake, pl.concat([present.select(gone.columns), gone]), present.clear())
    touched = pl.concat([_reaching(present), _reaching(as_they_were)])
    first = touched["started_at"].min()
    recent = later = present.clear()
    if isinstance(first, datetime):
        recent = _counted_for(
            lake, _since(lake, earliest_answered(_day(first), rules)).select(CONTACT_COLUMNS).collect(), present
        )
        later = recent.filter(pl.col("started_at") >= first)
    named = _contacts(lake, touched.select("contact_id").join(present, on="contact_id", how="anti"))
    sources = pl.concat([present.select("source_id"), gone.select("source_id"), named.select("source_id")])
    surveys = _counted_for(lake, _contacts(lake, sources.select(pl.col("source_id").alias("contact_ref"))), present)
    told = _told(lake, pl.concat([present, recent, surveys]), told, rules)
    chosen = reached(touched, _reaching(later), shared_values(told)).to_frame()
    decide = _distinct([present, surveys, later.join(chosen, on="contact_id", how="semi")])
    calls = _counted_for(lake, _same_call(lake, decide), present)
    decide = _distinct([decide, calls.filter(pl.col("started_at").is_null())])
    ways = _reaching(decide)
    linked = [
        recent.join(_reaching(recent).join(ways, on=way, how="semi"), on="contact_id", how="semi") for way in WAYS
    ]
    asked = decide.filter(pl.col("source") == "survey").select(pl.col("contact_ref").alias("source_id"))
    world = _distinct([decide, *linked, calls, _counted_for(lake, _contacts(lake, asked), present)])
    settled = _stored(lake, world.join(decide, on="contact_id", how="anti"))
    answered = rows_matching(lake, "call_log", world.select("contact_id")).select(LOG_COLUMNS).collect()
    shared = shared_values(_told(lake, world, told, rules))
    confirmed = confirmed_origins(lake.read("origin_confirmations"))
    return decide_origins(world, answered, shared, rules, settled, confirmed), world


def _reaching(contacts: pl.DataFrame) -> pl.DataFrame:
    return contacts.with_columns(CALL_REF.alias("call_ref")).select(_REACHING)


def _distinct(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames).unique("contact_id", keep="first", maintain_order=True)


def _counted_for(lake: DeltaStore, contacts: pl.DataFrame, resolved: pl.DataFrame) -> pl.DataFrame:
    """Put in the customers that contacts were counted for when they were decided, where they are not resolved anew."""
    stored = _stored(lake, contacts.join(resolved, on="contact_id", how="anti"))
    known = pl.concat([frame.select("contact_id", "customer_key", "customer_rule") for frame in (resolved, stored)])
    return (
        contacts.drop("customer_key")
        .join(known, on="contact_id", how="left", validate="m:1")
        .select(*CONTACT_COLUMNS, "customer_rule")
    )


def _same_call(lake: DeltaStore, contacts: pl.DataFrame) -> pl.DataFrame:
    """All calls there are that refer to the same contacts as these, or are what these refer to."""
    refs = contacts.select(CALL_REF.alias("ref")).drop_nulls()
    named = [_contacts(lake, refs.select(pl.col("ref").alias(column))) for column in ("contact_ref", "source_id")]
    return _distinct(named).filter(pl.col("source") == "call")


def _described_otherwise(lake: DeltaStore, customers: Differences) -> pl.DataFrame:
    """Contacts of customers whose rows changed, from the day on that another row describes."""
    changed = pl.concat([customers.came, customers.gone]).select("customer_key", "as_of")
    if changed.is_empty():
        return _no_moments(lake)
    now = rows_matching(lake, "customers", changed.select("customer_key")).select("customer_key", "as_of").collect()
    days = described_since(changed, now.join(changed, on=["customer_key", "as_of"], how="anti"))
    return (
        _moments(lake.scan("contacts"), lake.scan("segments"))
        .join(days.lazy(), on="customer_key", validate="m:1")
        .filter(tokyo_date(pl.col("started_at")) >= pl.col("day"))
        .select(_MOMENT)
        .collect()
    )


def _counted_otherwise(
    lake: DeltaStore, contacts: Differences, own: pl.DataFrame, before: pl.DataFrame
) -> pl.DataFrame:
    """Contacts whose state rests on all reactive contacts, from the first of these on that came, went or changed."""
    was = before.filter(pl.col("origin") == "reactive")
    now = own.filter(pl.col("origin") == "reactive")
    identified = pl.col("customer_key").is_not_null()
    otherwise = now.join(was, on="contact_id", suffix="_was").filter(
        identified != pl.col("customer_key_was").is_not_null()
    )
    turned = pl.concat(
        [
            now.join(was, on="contact_id", how="anti").select("started_at"),
            own.join(was, on="contact_id", how="semi").filter(pl.col("origin") != "reactive").select("started_at"),
            now.join(contacts.came, on="contact_id", how="semi").select("started_at"),
            contacts.gone.join(was, on="contact_id", how="semi").select("started_at"),
            otherwise.select("started_at"),
        ]
    )
    first = turned["started_at"].min()
    if not isinstance(first, datetime):
        return _no_moments(lake)
    later = _since(lake, _day(first)).filter(pl.col("started_at") >= first)
    return _moments(later, lake.scan("segments").filter(rests_on_all())).collect()


def _moments(contacts: pl.LazyFrame, segments: pl.LazyFrame) -> pl.LazyFrame:
    """Contacts with the customers they were counted for."""
    known = segments.select("contact_id", "customer_key", "customer_rule")
    return contacts.select("contact_id", "started_at").join(known, on="contact_id", validate="1:1").select(_MOMENT)


def _no_moments(lake: DeltaStore) -> pl.DataFrame:
    return _moments(lake.tables["contacts"].empty().lazy(), lake.tables["segments"].empty().lazy()).collect()


def _heard(lake: DeltaStore, moments: pl.DataFrame, own: pl.DataFrame, params: SilenceRules) -> pl.DataFrame:
    """Reactive contacts that the silence at these moments may rest on, and the first of all."""
    decided = own.filter(pl.col("origin") == "reactive").select(*_HEARD, "origin")
    first = moments["started_at"].min()
    if not isinstance(first, datetime):
        return decided
    reactive = lake.scan("segments").filter(pl.col("origin") == "reactive")
    reactive = reactive.select("contact_id", "origin", "customer_key")
    reactive = reactive.join(own.lazy().select("contact_id"), on="contact_id", how="anti")
    since = _day(first - timedelta(days=longest_look_back(params)))
    looked = _joined(_since(lake, since), reactive).collect()
    return pl.concat([decided, looked, _earliest(lake, reactive)]).unique("contact_id")


def _joined(contacts: pl.LazyFrame, reactive: pl.LazyFrame) -> pl.LazyFrame:
    columns = [name for name in _HEARD if name != "customer_key"]
    return contacts.select(columns).join(reactive, on="contact_id", validate="1:1").select(*_HEARD, "origin")


def _earliest(lake: DeltaStore, reactive: pl.LazyFrame) -> pl.DataFrame:
    """First of these contacts that has a time, if any: looked for month by month."""
    timed = lake.scan("contacts").filter(pl.col("started_at").is_not_null())
    found = _joined(lake.tables["contacts"].empty().lazy(), reactive.clear()).collect()
    months = lake.scan("contacts").select(pl.col("month").unique().sort()).collect()["month"].to_list()
    while months and found.is_empty():
        of_month = timed.filter(pl.col("month") == months.pop(0))
        found = _joined(of_month, reactive).sort("started_at", "contact_id").head(1).collect()
    return found


def _since(lake: DeltaStore, day: date) -> pl.LazyFrame:
    """Contacts of the months from that of a day on."""
    month = pl.select(month_of(pl.lit(day))).item()
    return lake.scan("contacts").filter(pl.col("month") >= month)


def _day(time: datetime) -> date:
    return time.astimezone(ZoneInfo(TOKYO)).date()


def _told(lake: DeltaStore, contacts: pl.DataFrame, told: pl.DataFrame, rules: OriginRules) -> pl.DataFrame:
    """Add to what is told of numbers and addresses those of these contacts: looked up is only what was not before."""
    values = pl.concat([contacts.select(pl.col(value).alias("value_key")) for value in _VALUES])
    more = values.drop_nulls().unique().join(told, on="value_key", how="anti")
    if more.is_empty():
        return told
    return pl.concat([told, _of_all(holdings(_holders(lake, more), rules), more)]).unique("value_key")


def _of_all(told: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Give each value asked for a row, also where no record tells whose it is."""
    return told.join(values, on="value_key", how="full", coalesce=True, validate="1:1").with_columns(
        pl.col("shared").fill_null(False)
    )


def _holders(lake: DeltaStore, values: pl.DataFrame) -> pl.DataFrame:
    """Who has these numbers and addresses, a row for each record that says so."""
    wanted = values.lazy().select("value_key").drop_nulls().unique()
    told_by = {}
    for table in ("contacts", "customers"):
        told = lake.scan(table).select(_OWNER).drop_nulls("customer_key")
        by = [told.join(wanted, left_on=value, right_on="value_key", how="semi") for value in _VALUES]
        # A row found by either of its values is told once: each value is taken from the rows that it finds.
        blank = [
            found.with_columns(pl.lit(None, pl.String).alias(other))
            for found, other in zip(by, reversed(_VALUES), strict=True)
        ]
        told_by[table] = pl.concat(blank).collect()
    listed = lake.scan("identities").select(IDENTITY_COLUMNS).join(wanted, on="value_key", how="semi").collect()
    return holders(told_by["contacts"], told_by["customers"], listed)


def _contacts(lake: DeltaStore, keys: pl.DataFrame) -> pl.DataFrame:
    return rows_matching(lake, "contacts", keys).select(CONTACT_COLUMNS).collect()


def _stored(lake: DeltaStore, contacts: pl.DataFrame) -> pl.DataFrame:
    return rows_matching(lake, "segments", contacts.select("contact_id")).collect()
