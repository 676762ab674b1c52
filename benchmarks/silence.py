"""Silence at size: all customers on a day, the customer's state at every contact, and who left in silence.

    python -m benchmarks.silence make FOLDER [CUSTOMERS [CONTACTS]]
    python -m benchmarks.silence PART FOLDER

``make`` writes a world of customers (a fifth of them described twice, three plans with look-backs of their own) and
contacts over two years (a tenth without a customer; who called once calls again) as two Parquet files. Each part runs
in a process of its own and prints one line of JSON with seconds of processor time, seconds by the clock, and the peak
of resident memory:

- ``scale``: reads the columns that silence rests on from both files, counts the contacts of each customer and sorts
  them by customer and time: what any exact answer about "the last contact before" costs at the least;
- ``day``: silence of every customer at the end of the last day;
- ``snapshots``: silence at the start of every contact;
- ``churn``: of the customers who left, who left in silence;
- ``axis``: what the insight step tells per customer and account (health, churn, accounts, journeys, states of those with
  a page) from the same contacts, a statement for every third, and an outcome for each.

The limits are ratios to ``scale``: the same machine, the same files, the same run.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.steps.customers import customer_tables
from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.rules import SilenceRules
from voc_mining.insight.params import InsightParams
from voc_mining.segment.churn import churned_customers
from voc_mining.segment.silence import silence_at, silence_before, silence_on

AS_OF = date(2026, 9, 30)
RULES = SilenceRules(
    look_back_by_plan={"enterprise": 365, "trial": 60},
    cancellation_codes=frozenset({"解約"}),
    history_start=date(2024, 9, 30),
)
_FIRST = datetime(2024, 9, 30, 15, tzinfo=UTC)
_SECONDS = 730 * 86_400
_HEARD = ["customer_key", "started_at", "origin", "queue", "category_l", "category_m", "category_s"]
_DESCRIBED = ["customer_key", "as_of", "plan", "segment", "contract_start", "contract_end"]
_MIB = 1024


def make(folder: Path, n_customers: int = 1_000_000, n_contacts: int = 10_000_000, seed: int = 7) -> None:
    """Write ``contacts.parquet`` and ``customers.parquet``."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    keys = pl.select(pl.format("C{}", pl.int_range(n_customers).cast(pl.String).str.zfill(7))).to_series().alias("key")
    _customers(rng, keys).write_parquet(folder / "customers.parquet")
    _contacts(rng, keys, n_contacts).write_parquet(folder / "contacts.parquet", row_group_size=500_000)


def _customers(rng: np.random.Generator, keys: pl.Series) -> pl.DataFrame:
    n = len(keys)
    day = np.datetime64(AS_OF)
    start = day - rng.integers(1, 1_500, n).astype("timedelta64[D]")
    end = np.where(rng.random(n) < 0.1, day - rng.integers(1, 700, n).astype("timedelta64[D]"), np.datetime64("NaT"))
    plans = np.array(["standard", "enterprise", "trial"])
    described = pl.DataFrame(
        {
            "customer_key": keys,
            "as_of": np.full(n, day - 30),
            "plan": plans[rng.choice(3, n, p=[0.7, 0.1, 0.2])],
            "segment": np.array(["法人", "個人"])[rng.integers(0, 2, n)],
            "contract_start": start,
            "contract_end": np.where(end > start, end, np.datetime64("NaT")),
        }
    ).with_columns(pl.col("as_of", "contract_start", "contract_end").cast(pl.Date))
    twice = described.filter(pl.Series(rng.random(n) < 0.2)).with_columns(
        pl.lit(AS_OF - timedelta(days=200)).alias("as_of"), pl.lit("trial").alias("plan")
    )
    rows = pl.concat([described, twice]).sort("customer_key", "as_of")
    table, given = LAKE_TABLES["customers"], pl.lit("-")
    return table.conform(rows.with_columns(content_key=given, source_file=given, source_row=pl.lit(1)))


def _contacts(rng: np.random.Generator, keys: pl.Series, n: int) -> pl.DataFrame:
    who = (rng.beta(0.4, 1.6, n) * len(keys)).astype(np.int64)
    origins = np.array(["reactive", "proactive", "other", "unknown"])[rng.choice(4, n, p=[0.75, 0.2, 0.04, 0.01])]
    return (
        pl.DataFrame(
            {
                "contact_id": pl.select(pl.format("k{}", pl.int_range(n))).to_series(),
                "customer_key": keys.gather(who),
                "at": np.sort(rng.integers(0, _SECONDS, n)),
                "origin": origins,
                "queue": np.array(["一般", "技術", "契約"])[rng.integers(0, 3, n)],
                "category_l": np.array(["使い方", "料金", "不具合", "解約"])[
                    rng.choice(4, n, p=[0.4, 0.3, 0.25, 0.05])
                ],
                "unknown": rng.random(n) < 0.1,
            }
        )
        .with_columns(
            pl.when(~pl.col("unknown")).then("customer_key").alias("customer_key"),
            (pl.lit(_FIRST) + pl.duration(seconds="at")).cast(pl.Datetime("us", "UTC")).alias("started_at"),
            pl.lit(None, pl.String).alias("category_m"),
            pl.lit(None, pl.String).alias("category_s"),
        )
        .drop("at", "unknown")
    )


def _frames(folder: Path) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    return pl.scan_parquet(folder / "contacts.parquet"), pl.scan_parquet(folder / "customers.parquet")


def scale(folder: Path) -> dict[str, int]:
    """Read both files, count per customer, sort by customer and time."""
    contacts, customers = _frames(folder)
    heard, described = contacts.select("contact_id", *_HEARD).collect(), customers.select(_DESCRIBED).collect()
    counted = heard.group_by("customer_key").agg(pl.len(), pl.col("started_at").max())
    ordered = heard.select("customer_key", "started_at").sort("customer_key", "started_at")
    return {"contacts": ordered.height, "customers": described.height, "with_contacts": counted.height}


def snapshots(folder: Path) -> dict[str, int]:
    """Tell the silence at the start of every contact."""
    contacts, customers = _frames(folder)
    heard = contacts.select("contact_id", *_HEARD).collect()
    moments = heard.select(pl.col("contact_id").alias("moment_id"), "customer_key", pl.col("started_at").alias("at"))
    return _counted(silence_at(moments, heard, customers.select(_DESCRIBED).collect(), RULES))


def day(folder: Path) -> dict[str, int]:
    """Tell the silence of every customer at the end of the last day."""
    contacts, customers = _frames(folder)
    return _counted(silence_on(contacts, customers.select(_DESCRIBED).collect(), AS_OF, RULES))


def churn(folder: Path) -> dict[str, int]:
    """Tell who left, and who of them in silence."""
    contacts, customers = _frames(folder)
    described = customers.select(LAKE_TABLES["customers"].schema.names()).collect()
    left = churned_customers(described, LAKE_TABLES["contracts"].empty(), AS_OF)
    heard = contacts.filter(pl.col("origin") == "reactive").select(_HEARD).collect()
    found = silence_before(left, heard, described, RULES)
    names = {True: "silent", False: "vocal", None: "undetermined"}
    return {names[silent]: n for silent, n in found.group_by("silent").len().sort("silent").iter_rows()}


def axis(folder: Path) -> dict[str, int]:
    """Draw the tables of the customer axis."""
    contacts, customers = _frames(folder)
    heard = contacts.with_columns(
        pl.lit("phone").alias("channel"),
        pl.lit("call").alias("source"),
        pl.lit("vocal").alias("silence"),
        pl.col("contact_id").alias("whole_contact_id"),
    ).collect()
    described = customers.collect()
    said = _statements(heard)
    ended = heard.select("contact_id", pl.lit("satisfied").alias("outcome"))
    params = InsightParams(as_of=AS_OF, silence=RULES)
    today = silence_on(heard, described, AS_OF, RULES)
    uses = {
        "self_service": pl.DataFrame(schema={"customer_key": pl.String, "at": pl.Datetime("us", "UTC")}),
        "usage": LAKE_TABLES["usage"].empty(),
    }
    silent = today.filter(pl.col("silence") == "quiet").select(
        pl.col("customer_key").alias("customer_id"),
        "annual_value",
        pl.lit(0, pl.Int64).alias("risk"),
        pl.lit(value=False).alias("do_not_contact"),
    )
    tables = customer_tables(
        contracts=LAKE_TABLES["contracts"].empty(),
        uses=uses,
        today=today,
        contacts=heard,
        statements=said,
        customers=described,
        outcomes=ended,
        silent=silent,
        params=params,
    )
    return {name: frame.height for name, frame in tables.items()}


def _statements(contacts: pl.DataFrame) -> pl.DataFrame:
    """Let every third contact say one thing."""
    number = pl.int_range(pl.len())
    return contacts.gather_every(3).select(
        "contact_id",
        "customer_key",
        "started_at",
        "origin",
        pl.format("v{}", number).alias("voc_id"),
        pl.lit(0, pl.Int32).alias("first_no"),
        pl.when(number % 5 == 0).then(pl.lit("complaint")).otherwise(pl.lit("inquiry")).alias("kind"),
        pl.lit("neutral").alias("polarity"),
        pl.format("T{}", number % 200).alias("topic_id"),
    )


def _counted(states: pl.DataFrame) -> dict[str, int]:
    return dict(states.group_by("silence").len().sort("silence").iter_rows())


PARTS: dict[str, Callable[[Path], dict[str, int]]] = {
    "scale": scale,
    "day": day,
    "snapshots": snapshots,
    "churn": churn,
    "axis": axis,
}


def main() -> None:
    """Run one part and print what it took."""
    part, folder, *sizes = sys.argv[1:]
    if part == "make":
        make(Path(folder), *map(int, sizes))
        return
    before, clock = time.process_time(), time.perf_counter()
    counts = PARTS[part](Path(folder))
    told = {
        "part": part,
        "processor_s": round(time.process_time() - before, 1),
        "clock_s": round(time.perf_counter() - clock, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MIB,
    }
    print(json.dumps(told | counts, ensure_ascii=False))


if __name__ == "__main__":
    main()
