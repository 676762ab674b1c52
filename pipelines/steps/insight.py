"""Step: the insight tables as of a day, from the lake."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.steps.coding import stored_codes
from pipelines.steps.customers import customer_tables, self_service_uses, weekly_usage
from pipelines.steps.edited import edited_topics, topics_in_force, with_keywords
from pipelines.steps.renewals import renewal_tables
from pipelines.steps.wording import stored_words
from voc_mining.business_time import tokyo_date
from voc_mining.classify.decision import classified
from voc_mining.classify.model import bundled_model
from voc_mining.insight.coding import Code
from voc_mining.insight.corrections import STATEMENT_PLACE, statement_corrections
from voc_mining.insight.facts import contact_facts, customer_facts, in_window, statement_facts
from voc_mining.insight.params import InsightParams
from voc_mining.insight.proactive import asked_about, proactive_class
from voc_mining.insight.stage import insight
from voc_mining.segment.quiet_states import quiet_states
from voc_mining.segment.silence import silence_at, silence_on
from voc_mining.store.delta import DeltaStore

__all__ = ["InsightParams", "corrections_step", "insight_step", "read_statements", "report_step"]

# What no table shows is not held in memory beside what is joined.
_UNREAD = ("attributes", "content_key", "source_file", "source_row")
_UNREAD_OF_STATEMENTS = ("terms", "pairs", "polarity_evidence", "experience_evidence")


def insight_step(lake: DeltaStore, params: InsightParams, corrections: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Compute the insight tables as of ``params.as_of``, with today's registry and edits.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    params : InsightParams
        Day, windows, thresholds.
    corrections : DataFrame
        Of :func:`corrections_step`.

    Returns
    -------
    dict of str to DataFrame
        By name of the CSV, without its suffix, and what only the report shows; see
        :func:`voc_mining.insight.stage.insight`, :func:`pipelines.steps.renewals.renewal_tables` and
        :func:`pipelines.steps.customers.customer_tables`.
    """
    edited = edited_topics(lake)
    topics = with_keywords(lake, edited.topics, edited.assigned)
    contacts, statements, customers = read_facts(lake, params, edited.assigned)
    codes = stored_codes(lake).codes
    today = silence_on(contacts, customers, params.as_of, params.silence)
    quiet = today.filter(pl.col("silence") == "quiet")
    uses = {"self_service": self_service_uses(lake, params), "usage": weekly_usage(lake, params)}
    outcomes = lake.read("outcomes")
    told = statements.filter(pl.col("origin") == "proactive")
    stay = renewal_tables(
        lake, contacts=contacts, statements=statements, customers=customers, topics=topics, params=params
    )
    frames = insight(
        contacts=contacts,
        statements=statements,
        outcomes=outcomes,
        topics=topics,
        seconds=edited.seconds,
        nearest=edited.nearest,
        call_log=lake.read("call_log"),
        anatomy=lake.read("anatomy"),
        call_roles=lake.read("call_roles"),
        critical=lake.read("critical"),
        corrections=corrections,
        accounts=_accounts(customers).join(
            today.select("customer_key", "silence", "existing"), on="customer_key", how="left", validate="1:1"
        ),
        quiet=quiet,
        states=quiet_states(quiet, told, customers, params.quiet, **uses),
        codes=codes,
        words=_words(lake, statements, codes, params),
        outreach=_outreach(lake, contacts, customers, params),
        beside=stay.beside,
        params=params,
    )
    return (
        frames
        | stay.frames
        | customer_tables(
            contracts=lake.read("contracts"),
            uses=uses,
            today=today,
            contacts=contacts,
            statements=statements,
            customers=customers,
            outcomes=outcomes,
            silent=frames["silent_customers"],
            params=params,
        )
    )


def report_step(lake: DeltaStore) -> dict[str, pl.DataFrame]:
    """Compute what the report shows beside the insight tables; none of it is a CSV.

    Returns
    -------
    dict of str to DataFrame
        ``statement_words``: ``voc_id`` and ``terms`` of the statements that count.
        ``topic_names``: ``topic_id`` and ``candidates`` (what the topic might have been called, as a JSON array).
    """
    return {
        "statement_words": stored_words(lake, "voc_id", "terms"),
        "topic_names": topics_in_force(lake).select("topic_id", "candidates").drop_nulls().sort("topic_id").collect(),
    }


def read_facts(
    lake: DeltaStore, params: InsightParams, assigned: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Read contacts, statements and customers as they were known on the day; see :mod:`voc_mining.insight.facts`."""
    contacts = contact_facts(lake.scan("contacts").drop(_UNREAD).collect(), lake.read("segments"), params)
    return contacts, _statements(lake, contacts, assigned), customer_facts(lake.read("customers"), params)


def read_statements(lake: DeltaStore, params: InsightParams, assigned: pl.DataFrame) -> pl.DataFrame:
    """Read the statements that count up to a day, decided and joined: of :func:`voc_mining.insight.facts.statement_facts`.

    Parameters
    ----------
    lake : DeltaStore
        Tables.
    params : InsightParams
        Day.
    assigned : DataFrame
        Topics of texts, the edits applied.
    """
    return read_facts(lake, params, assigned)[1]


def _statements(lake: DeltaStore, contacts: pl.DataFrame, assigned: pl.DataFrame) -> pl.DataFrame:
    voc = lake.scan("voc").filter("counts").drop(_UNREAD_OF_STATEMENTS).collect()
    return _judged(lake, statement_facts(voc, contacts, assigned))


def _judged(lake: DeltaStore, facts: pl.DataFrame) -> pl.DataFrame:
    """Decide kind, tone, proactive ``class``, trouble with the support by rules and classifier together.

    A text that the classifier has not answered keeps what the rules say.
    """
    model = bundled_model()
    answers = lake.scan("classifications").filter(pl.col("classifier_id") == model.classifier_id).collect()
    ruled = facts.with_columns(proactive_class().alias("class"), asked_about().alias("asked"))
    return classified(ruled, answers, model).drop("asked")


def corrections_step(lake: DeltaStore) -> pl.DataFrame:
    """Find the words that were put right, at their places in the statements that count.

    Returns
    -------
    DataFrame
        Of :func:`voc_mining.insight.corrections.statement_corrections`.
    """
    columns = ("contact_id", "no", "channel", "role", "text", "corrections")
    corrected = lake.scan("utterances").filter(pl.col("corrections").list.len() > 0).select(columns).collect()
    voc = lake.scan("voc").filter("counts").select(STATEMENT_PLACE)
    return statement_corrections(
        voc.join(corrected.lazy().select("contact_id"), on="contact_id", how="semi").collect(), corrected
    )


def _words(lake: DeltaStore, statements: pl.DataFrame, codes: Sequence[Code], params: InsightParams) -> pl.DataFrame:
    """Read the words of the statements: of all where there are codes, else of those in the window."""
    if codes:
        return stored_words(lake, "voc_id", "terms", "pairs")
    words = stored_words(lake, "voc_id", "terms", "pairs", since=params.window_from)
    return words.join(in_window(statements, params).select("voc_id"), on="voc_id", how="semi")


def _outreach(lake: DeltaStore, contacts: pl.DataFrame, customers: pl.DataFrame, params: InsightParams) -> pl.DataFrame:
    """Read whom we asked in the window, with the state of silence when we asked."""
    asked = lake.read("outreach").with_columns(tokyo_date(pl.col("asked_at")).alias("business_date"))
    asked = in_window(asked, params).drop("business_date").with_row_index("moment_id")
    moments = asked.select("moment_id", "customer_key", pl.col("asked_at").alias("at"))
    states = silence_at(moments, contacts, customers, params.silence).select("moment_id", "silence")
    return asked.join(states, on="moment_id", validate="1:1").drop("moment_id")


def read_accounts(lake: DeltaStore, params: InsightParams) -> pl.DataFrame:
    """Read what each customer belongs to: what comparisons of sides take beside the statements."""
    return _accounts(customer_facts(lake.read("customers"), params))


def _accounts(customers: pl.DataFrame) -> pl.DataFrame:
    """Tell what each customer belongs to, each by the latest row that tells it."""
    latest = (
        pl.col("account_key", "plan", "segment", "annual_value", "contract_start", "usage_score").drop_nulls().last()
    )
    return customers.sort("customer_key", "as_of").group_by("customer_key", maintain_order=True).agg(latest)
