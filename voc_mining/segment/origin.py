"""Origin of a contact by its provenance alone; the words said are never looked at.

The rules, the first that fits:

1. a configured campaign, then a configured purpose;
2. the kind of record: recording without a log row, check-in, survey (after a contact or not), inquiry;
3. the purpose and the campaign of a call: sales, collection, delivery are ``other``; a check-in or an
   outbound call of a campaign is ``proactive``;
4. a configured queue, then a configured path through the voice menu;
5. the direction of the call: inbound is ``reactive`` unless it returns our unanswered call; outbound is
   ``reactive`` where it is a callback; else ``proactive`` where no purpose is given, ``other`` where the
   purpose is recorded as other, and ``unknown`` where it is recorded as support but answers no contact
   we know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from voc_mining.contracts.rules import OriginRules
from voc_mining.segment.callbacks import link_calls

UNANSWERED = ("not_reached", "voicemail")
_WRITTEN = ("form", "mail", "chat")


def decide_origins(
    contacts: pl.DataFrame,
    call_log: pl.DataFrame,
    owners: pl.DataFrame,
    rules: OriginRules,
    decided: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Decide the origin of every contact, with the rule that decided it.

    Parameters
    ----------
    contacts, call_log : DataFrame
        Tables of the lake; of ``call_log`` contact_id and answered_at are used.
    owners : DataFrame
        ``phone_key`` and ``customer_key``: who has which number, beside what the contacts themselves tell, to
        find shared numbers.
    rules : OriginRules
        Configured rules and windows.
    decided : DataFrame or None
        ``contact_id`` and ``origin`` of contacts whose origin is known and taken as it is; they are given only
        because others may answer them.

    Returns
    -------
    DataFrame
        ``contact_id``, ``origin``, ``origin_rule``, ``related_contact_id``; one row per contact that was not
        decided, sorted.
    """
    nothing = pl.DataFrame(schema={"contact_id": pl.String, "origin": pl.String})
    settled = (nothing if decided is None else decided).select("contact_id", pl.col("origin").alias("settled"))
    answers = call_log.group_by("contact_id").agg(pl.col("answered_at").min())
    first = (
        contacts.join(answers, on="contact_id", how="left", validate="m:1")
        .with_columns(_first_decision(rules))
        .with_columns(_unanswered().alias("unanswered"))
        .join(settled, on="contact_id", how="left", validate="1:1")
        .with_columns(
            pl.coalesce("settled", "origin").alias("origin"),
            pl.when(pl.col("settled").is_null()).then("open").alias("open"),
        )
    )
    linked = link_calls(first, shared_numbers([contacts, owners], rules), rules)
    surveyed = _surveyed_contacts(first)
    return (
        first.filter(pl.col("settled").is_null())
        .join(linked, on="contact_id", how="left", validate="1:1")
        .join(surveyed, on="contact_id", how="left", validate="1:1")
        .with_columns(_last_decision())
        .select("contact_id", "origin", "origin_rule", pl.coalesce("linked_to", "surveyed").alias("related_contact_id"))
        .sort("contact_id")
    )


def _first_decision(rules: OriginRules) -> list[pl.Expr]:
    """Decide all that needs no other contact; ``open`` names what a look at the others may change."""
    inbound = (pl.col("source") == "call") & (pl.col("direction") == "inbound")
    outbound = (pl.col("source") == "call") & (pl.col("direction") == "outbound")
    inquiry = pl.col("source") == "inquiry"
    survey = pl.col("source") == "survey"
    purpose = _folded("purpose")
    returned = pl.when(inbound).then(pl.lit("returned_outreach"))
    cases = [
        _configured("campaign", rules.campaign),
        _configured("purpose", rules.purpose),
        _Case(pl.col("source") == "recording", "unknown", "recording_without_log"),
        _Case(pl.col("source") == "checkin", "proactive", "checkin"),
        _Case(survey & pl.col("contact_ref").is_not_null(), "reactive", "survey_after_contact"),
        _Case(survey, "proactive", "survey"),
        _Case(purpose.is_in(_fold_all(rules.other_purposes)), "other", purpose),
        _Case(outbound & purpose.is_in(_fold_all(rules.proactive_purposes)), "proactive", _named("purpose", purpose)),
        _Case(outbound & pl.col("campaign").is_not_null(), "proactive", _named("campaign", pl.col("campaign"))),
        _configured("queue", rules.queue, opens=returned),
        _configured("ivr_path", rules.ivr_path, opens=returned),
        _Case(inquiry & pl.col("channel").is_in(_WRITTEN), "reactive", pl.col("channel")),
        _Case(inquiry, "reactive", "inquiry"),
        _Case(inbound, "reactive", "inbound_call", returned),
        _Case(outbound & purpose.is_null(), "proactive", "outbound_call", _literal("callback")),
        _Case(outbound & (purpose == "other"), "other", "outbound_other", _literal("callback")),
        _Case(outbound, "unknown", pl.format("outbound_{}", purpose), _literal("callback")),
    ]
    nothing = pl.lit(None, pl.String)
    origin, rule, opens = _literal("unknown"), _literal("no_direction"), nothing
    for case in reversed(cases):
        origin = pl.when(case.fits).then(_literal(case.origin)).otherwise(origin)
        rule = pl.when(case.fits).then(_literal(case.rule)).otherwise(rule)
        opens = pl.when(case.fits).then(nothing if case.opens is None else case.opens).otherwise(opens)
    returnable = (opens != "returned_outreach") | (origin == "reactive")
    return [origin.alias("origin"), rule.alias("origin_rule"), pl.when(returnable).then(opens).alias("open")]


@dataclass(frozen=True, slots=True)
class _Case:
    fits: pl.Expr
    origin: str | pl.Expr
    rule: str | pl.Expr
    opens: pl.Expr | None = None


def _configured(column: str, origins: Mapping[str, str], opens: pl.Expr | None = None) -> _Case:
    folded = {key.strip().casefold(): value for key, value in origins.items()}
    if not folded:
        return _Case(pl.lit(False), "unknown", "")
    origin = _folded(column).replace_strict(folded, default=None, return_dtype=pl.String)
    return _Case(origin.is_not_null(), origin, _named(column, pl.col(column)), opens)


def _named(kind: str, value: pl.Expr) -> pl.Expr:
    return pl.format(f"{kind}:{{}}", value)


def _literal(value: str | pl.Expr) -> pl.Expr:
    return pl.lit(value) if isinstance(value, str) else value


def _folded(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().str.to_lowercase()


def _fold_all(values: Iterable[str]) -> list[str]:
    return sorted(value.strip().casefold() for value in values)


def _unanswered() -> pl.Expr:
    """Whether nobody answered: the log says so, or has neither an answer nor a disposition that means one."""
    said_so = pl.col("disposition").is_in(UNANSWERED)
    never = pl.col("answered_at").is_null() & (pl.col("disposition") != "answered").fill_null(True)
    return said_so.fill_null(False) | never


def shared_numbers(owners: Sequence[pl.DataFrame], rules: OriginRules) -> pl.Series:
    """Numbers that never link alone: named as shared, or seen with several customers.

    Parameters
    ----------
    owners : sequence of DataFrame
        ``phone_key`` and ``customer_key``.
    rules : OriginRules
        Numbers named as shared.

    Returns
    -------
    Series
        ``phone_key``, each once.
    """
    pairs = pl.concat([frame.select("phone_key", "customer_key") for frame in owners])
    seen = pairs.drop_nulls().unique().group_by("phone_key").len().filter(pl.col("len") > 1)
    named = pl.Series("phone_key", sorted(rules.shared_phone_keys), pl.String)
    return pl.concat([seen["phone_key"], named]).unique()


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
    """Apply the links found: a linked open call is what its opening says."""
    linked = pl.col("linked_to").is_not_null()
    origin = pl.when(pl.col("open") == "callback").then(pl.lit("reactive")).otherwise(pl.lit("proactive"))
    return [
        pl.when(linked).then(origin).otherwise("origin").alias("origin"),
        pl.when(linked).then("open").otherwise("origin_rule").alias("origin_rule"),
    ]
