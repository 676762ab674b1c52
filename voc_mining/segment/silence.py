"""Silence of a customer at a moment: the first state that fits, in the order of the definitions.

``unknown`` (no customer on the record), ``vocal`` (a reactive contact within the look-back, the moment
included), ``too_early`` (contract younger than the minimum age), ``undetermined`` with its reason,
``quiet``. Only existing customers can be quiet. A moment of someone who is none is ``undetermined``:

- ``no_time``: the record tells no moment;
- ``no_customer_row``: the customers table does not know the customer;
- ``no_contract_start``: it does not say since when;
- ``not_existing``: the contract has ended: from the day of contract_end on;
- ``history_too_short``: the contact history starts inside the look-back, or there is none;
- ``unidentified_contacts``: too few of the reactive contacts in the look-back carry a customer.

A contract that has not begun is younger than any minimum age: ``too_early``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import polars as pl

from voc_mining.business_time import TOKYO, end_of_day, tokyo_date
from voc_mining.contracts.rules import SilenceRules

_ROUNDING = 1e-9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def silence_at(
    moments: pl.DataFrame, contacts: pl.DataFrame, customers: pl.DataFrame, rules: SilenceRules
) -> pl.DataFrame:
    """State of silence at every moment.

    Parameters
    ----------
    moments : DataFrame
        ``moment_id`` (unique), ``customer_key`` (may be null), ``at`` (UTC, may be null).
    contacts : DataFrame
        ``customer_key``, ``started_at``, ``origin``, ``queue``, ``category_l``, ``category_m``,
        ``category_s``: everything known, later contacts included; they are not looked at.
    customers : DataFrame
        Rows of the customers table.
    rules : SilenceRules
        Look-back, minimum age, least identified share, start of history, cancellation.

    Returns
    -------
    DataFrame
        ``moment_id``, ``silence``, ``silence_reason`` (of undetermined), ``existing`` (null where it cannot
        be told), ``since`` (start of the look-back), ``last_reactive_at`` (latest reactive contact that
        counts, at any distance), in the order of ``moments``.
    """
    reactive = contacts.filter((pl.col("origin") == "reactive") & pl.col("started_at").is_not_null())
    described = _with_customer(moments.with_columns(tokyo_date(pl.col("at")).alias("day")), customers, rules)
    looked = _with_last_reactive(described, reactive.filter(~_is_cancellation(rules)))
    return (
        _with_identified_share(looked, reactive)
        .with_columns(_reason(_history_start(reactive, rules), rules))
        .with_columns(_state(rules))
        .sort("order")
        .select(
            "moment_id",
            "silence",
            pl.when(pl.col("silence") == "undetermined").then("silence_reason").alias("silence_reason"),
            "existing",
            "since",
            "last_reactive_at",
        )
    )


def customer_rows_at(moments: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """Add the row of the customers table that describes the customer on that day.

    It is the latest with as_of up to the day, else the earliest there is.

    Parameters
    ----------
    moments : DataFrame
        ``customer_key`` and ``day`` (date in Asia/Tokyo), among others.
    customers : DataFrame
        Rows of the customers table.

    Returns
    -------
    DataFrame
        The moments, sorted by day, with the columns of that row; null where there is none.
    """
    rows = customers.sort("as_of", "customer_key").with_row_index("row")
    earliest = rows.unique("customer_key", keep="first", maintain_order=True)
    latest = moments.sort("day", maintain_order=True).join_asof(
        rows.select("customer_key", pl.col("as_of").alias("day"), "row"),
        on="day",
        by="customer_key",
        check_sortedness=False,
    )
    return (
        latest.join(
            earliest.select("customer_key", pl.col("row").alias("first_row")),
            on="customer_key",
            how="left",
            validate="m:1",
        )
        .with_columns(pl.coalesce("row", "first_row").alias("row"))
        .drop("first_row")
        .join(rows.drop("customer_key"), on="row", how="left", validate="m:1")
        .drop("row")
    )


def quiet_customers(contacts: pl.DataFrame, customers: pl.DataFrame, as_of: date, rules: SilenceRules) -> pl.DataFrame:
    """List the existing customers who are quiet at the end of a day in Asia/Tokyo.

    Parameters
    ----------
    contacts, customers : DataFrame
        As for :func:`silence_at`.
    as_of : date
        The day.
    rules : SilenceRules
        What silent means.

    Returns
    -------
    DataFrame
        The row of the customers table that describes each on that day, with ``since``, ``at`` (look-back),
        ``day`` and ``quiet_since`` (date): the day of the last reactive contact that counts; without one,
        the start of the contract or of the contact history, the later of the two. Sorted by customer_key.
    """
    last_instant = end_of_day(as_of) - pl.duration(microseconds=1)
    moments = (
        customers.select("customer_key")
        .unique()
        .sort("customer_key")
        .with_columns(pl.col("customer_key").alias("moment_id"), last_instant.alias("at"), pl.lit(as_of).alias("day"))
    )
    states = silence_at(moments.select("moment_id", "customer_key", "at"), contacts, customers, rules)
    quiet = states.filter(pl.col("silence") == "quiet").select(
        pl.col("moment_id").alias("customer_key"), "since", "last_reactive_at"
    )
    reactive = contacts.filter((pl.col("origin") == "reactive") & pl.col("started_at").is_not_null())
    last_day = tokyo_date(pl.col("last_reactive_at"))
    known_since = pl.max_horizontal("contract_start", tokyo_date(_history_start(reactive, rules)))
    return (
        customer_rows_at(moments.join(quiet, on="customer_key", how="inner", validate="1:1"), customers)
        .with_columns(pl.coalesce(last_day, known_since).alias("quiet_since"))
        .drop("moment_id", "last_reactive_at")
        .sort("customer_key")
    )


def _with_customer(moments: pl.DataFrame, customers: pl.DataFrame, rules: SilenceRules) -> pl.DataFrame:
    wanted = customers.select("customer_key", "as_of", "plan", "segment", "contract_start", "contract_end")
    described = customer_rows_at(moments.with_row_index("order"), wanted)
    look_back = pl.coalesce(
        _days_of("plan", rules.look_back_by_plan),
        _days_of("segment", rules.look_back_by_segment),
        pl.lit(rules.look_back_days, pl.Int64),
    )
    return described.with_columns(
        (pl.col("at") - pl.duration(days=look_back)).alias("since"),
        ((pl.col("contract_start") <= pl.col("day")) & (pl.col("contract_end") > pl.col("day")).fill_null(True)).alias(
            "existing"
        ),
    )


def _days_of(column: str, days: Mapping[str, int]) -> pl.Expr:
    mapping = dict(days)
    if not mapping:
        return pl.lit(None, pl.Int64)
    return pl.col(column).replace_strict(mapping, default=None, return_dtype=pl.Int64)


def _is_cancellation(rules: SilenceRules) -> pl.Expr:
    codes = sorted(rules.cancellation_codes)
    coded = pl.any_horizontal(pl.col(f"category_{layer}").is_in(codes).fill_null(False) for layer in "lms")
    return coded | pl.col("queue").is_in(sorted(rules.cancellation_queues)).fill_null(False)


def _with_last_reactive(moments: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    latest = counted.select("customer_key", pl.col("started_at").alias("last_reactive_at")).drop_nulls()
    with_time = moments.filter(pl.col("at").is_not_null() & pl.col("customer_key").is_not_null()).sort("at")
    found = with_time.select("order", "customer_key", "at").join_asof(
        latest.sort("last_reactive_at"),
        left_on="at",
        right_on="last_reactive_at",
        by="customer_key",
        coalesce=False,
        check_sortedness=False,
    )
    return moments.join(found.select("order", "last_reactive_at"), on="order", how="left", validate="1:1")


def _with_identified_share(moments: pl.DataFrame, reactive: pl.DataFrame) -> pl.DataFrame:
    """Count the reactive contacts of all customers in each look-back by two searches in the sorted starts."""
    ordered = reactive.select("started_at", pl.col("customer_key").is_not_null().alias("known")).sort("started_at")
    starts = ordered["started_at"]
    known = pl.concat([pl.Series("known", [0], pl.Int64), ordered["known"].cast(pl.Int64).cum_sum()])
    first = starts.search_sorted(moments["since"].fill_null(_EPOCH), side="left")
    after = starts.search_sorted(moments["at"].fill_null(_EPOCH), side="right")
    return moments.with_columns(
        (after.cast(pl.Int64) - first.cast(pl.Int64)).alias("n_reactive"),
        (known.gather(after) - known.gather(first)).alias("n_identified"),
    )


def _history_start(reactive: pl.DataFrame, rules: SilenceRules) -> pl.Expr:
    if rules.history_start is None:
        return pl.lit(reactive["started_at"].min(), pl.Datetime("us", "UTC"))
    midnight = pl.lit(rules.history_start).cast(pl.Datetime("us"))
    return midnight.dt.replace_time_zone(TOKYO).dt.convert_time_zone("UTC")


def _reason(history_start: pl.Expr, rules: SilenceRules) -> pl.Expr:
    """Why the state cannot be told; null where it can."""
    too_few = pl.col("n_identified") + _ROUNDING < rules.min_identified_share * pl.col("n_reactive")
    return (
        pl.when(pl.col("at").is_null())
        .then(pl.lit("no_time"))
        .when(pl.col("as_of").is_null())
        .then(pl.lit("no_customer_row"))
        .when(pl.col("contract_start").is_null())
        .then(pl.lit("no_contract_start"))
        .when(~pl.col("existing"))
        .then(pl.lit("not_existing"))
        .when(history_start.is_null() | (history_start > pl.col("since")))
        .then(pl.lit("history_too_short"))
        .when(too_few)
        .then(pl.lit("unidentified_contacts"))
        .alias("silence_reason")
    )


def _state(rules: SilenceRules) -> pl.Expr:
    young = pl.col("contract_start") > pl.col("day") - timedelta(days=rules.min_age_days)
    return (
        pl.when(pl.col("customer_key").is_null())
        .then(pl.lit("unknown"))
        .when(pl.col("last_reactive_at") >= pl.col("since"))
        .then(pl.lit("vocal"))
        .when(young)
        .then(pl.lit("too_early"))
        .when(pl.col("silence_reason").is_not_null())
        .then(pl.lit("undetermined"))
        .otherwise(pl.lit("quiet"))
        .alias("silence")
    )
