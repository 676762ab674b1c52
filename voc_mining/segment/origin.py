"""Origin of a contact by its provenance alone; the words said are never looked at.

The rules, the first that fits:

1. a later leg of a call (:mod:`voc_mining.segment.legs`) follows the first one;
2. a configured campaign, then a configured purpose;
3. of a record that is no call, a configured channel, then a configured source;
4. the kind of record: recording without a log row, check-in, survey (after a contact or not);
5. the purpose and the campaign of a call: sales, collection, delivery are ``other``; a check-in or an
   outbound call of a campaign is ``proactive``;
6. of a call, a configured queue, then a configured path through the voice menu, direction, channel, source;
7. an inquiry is ``reactive``: one that answers an earlier one of the same customer and subject is linked to it
   (``follow_up``). Of an exchange of messages without an inquiry, who wrote first decides: we (``proactive``), the
   customer (``reactive``), or only a machine (``unknown``);
8. the direction of the call: inbound is ``reactive`` unless it returns our unanswered call; outbound is
   ``reactive`` where it is a callback; else ``proactive`` where no purpose is given, ``other`` where the
   purpose is recorded as other, and ``unknown`` where it is recorded as support but answers no contact
   we know.

What is still ``unknown`` then is what a person has confirmed, if one has (``confirmed``): where provenance tells an
origin, now or later, it goes before any confirmation.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from voc_mining.contracts.rules import OriginRules
from voc_mining.segment.callbacks import FOLLOW_UP, link_contacts
from voc_mining.segment.configured import Case, configured, folded, named
from voc_mining.segment.legs import LEG, first_legs

UNANSWERED = ("not_reached", "voicemail")
CONFIRMED = "confirmed"
_WRITTEN = ("form", "mail", "chat")
_SETTLED = {
    "contact_id": pl.String,
    "origin": pl.String,
    "origin_rule": pl.String,
    "related_contact_id": pl.String,
}
_CONFIRMED = {"contact_id": pl.String, "origin": pl.String}


def decide_origins(  # noqa: PLR0913, PLR0917 - the tables it rests on
    contacts: pl.DataFrame,
    call_log: pl.DataFrame,
    shared: pl.Series,
    rules: OriginRules,
    decided: pl.DataFrame | None = None,
    confirmed: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Decide the origin of every contact, with the rule that decided it.

    Parameters
    ----------
    contacts, call_log : DataFrame
        Tables of the lake, the contacts with the customers they are counted for; of ``call_log`` contact_id,
        answered_at and transfers are used.
    shared : Series
        Numbers and addresses that never link alone, among those of the contacts.
    rules : OriginRules
        Configured rules and windows.
    decided : DataFrame or None
        ``contact_id``, ``origin``, ``origin_rule``, ``related_contact_id`` of contacts that are taken as decided; they
        are given only because others may answer them.
    confirmed : DataFrame or None
        ``contact_id`` (unique), ``origin`` that a person confirmed.

    Returns
    -------
    DataFrame
        ``contact_id``, ``origin``, ``origin_rule``, ``related_contact_id``; one row per contact that was not
        decided, sorted.
    """
    first = _first_decisions(contacts, call_log, rules, decided, confirmed)
    legs = first_legs(first, shared, rules)
    whole = first.filter(pl.col("head").is_null()).join(legs, on="contact_id", how="anti")
    linked = link_contacts(whole, shared, rules)
    surveyed = _surveyed_contacts(first)
    own = (
        first.join(linked, on="contact_id", how="left", validate="1:1")
        .join(surveyed, on="contact_id", how="left", validate="1:1")
        .with_columns(_last_decision())
        .select(
            "contact_id",
            "settled",
            "origin",
            "origin_rule",
            pl.coalesce("linked_to", "surveyed").alias("related_contact_id"),
        )
    )
    return _as_first_leg(own, legs).filter(~pl.col("settled")).select(list(_SETTLED)).sort("contact_id")


def _first_decisions(
    contacts: pl.DataFrame,
    call_log: pl.DataFrame,
    rules: OriginRules,
    decided: pl.DataFrame | None,
    confirmed: pl.DataFrame | None,
) -> pl.DataFrame:
    """All that needs no other contact, and of the contacts that are settled what they were decided to be."""
    settled = (pl.DataFrame(schema=_SETTLED) if decided is None else decided.select(list(_SETTLED))).select(
        "contact_id",
        pl.col("origin").alias("settled_origin"),
        pl.when(pl.col("origin_rule") == LEG).then("related_contact_id").alias("head"),
    )
    said = (pl.DataFrame(schema=_CONFIRMED) if confirmed is None else confirmed.select(list(_CONFIRMED))).select(
        "contact_id", pl.col("origin").alias("confirmed")
    )
    answers = call_log.group_by("contact_id").agg(pl.col("answered_at").min(), pl.col("transfers").max())
    is_settled = pl.col("settled_origin").is_not_null()
    by_person = (pl.col("origin") == "unknown") & pl.col("confirmed").is_not_null()
    return (
        contacts.join(answers, on="contact_id", how="left", validate="m:1")
        .with_columns(_first_decision(rules))
        .with_columns(_unanswered().alias("unanswered"))
        .join(said, on="contact_id", how="left", validate="1:1")
        .join(settled, on="contact_id", how="left", validate="1:1")
        .with_columns(
            is_settled.alias("settled"),
            pl.when(is_settled)
            .then("settled_origin")
            .when(by_person)
            .then("confirmed")
            .otherwise("origin")
            .alias("origin"),
            pl.when(~is_settled & by_person).then(pl.lit(CONFIRMED)).otherwise("origin_rule").alias("origin_rule"),
            pl.when(~is_settled).then("open").alias("open"),
        )
        .drop("settled_origin", "confirmed")
    )


def _as_first_leg(own: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    """Give later legs the origin of the first one, by the rule of legs."""
    heads = own.select(pl.col("contact_id").alias("head"), pl.col("origin").alias("of_head"))
    followed = legs.join(heads, on="head", how="inner", validate="m:1")
    is_leg = pl.col("head").is_not_null()
    return own.join(followed, on="contact_id", how="left", validate="1:1").with_columns(
        pl.when(is_leg).then("of_head").otherwise("origin").alias("origin"),
        pl.when(is_leg).then(pl.lit(LEG)).otherwise("origin_rule").alias("origin_rule"),
        pl.when(is_leg).then("head").otherwise("related_contact_id").alias("related_contact_id"),
    )


def _first_decision(rules: OriginRules) -> list[pl.Expr]:
    """Decide all that needs no other contact; ``open`` names what a look at the others may change."""
    is_call = pl.col("source") == "call"
    inbound = is_call & (pl.col("direction") == "inbound")
    outbound = is_call & (pl.col("direction") == "outbound")
    inquiry = pl.col("source") == "inquiry"
    survey = pl.col("source") == "survey"
    purpose = folded("purpose")
    returned = pl.when(inbound).then(pl.lit("returned_outreach"))
    links = pl.when(inbound).then(pl.lit("returned_outreach")).when(outbound).then(pl.lit("callback"))
    callback = _literal("callback")
    follow_up = pl.when("reply").then(pl.lit(FOLLOW_UP))
    cases = [
        configured("campaign", rules.campaign),
        configured("purpose", rules.purpose),
        *(_only(~is_call, configured(column, getattr(rules, column))) for column in ("channel", "source")),
        Case(pl.col("source") == "recording", "unknown", "recording_without_log"),
        Case(pl.col("source") == "checkin", "proactive", "checkin"),
        Case(survey & pl.col("contact_ref").is_not_null(), "reactive", "survey_after_contact"),
        Case(survey, "proactive", "survey"),
        Case(purpose.is_in(_fold_all(rules.other_purposes)), "other", purpose),
        Case(outbound & purpose.is_in(_fold_all(rules.proactive_purposes)), "proactive", named("purpose", purpose)),
        Case(outbound & pl.col("campaign").is_not_null(), "proactive", named("campaign", pl.col("campaign"))),
        configured("queue", rules.queue, opens=returned),
        configured("ivr_path", rules.ivr_path, opens=returned),
        *(configured(column, getattr(rules, column), opens=links) for column in ("direction", "channel", "source")),
        Case(inquiry & (pl.col("direction") == "outbound"), "proactive", "thread_by_us"),
        Case(inquiry & pl.col("direction").is_null(), "unknown", "thread_by_machine"),
        Case(inquiry & pl.col("channel").is_in(_WRITTEN), "reactive", pl.col("channel"), follow_up),
        Case(inquiry, "reactive", "inquiry", follow_up),
        Case(inbound, "reactive", "inbound_call", returned),
        Case(outbound & purpose.is_null(), "proactive", "outbound_call", callback),
        Case(outbound & (purpose == "other"), "other", "outbound_other", callback),
        Case(outbound, "unknown", pl.format("outbound_{}", purpose), callback),
    ]
    nothing = pl.lit(None, pl.String)
    origin, rule, opens = _literal("unknown"), _literal("no_direction"), nothing
    for case in reversed(cases):
        origin = pl.when(case.fits).then(_literal(case.origin)).otherwise(origin)
        rule = pl.when(case.fits).then(_literal(case.rule)).otherwise(rule)
        opens = pl.when(case.fits).then(nothing if case.opens is None else case.opens).otherwise(opens)
    returnable = (opens != "returned_outreach") | (origin == "reactive")
    return [origin.alias("origin"), rule.alias("origin_rule"), pl.when(returnable).then(opens).alias("open")]


def _only(where: pl.Expr, case: Case) -> Case:
    return Case(where & case.fits, case.origin, case.rule, case.opens)


def _literal(value: str | pl.Expr) -> pl.Expr:
    return pl.lit(value) if isinstance(value, str) else value


def _fold_all(values: Iterable[str]) -> list[str]:
    return sorted(value.strip().lower() for value in values)


def _unanswered() -> pl.Expr:
    """Whether nobody answered: the log says so, or has neither an answer nor a disposition that means one."""
    said_so = pl.col("disposition").is_in(UNANSWERED)
    never = pl.col("answered_at").is_null() & (pl.col("disposition") != "answered").fill_null(True)
    return said_so.fill_null(False) | never


def _surveyed_contacts(contacts: pl.DataFrame) -> pl.DataFrame:
    """Contact that each survey after a contact names, where it is known; the earliest of namesakes."""
    surveys = contacts.filter(pl.col("origin_rule") == "survey_after_contact").select("contact_id", "contact_ref")
    targets = (
        contacts.filter(pl.col("source") != "survey")
        .select(pl.col("source_id").alias("contact_ref"), pl.col("contact_id").alias("surveyed"), "started_at")
        .join(surveys, on="contact_ref", how="semi")
        .sort("started_at", "surveyed", nulls_last=True)
        .unique("contact_ref", keep="first", maintain_order=True)
        .drop("started_at")
    )
    return surveys.join(targets, on="contact_ref", how="inner", validate="m:1").select("contact_id", "surveyed")


def _last_decision() -> list[pl.Expr]:
    """Apply the links found: a linked open contact is what its opening says."""
    linked = pl.col("linked_to").is_not_null()
    ours = pl.col("open") == "returned_outreach"
    origin = pl.when(ours).then(pl.lit("proactive")).otherwise(pl.lit("reactive"))
    return [
        pl.when(linked).then(origin).otherwise("origin").alias("origin"),
        pl.when(linked).then("open").otherwise("origin_rule").alias("origin_rule"),
    ]
