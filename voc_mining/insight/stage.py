"""The insight stage: every table people read, from joined contacts and statements."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from voc_mining.insight.business_seeds import business_seeds
from voc_mining.insight.call_anatomy import call_anatomy
from voc_mining.insight.coding import WORDS, Code, code_columns, coded, words_not_said
from voc_mining.insight.coding_table import coding_table, coding_topics_table
from voc_mining.insight.contacts_table import contacts_table
from voc_mining.insight.contrast import contrast_table
from voc_mining.insight.critical_voc import critical_voc
from voc_mining.insight.kpi import kpi_daily
from voc_mining.insight.origin_rules import origin_rules_table
from voc_mining.insight.params import InsightParams
from voc_mining.insight.pareto import pareto_table
from voc_mining.insight.proactive import proactive_voc
from voc_mining.insight.renewals import Beside
from voc_mining.insight.response import response_table
from voc_mining.insight.silent_customers import silent_customers
from voc_mining.insight.topic_quality import topic_quality
from voc_mining.insight.topics_table import topics_table
from voc_mining.insight.voc_table import voc_table
from voc_mining.insight.voice_words import voice_words


def insight(  # noqa: PLR0913 -- one frame per table it reads, all by name
    *,
    contacts: pl.DataFrame,
    statements: pl.DataFrame,
    outcomes: pl.DataFrame,
    topics: pl.DataFrame,
    seconds: pl.DataFrame,
    nearest: pl.DataFrame,
    call_log: pl.DataFrame,
    anatomy: pl.DataFrame,
    call_roles: pl.DataFrame,
    critical: pl.DataFrame,
    corrections: pl.DataFrame,
    accounts: pl.DataFrame,
    quiet: pl.DataFrame,
    states: pl.DataFrame,
    codes: Sequence[Code] = (),
    words: pl.DataFrame | None = None,
    outreach: pl.DataFrame,
    beside: Beside | None = None,
    params: InsightParams,
) -> dict[str, pl.DataFrame]:
    """Draw every insight table.

    Parameters
    ----------
    contacts, statements : DataFrame
        Of :mod:`voc_mining.insight.facts`.
    outcomes, call_log, anatomy, call_roles, critical : DataFrame
        Tables of the lake.
    topics : DataFrame
        Effective topics, the analysts' edits applied: ``topic_id`` (unique), ``label``, ``keywords``,
        ``exemplars``, ``parent_id``, ``layer``, ``status``.
    seconds, nearest : DataFrame
        Second topics of texts, and the topic that each topic is most like; see :func:`topic_quality`.
    corrections : DataFrame
        Of :func:`voc_mining.insight.corrections.statement_corrections`.
    accounts : DataFrame
        ``customer_key`` (unique), ``account_key``, ``plan``, ``segment``, ``annual_value``, ``contract_start``, ``usage_score``,
        ``silence`` and ``existing`` on the day of the figures.
    quiet, states : DataFrame
        Quiet customers with their row, and their states with signs.
    codes : sequence of Code
        What analysts look for.
    words : DataFrame, optional
        ``voc_id``, ``terms``, ``pairs`` of the statements, synonyms resolved: of those in the window, and of all where
        there are codes.
    outreach : DataFrame
        Of :func:`voc_mining.insight.response.response_table`.
    beside : Beside, optional
        What is known of customers beside their silence.
    params : InsightParams
        Day, windows, thresholds.

    Returns
    -------
    dict of str to DataFrame
        By name of the CSV, without its suffix; ``statement_codes``, of :func:`voc_mining.insight.coding.coded`, is none.
    """
    proactive = proactive_voc(statements)
    told = pl.DataFrame(schema=WORDS) if words is None else words
    found = coded(statements, told, codes)
    return {
        "voc": voc_table(statements, topics, corrections, params, codes=code_columns(found, codes, params.lang)),
        "contacts": contacts_table(contacts, statements, outcomes, critical),
        "origin_rules": origin_rules_table(contacts, params),
        "topics": topics_table(statements, topics),
        "topic_quality": topic_quality(statements, topics, params, seconds=seconds, nearest=nearest),
        "contrast": contrast_table(statements, topics.filter(pl.col("layer") == 0), accounts, params),
        "proactive_voc": proactive,
        "keyness": voice_words(statements, told, accounts, params),
        "response": response_table(outreach, statements, params),
        "business_seeds": business_seeds(statements, proactive, topics, accounts),
        "silent_customers": silent_customers(quiet, states, proactive, params, beside),
        "pareto": pareto_table(contacts, statements, topics, call_log, params),
        "kpi_daily": kpi_daily(contacts, statements, call_log, params),
        "critical_voc": critical_voc(critical, contacts, params),
        "coding": coding_table(statements, found, codes, words_not_said(told, codes), accounts, params),
        "statement_codes": found,
        "coding_topics": coding_topics_table(statements, found, codes, topics),
        "call_anatomy": call_anatomy(anatomy, call_roles, contacts, call_log, params),
    }
