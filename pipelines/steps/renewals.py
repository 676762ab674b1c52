"""Renewal and outreach in the insight step: from the tables of the lake beside contacts."""

from __future__ import annotations

import polars as pl

from voc_mining.business_time import end_of_day
from voc_mining.insight.params import InsightParams
from voc_mining.insight.renewals import Relations, Renewals, renewals
from voc_mining.store.delta import DeltaStore

_UNREAD = ("attributes", "content_key", "source_file", "source_row")


def renewal_tables(  # noqa: PLR0913 -- what it reads, by name
    lake: DeltaStore,
    *,
    contacts: pl.DataFrame,
    statements: pl.DataFrame,
    customers: pl.DataFrame,
    topics: pl.DataFrame,
    params: InsightParams,
) -> Renewals:
    """Compute what is told of renewal, outreach and objectives.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    contacts, statements, customers : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    topics : DataFrame
        Effective topics.
    params : InsightParams
        Day, language, objectives.

    Returns
    -------
    Renewals
        See :func:`voc_mining.insight.renewals.renewals`.
    """
    lists = lake.read("outreach_lists").filter(pl.col("asked_at") < end_of_day(params.as_of))
    return renewals(
        Relations(
            customers=customers,
            contracts=lake.scan("contracts").drop(_UNREAD).collect(),
            usage=lake.scan("usage").drop(_UNREAD).collect(),
            self_service=lake.scan("selfservice").drop(_UNREAD).collect(),
            outreach=lake.scan("outreach").drop(_UNREAD).collect(),
            lists=lists,
        ),
        contacts,
        statements,
        dict(topics.select("topic_id", "label").iter_rows()),
        params,
    )
