"""Deciding origin and silence again for what a change of the tables reaches, and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from voc_mining.business_time import TOKYO, month_of, tokyo_date
from voc_mining.contracts.rules import OriginRules, SilenceRules
from voc_mining.segment.callbacks import earliest_answered
from voc_mining.segment.origin import decide_origins, shared_numbers
from voc_mining.segment.reach import described_since, longest_look_back, otherwise_shared, reached, rests_on_all
from voc_mining.segment.stage import segments_of
from voc_mining.store.changes import rows_matching
from voc_mining.store.delta import DeltaStore
from voc_mining.store.differences import Differences

CONTACT_COLUMNS = (
    "contact_id", "source", "source_id", "channel", "direction", "queue", "campaign", "purpose", "disposition",
    "ivr_path", "contact_ref", "customer_key", "phone_key", "started_at", "category_l", "category_m", "category_s",
)  # fmt: skip
"""What is looked at of a contact."""
LOG_COLUMNS = ("contact_id", "answered_at")
_OWNER = ("phone_key", "customer_key")
_MOMENT = ("contact_id", "customer_key", "started_at")
_HEARD = (*_MOMENT, "queue", "category_l", "category_m", "category_s")


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
        What came and went of ``contacts`` (:data:`CONTACT_COLUMNS`), ``call_log`` (:data:`LOG_COLUMNS`) and
        ``customers`` (all columns) since the segments in the lake were decided.
    rules, params : OriginRules, SilenceRules
        What decides; the same as then.

    Returns
    -------
    Decided
        The segments of the reached contacts only.
    """
    contacts, customers = changed["contacts"], changed["customers"]
    present, owners = _touched(lake, changed)
    origins, world = _origins(lake, present, contacts.gone, owners, rules)
    own = world.join(origins.select("contact_id", "origin"), on="contact_id", validate="1:1")
    gone = contacts.gone.select("contact_id").join(own, on="contact_id", how="anti")
    before = _stored(lake, pl.concat([own.select("contact_id"), gone]))
    moments = pl.concat(
        [own.select(_MOMENT), _described_otherwise(lake, customers), _counted_otherwise(lake, contacts, own, before)]
    ).unique("contact_id")
    more = _stored(lake, moments.join(own, on="contact_id", how="anti"))
    rows = segments_of(
        pl.concat([origins, more.select(origins.columns)]),
        moments,
        _heard(lake, moments, own, params),
        rows_matching(lake, "customers", moments.select("customer_key")).collect(),
        params,
    )
    return Decided(rows, pl.concat([before, more]), gone)


def _touched(lake: DeltaStore, changed: Mapping[str, Differences]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Contacts there are that changed, or are touched otherwise than by time; and who has the numbers concerned."""
    contacts, log, customers = changed["contacts"], changed["call_log"], changed["customers"]
    came = pl.concat([contacts.came.select(_OWNER), customers.came.select(_OWNER)])
    gone = pl.concat([contacts.gone.select(_OWNER), customers.gone.select(_OWNER)])
    owners = _owners(lake, pl.concat([came, gone]))
    logged = pl.concat([log.came, log.gone]).select("contact_id")
    flipped = otherwise_shared(owners, came, gone).to_frame()
    others = [_contacts(lake, logged), _contacts(lake, flipped)]
    return pl.concat([contacts.came, *others]).unique("contact_id"), owners


def _origins(
    lake: DeltaStore, present: pl.DataFrame, gone: pl.DataFrame, owners: pl.DataFrame, rules: OriginRules
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Origins of the contacts reached, and the records these rest on."""
    touched = pl.concat([present, gone])
    first = touched["started_at"].min()
    recent = later = present.clear()
    if isinstance(first, datetime):
        recent = _since(lake, earliest_answered(_day(first), rules)).select(CONTACT_COLUMNS).collect()
        later = recent.filter(pl.col("started_at") >= first)
    owners = pl.concat([owners, _owners(lake, recent.join(owners, on="phone_key", how="anti"))])
    chosen = reached(touched, later, shared_numbers([owners], rules)).to_frame()
    surveys = _contacts(lake, touched.select(pl.col("source_id").alias("contact_ref")))
    decide = pl.concat([present, surveys, later.join(chosen, on="contact_id", how="semi")]).unique("contact_id")
    linked = [recent.join(decide, on=key, how="semi") for key in ("customer_key", "phone_key")]
    asked = decide.filter(pl.col("source") == "survey").select(pl.col("contact_ref").alias("source_id"))
    world = pl.concat([decide, *linked, _contacts(lake, asked)]).unique("contact_id")
    settled = _stored(lake, world.join(decide, on="contact_id", how="anti")).select("contact_id", "origin")
    answered = rows_matching(lake, "call_log", world.select("contact_id")).select(LOG_COLUMNS).collect()
    return decide_origins(world, answered, owners, rules, settled), world


def _described_otherwise(lake: DeltaStore, customers: Differences) -> pl.DataFrame:
    """Contacts of customers whose rows changed, from the day on that another row describes."""
    changed = pl.concat([customers.came, customers.gone]).select("customer_key", "as_of")
    if changed.is_empty():
        return lake.tables["contacts"].empty().select(_MOMENT)
    now = rows_matching(lake, "customers", changed.select("customer_key")).select("customer_key", "as_of").collect()
    days = described_since(changed, now.join(changed, on=["customer_key", "as_of"], how="anti"))
    return (
        lake.scan("contacts")
        .select(_MOMENT)
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
    turned = pl.concat(
        [
            now.join(was, on="contact_id", how="anti").select("started_at"),
            own.join(was, on="contact_id", how="semi").filter(pl.col("origin") != "reactive").select("started_at"),
            now.join(contacts.came, on="contact_id", how="semi").select("started_at"),
            contacts.gone.join(was, on="contact_id", how="semi").select("started_at"),
        ]
    )
    first = turned["started_at"].min()
    if not isinstance(first, datetime):
        return own.clear().select(_MOMENT)
    states = lake.scan("segments").filter(rests_on_all()).select("contact_id")
    later = _since(lake, _day(first)).filter(pl.col("started_at") >= first)
    return later.select(_MOMENT).join(states, on="contact_id", how="semi").collect()


def _heard(lake: DeltaStore, moments: pl.DataFrame, own: pl.DataFrame, params: SilenceRules) -> pl.DataFrame:
    """Reactive contacts that the silence at these moments may rest on, and the first of all."""
    decided = own.filter(pl.col("origin") == "reactive").select(*_HEARD, "origin")
    first = moments["started_at"].min()
    if not isinstance(first, datetime):
        return decided
    reactive = lake.scan("segments").filter(pl.col("origin") == "reactive").select("contact_id", "origin")
    reactive = reactive.join(own.lazy().select("contact_id"), on="contact_id", how="anti")
    since = _day(first - timedelta(days=longest_look_back(params)))
    looked = _since(lake, since).select(_HEARD).join(reactive, on="contact_id", validate="1:1").collect()
    return pl.concat([decided, looked, _earliest(lake, reactive)]).unique("contact_id")


def _earliest(lake: DeltaStore, reactive: pl.LazyFrame) -> pl.DataFrame:
    """First of these contacts that has a time, if any: looked for month by month."""
    timed = lake.scan("contacts").filter(pl.col("started_at").is_not_null())
    found = lake.tables["contacts"].empty().select(_HEARD).with_columns(origin=pl.lit(None, pl.String))
    months = lake.scan("contacts").select(pl.col("month").unique().sort()).collect()["month"].to_list()
    while months and found.is_empty():
        of_month = timed.filter(pl.col("month") == months.pop(0)).select(_HEARD)
        first = of_month.join(reactive, on="contact_id", validate="1:1").sort("started_at", "contact_id").head(1)
        found = first.collect()
    return found


def _since(lake: DeltaStore, day: date) -> pl.LazyFrame:
    """Contacts of the months from that of a day on."""
    month = pl.select(month_of(pl.lit(day))).item()
    return lake.scan("contacts").filter(pl.col("month") >= month)


def _day(time: datetime) -> date:
    return time.astimezone(ZoneInfo(TOKYO)).date()


def _owners(lake: DeltaStore, numbers: pl.DataFrame) -> pl.DataFrame:
    """Who has these numbers, a row for each record that says so."""
    wanted = numbers.lazy().select("phone_key").drop_nulls().unique()
    of_tables = [lake.scan(table).select(_OWNER) for table in ("contacts", "customers")]
    return pl.concat(of_tables).drop_nulls().join(wanted, on="phone_key", how="semi").collect()


def _contacts(lake: DeltaStore, keys: pl.DataFrame) -> pl.DataFrame:
    return rows_matching(lake, "contacts", keys).select(CONTACT_COLUMNS).collect()


def _stored(lake: DeltaStore, contacts: pl.DataFrame) -> pl.DataFrame:
    return rows_matching(lake, "segments", contacts.select("contact_id")).collect()
