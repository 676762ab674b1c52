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
from typing import TYPE_CHECKING

import polars as pl

from voc_mining.business_time import TOKYO, end_of_day, tokyo_date
from voc_mining.contracts.rules import SilenceRules
from voc_mining.contracts.values import SILENCES

if TYPE_CHECKING:
    from polars._typing import PythonLiteral

_REASONS = (
    "no_time",
    "no_customer_row",
    "no_contract_start",
    "not_existing",
    "history_too_short",
    "unidentified_contacts",
)
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
    looked = _looked_back(moments, contacts, customers, rules).sort("order")
    return _decided(looked, rules).select(
        moments["moment_id"], "silence", "silence_reason", "existing", "since", "last_reactive_at"
    )


def silence_on(
    contacts: pl.DataFrame | pl.LazyFrame, customers: pl.DataFrame, as_of: date, rules: SilenceRules
) -> pl.DataFrame:
    """State of silence of every customer at the end of a day in Asia/Tokyo, in one pass over the contacts.

    What :func:`silence_at` says of that instant, at a fraction of its cost: the contacts are only added up.

    Parameters
    ----------
    contacts, customers : DataFrame
        As for :func:`silence_at`; contacts may be lazy and are never held as a whole.
    as_of : date
        The day.
    rules : SilenceRules
        What silent means.

    Returns
    -------
    DataFrame
        The row of the customers table that describes each customer on that day (``customer_key`` unique, sorted),
        with ``silence``, ``silence_reason``, ``existing``, ``since``, ``at``, ``day``, ``last_reactive_at`` as
        :func:`silence_at` has them, and ``quiet_since`` (date, of the quiet): the day of the last reactive contact
        that counts; without one, the start of the contract or of the contact history, the later of the two.
    """
    last_instant = end_of_day(as_of) - pl.duration(microseconds=1)
    heard = _heard_until(contacts.lazy(), last_instant, rules)
    rows = _row_of_day(customers, as_of).with_columns(last_instant.alias("at"), pl.lit(as_of).alias("day"))
    known_since = pl.max_horizontal("contract_start", tokyo_date(pl.col("history_start")))
    looked = (
        rows.join(
            heard.select("customer_key", "last_reactive_at").drop_nulls("customer_key"),
            on="customer_key",
            how="left",
            validate="1:1",
        )
        .with_columns(_look_back(rules))
        .join(_counted(heard, rules), on="look_back", how="left", validate="m:1")
        .with_columns(_since(), _existing(), _history_start(heard["first_at"].min(), rules).alias("history_start"))
    )
    return (
        _decided(looked, rules)
        .with_columns(
            pl.when(pl.col("silence") == "quiet")
            .then(pl.coalesce(tokyo_date(pl.col("last_reactive_at")), known_since))
            .alias("quiet_since")
        )
        .drop("look_back", "n_reactive", "n_identified", "history_start")
        .sort("customer_key")
    )


def silence_before(
    left: pl.DataFrame, contacts: pl.DataFrame, customers: pl.DataFrame, rules: SilenceRules
) -> pl.DataFrame:
    """Whether those who left had been silent in the look-back before the day they left.

    The look-back ends with the day before: what was said on the day of the notice is the notice. A contract's age
    does not matter in retrospect: who leaves within the first days without a word leaves in silence, too.

    Parameters
    ----------
    left : DataFrame
        ``customer_key`` (unique) and ``left_on`` (date in Asia/Tokyo).
    contacts, customers : DataFrame
        As for :func:`silence_at`.
    rules : SilenceRules
        What silent means.

    Returns
    -------
    DataFrame
        ``customer_key``, ``silent`` (null where it cannot be told), ``silence_reason`` (why it cannot:
        ``history_too_short`` or ``unidentified_contacts``), ``since``, ``at``, ``last_reactive_at``; sorted.
    """
    start = pl.col("left_on").cast(pl.Datetime("us")).dt.replace_time_zone(TOKYO).dt.convert_time_zone("UTC")
    moments = left.select(
        pl.col("customer_key").alias("moment_id"), "customer_key", (start - pl.duration(microseconds=1)).alias("at")
    )
    vocal = (pl.col("last_reactive_at") >= pl.col("since")).fill_null(value=False)
    untold = ~vocal & pl.col("uncovered").is_not_null()
    return (
        _looked_back(moments, contacts, customers, rules)
        .sort("order")
        .with_columns(_uncovered(rules).alias("uncovered"))
        .with_columns(_word("uncovered", _REASONS))
        .select(
            moments["customer_key"],
            pl.when(~untold).then(~vocal).alias("silent"),
            pl.when(untold).then("uncovered").alias("silence_reason"),
            "since",
            "at",
            "last_reactive_at",
        )
        .sort("customer_key")
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


def quiet_customers(
    contacts: pl.DataFrame | pl.LazyFrame, customers: pl.DataFrame, as_of: date, rules: SilenceRules
) -> pl.DataFrame:
    """List the existing customers who are quiet at the end of a day: rows of :func:`silence_on`."""
    return silence_on(contacts, customers, as_of, rules).filter(pl.col("silence") == "quiet")


def _row_of_day(customers: pl.DataFrame, day: date) -> pl.DataFrame:
    """Row that describes each customer on a day: the latest up to it, else the earliest."""
    known = pl.col("as_of") <= day
    latest = pl.col("as_of").filter(known).max().over("customer_key")
    earliest = pl.col("as_of").min().over("customer_key")
    return customers.filter(pl.col("as_of") == pl.coalesce(latest, earliest)).unique("customer_key", keep="any")


def _heard_until(contacts: pl.LazyFrame, at: pl.Expr, rules: SilenceRules) -> pl.DataFrame:
    """Add up the reactive contacts until an instant by customer, null for those without one.

    Returns
    -------
    DataFrame
        ``customer_key``, ``last_reactive_at`` (that counts), ``first_at``, and for each look-back of the rules the
        number of contacts in it, such as ``in_180``.
    """
    started = pl.col("started_at")
    within = [
        (started >= at - pl.duration(days=days)).sum().cast(pl.Int64).alias(f"in_{days}") for days in _look_backs(rules)
    ]
    return (
        contacts.filter((pl.col("origin") == "reactive") & (started <= at))
        .select("customer_key", "started_at", _is_cancellation(rules).alias("cancellation"))
        .group_by("customer_key")
        .agg(
            started.filter(~pl.col("cancellation")).max().alias("last_reactive_at"),
            started.min().alias("first_at"),
            *within,
        )
        .collect(engine="streaming")
    )


def _counted(heard: pl.DataFrame, rules: SilenceRules) -> pl.DataFrame:
    """Reactive contacts of all customers in each look-back, and those of them that carry a customer."""
    known = heard.filter(pl.col("customer_key").is_not_null())
    days = _look_backs(rules)
    return pl.DataFrame(
        {
            "look_back": days,
            "n_reactive": [heard[f"in_{each}"].sum() for each in days],
            "n_identified": [known[f"in_{each}"].sum() for each in days],
        },
        schema={"look_back": pl.Int64, "n_reactive": pl.Int64, "n_identified": pl.Int64},
    )


def _looked_back(
    moments: pl.DataFrame, contacts: pl.DataFrame, customers: pl.DataFrame, rules: SilenceRules
) -> pl.DataFrame:
    """Add to moments all that their state rests on; ``order`` is their place.

    Customers are numbers here, not words: there may be ten million moments, and each is looked up twice.
    """
    number = pl.col("customer_key").cast(pl.Categorical).to_physical()
    reactive = contacts.lazy().filter((pl.col("origin") == "reactive") & pl.col("started_at").is_not_null())
    heard = reactive.select(number, "started_at", (~_is_cancellation(rules)).alias("counts")).collect()
    wanted = customers.select(number, "as_of", "plan", "segment", "contract_start", "contract_end")
    asked = moments.lazy().with_row_index("order").select("order", number, "at").collect()
    described = (
        customer_rows_at(asked.with_columns(tokyo_date(pl.col("at")).alias("day")), wanted)
        .with_columns(_look_back(rules))
        .with_columns(_since(), _existing())
        .drop("plan", "segment", "look_back", "contract_end")
    )
    looked = _with_last_reactive(described, heard.filter("counts"))
    return _with_identified_share(looked, heard).with_columns(
        _history_start(heard["started_at"].min(), rules).alias("history_start")
    )


def _look_backs(rules: SilenceRules) -> list[int]:
    return sorted({rules.look_back_days, *rules.look_back_by_plan.values(), *rules.look_back_by_segment.values()})


def _look_back(rules: SilenceRules) -> pl.Expr:
    return pl.coalesce(
        _days_of("plan", rules.look_back_by_plan),
        _days_of("segment", rules.look_back_by_segment),
        pl.lit(rules.look_back_days, pl.Int64),
    ).alias("look_back")


def _since() -> pl.Expr:
    return (pl.col("at") - pl.duration(days="look_back")).alias("since")


def _existing() -> pl.Expr:
    begun = pl.col("contract_start") <= pl.col("day")
    return (begun & (pl.col("contract_end") > pl.col("day")).fill_null(value=True)).alias("existing")


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


def _history_start(first: PythonLiteral | None, rules: SilenceRules) -> pl.Expr:
    if rules.history_start is None:
        return pl.lit(first, pl.Datetime("us", "UTC"))
    midnight = pl.lit(rules.history_start).cast(pl.Datetime("us"))
    return midnight.dt.replace_time_zone(TOKYO).dt.convert_time_zone("UTC")


def _uncovered(rules: SilenceRules) -> pl.Expr:
    """Why the records cannot tell that there was no contact, by its place in the reasons; null where they can."""
    too_few = pl.col("n_identified") + _ROUNDING < rules.min_identified_share * pl.col("n_reactive")
    return (
        pl.when(pl.col("history_start").is_null() | (pl.col("history_start") > pl.col("since")))
        .then(_place(_REASONS, "history_too_short"))
        .when(too_few)
        .then(_place(_REASONS, "unidentified_contacts"))
    )


def _decided(frame: pl.DataFrame, rules: SilenceRules) -> pl.DataFrame:
    """Add the state, and why it cannot be told where that is so."""
    young = pl.col("contract_start") > pl.col("day") - timedelta(days=rules.min_age_days)
    reason = (
        pl.when(pl.col("at").is_null())
        .then(_place(_REASONS, "no_time"))
        .when(pl.col("as_of").is_null())
        .then(_place(_REASONS, "no_customer_row"))
        .when(pl.col("contract_start").is_null())
        .then(_place(_REASONS, "no_contract_start"))
        .when(~pl.col("existing"))
        .then(_place(_REASONS, "not_existing"))
        .otherwise(_uncovered(rules))
    )
    state = (
        pl.when(pl.col("customer_key").is_null())
        .then(_place(SILENCES, "unknown"))
        .when(pl.col("last_reactive_at") >= pl.col("since"))
        .then(_place(SILENCES, "vocal"))
        .when(young)
        .then(_place(SILENCES, "too_early"))
        .when(pl.col("silence_reason").is_not_null())
        .then(_place(SILENCES, "undetermined"))
        .otherwise(_place(SILENCES, "quiet"))
    )
    undetermined = pl.col("silence") == _place(SILENCES, "undetermined")
    return (
        frame.with_columns(reason.alias("silence_reason"))
        .with_columns(state.alias("silence"))
        .with_columns(pl.when(undetermined).then("silence_reason").alias("silence_reason"))
        .with_columns(_word("silence", SILENCES), _word("silence_reason", _REASONS))
    )


def _place(words: tuple[str, ...], word: str) -> pl.Expr:
    """Stand for a word by its place: ten million rows are decided by numbers, and get their words once."""
    return pl.lit(words.index(word), pl.Int8)


def _word(column: str, words: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict(range(len(words)), words, return_dtype=pl.String)
