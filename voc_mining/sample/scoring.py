"""Hold exported insight CSVs against the truth of the sample.

Contacts, origins, links, silence, the quiet set, daily figures and rejects must match exactly. Statements
and topics are scored, since transcripts and clusters are never perfect. Personal data is searched in every
exported cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import polars as pl
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score

from voc_mining.sample.truth import LINKED, TrueCall, TrueKpi, TrueStatement, Truth

_MIN_LIKENESS = 0.45
_MIN_OVERLAP_S = 0.3
_KPI_COUNTS = (
    "offered", "answered", "abandoned", "abandoned_short", "ivr_abandoned", "after_hours", "overflow", "self_served",
    "transfers",
)  # fmt: skip
_KPI_MEANS = ("answer_rate", "abandon_rate", "service_level", "att_s", "hold_s", "acw_s", "aht_s")
_TOLERANCE = 1e-4
_HOLD_TOLERANCE_S = 1.0
_NO_TOPIC = "(none)"
_DASHES = re.compile(r"[-‐‑–—―−ー－ \u3000]")
_TOWN = re.compile(r"[^都道府県市区]+[町村]")


@dataclass(frozen=True, slots=True)
class Leak:
    """A piece of personal data found in an exported file."""

    file: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an export stands against the truth.

    Parameters
    ----------
    differences : tuple of str
        What should be exact and is not; empty when all is well.
    scores : mapping of str to float
        Shares and indices, 0-1 unless the name begins with ``n_``.
    leaks : tuple of Leak
        Personal data found.
    """

    differences: tuple[str, ...]
    scores: dict[str, float] = field(default_factory=dict)
    leaks: tuple[Leak, ...] = ()


def compare(truth: Truth, exported: Path) -> Comparison:
    """Compare the CSVs in a folder with the truth of the sample they were made from."""
    contacts, voc = _read(exported / "contacts.csv"), _read(exported / "voc.csv")
    anatomy = _read(exported / "call_anatomy.csv")
    differences = [
        *_contact_differences(truth, contacts),
        *_set_differences("quiet customer", truth.quiet, _read(exported / "silent_customers.csv")["customer_id"]),
        *_kpi_differences(truth.kpis, _read(exported / "kpi_daily.csv")),
        *_reject_differences(truth, _read(exported / "rejects.csv")),
        *_set_differences(
            "critical voice",
            (f"{one.contact_id} {one.family}" for one in truth.critical),
            (
                f"{row['contact_id']} {row['family']}"
                for row in _read(exported / "critical_voc.csv").iter_rows(named=True)
            ),
        ),
        *_hold_differences(truth.calls, anatomy),
    ]
    pairs = match_statements(truth.statements, voc)
    scores = statement_scores(truth.statements, voc, pairs) | topic_scores(truth.statements, voc, pairs)
    scores |= class_scores(pairs, _read(exported / "proactive_voc.csv"))
    scores |= call_scores(truth.calls, anatomy)
    return Comparison(tuple(differences), scores, find_leaks(truth, exported))


def _read(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(path, infer_schema=False).fill_null("")
    return frame.rename({name: name.removeprefix("\ufeff") for name in frame.columns})


def _contact_differences(truth: Truth, contacts: pl.DataFrame) -> list[str]:
    found = {row["contact_id"]: row for row in contacts.iter_rows(named=True)}
    true = {contact.contact_id: contact for contact in truth.contacts}
    differences = [
        f"contact missing: {true[key].source} {true[key].source_id}" for key in sorted(true.keys() - found.keys())
    ]
    differences += [
        f"contact too many: {found[k]['source']} {found[k]['source_id']}" for k in sorted(found.keys() - true.keys())
    ]
    for key in sorted(true.keys() & found.keys()):
        contact, row = true[key], found[key]
        rule = row["origin_rule"] if row["origin_rule"] in LINKED else "direct"
        expected = {
            "source": (contact.source, row["source"]),
            "source_id": (contact.source_id, row["source_id"]),
            "customer_id": (contact.customer_id, row["customer_id"]),
            "origin": (contact.origin, row["origin"]),
            "origin_rule": (contact.rule, rule),
            "related_contact_id": (contact.related_contact_id, row["related_contact_id"]),
            "silence": (contact.silence, row["silence"]),
            "started_at": (_instant(contact.started_at), _instant(row["started_at"])),
        }
        differences += [
            f"{contact.source} {contact.source_id}: {column} is {is_!r}, should be {should!r}"
            for column, (should, is_) in expected.items()
            if should != is_
        ]
    return differences


def _instant(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


def _set_differences(what: str, should: Iterable[str], is_: Iterable[str]) -> list[str]:
    wanted, found = set(should), set(is_)
    return [f"{what} missing: {key}" for key in sorted(wanted - found)] + [
        f"{what} too many: {key}" for key in sorted(found - wanted)
    ]


def _kpi_differences(kpis: Sequence[TrueKpi], table: pl.DataFrame) -> list[str]:
    found = {(row["business_date"], row["queue"]): row for row in table.iter_rows(named=True)}
    differences = []
    for kpi in kpis:
        name = f"{kpi.date} {kpi.queue or '(no queue)'}"
        if (kpi.date, kpi.queue) not in found:
            differences.append(f"kpi missing: {name}")
            continue
        row = found.pop((kpi.date, kpi.queue))
        for column in (*_KPI_COUNTS, *_KPI_MEANS):
            should, is_ = getattr(kpi, column), float(row[column]) if row[column] else None
            if (should is None) != (is_ is None) or abs((should or 0) - (is_ or 0)) > _TOLERANCE:
                differences.append(f"kpi {name}: {column} is {is_}, should be {should}")
    # Queues of written inquiries and outbound calls may have rows of their own, but offer no call.
    strange = [key for key, row in found.items() if row["offered"] not in ("", "0")]
    return differences + [f"kpi too many: {day} {queue}" for day, queue in strange]


def _reject_differences(truth: Truth, rejects: pl.DataFrame) -> list[str]:
    should = [f"{r.source} {r.file}:{r.row} {r.reason}" for r in truth.rejects]
    is_ = [f"{r['source']} {r['file']}:{r['row']} {r['reason']}" for r in rejects.iter_rows(named=True)]
    return _set_differences("reject", should, is_)


def _hold_differences(calls: Sequence[TrueCall], table: pl.DataFrame) -> list[str]:
    """Compare holds: their number must be right, their seconds within a second each."""
    found = {
        row["contact_id"]: (int(row["n_holds"]), float(row["hold_heard_s"])) for row in table.iter_rows(named=True)
    }
    differences = _set_differences("call with sound", (call.contact_id for call in calls), found)
    for call in calls:
        n_holds, hold_s = found.get(call.contact_id, (call.n_holds, call.hold_s))
        if n_holds != call.n_holds or abs(hold_s - call.hold_s) > _HOLD_TOLERANCE_S * max(1, call.n_holds):
            differences.append(
                f"call {call.contact_id}: {n_holds} holds of {hold_s} s, should be {call.n_holds} of {call.hold_s} s"
            )
    return differences


def call_scores(calls: Sequence[TrueCall], table: pl.DataFrame) -> dict[str, float]:
    """Share of the seconds of announcements found, and of the customers' interruptions; and what was no announcement.

    ``n_false_ivr`` counts calls in which an announcement was found and there is none.
    """
    rows = {row["contact_id"]: row for row in table.iter_rows(named=True)}
    found = [(call, rows[call.contact_id]) for call in calls if call.contact_id in rows]
    seconds = [(call.ivr_s, float(row["ivr_s"] or 0)) for call, row in found]
    cuts = [(call.interruptions, int(row["customer_interruptions"] or 0)) for call, row in found]
    total, cut = sum(should for should, _ in seconds), sum(should for should, _ in cuts)
    return {
        "ivr_found": sum(min(pair) for pair in seconds) / total if total else 0.0,
        "n_false_ivr": sum(is_ > 0 and not should for should, is_ in seconds),
        "interruptions_found": sum(min(pair) for pair in cuts) / cut if cut else 0.0,
    }


def match_statements(statements: Sequence[TrueStatement], voc: pl.DataFrame) -> dict[str, TrueStatement]:
    """Find the planted statement behind each exported one, by ``voc_id``.

    A spoken one is matched by its seconds, a written one by the likeness of its text (Dice coefficient of
    character bigrams); within the same contact only. What has no counterpart is left out.
    """
    planted: dict[str, list[TrueStatement]] = {}
    for statement in statements:
        planted.setdefault(statement.contact_id, []).append(statement)
    pairs = {}
    for row in voc.iter_rows(named=True):
        candidates = planted.get(row["contact_id"], [])
        if row["start_s"]:
            times = float(row["start_s"]), float(row["end_s"])
            rated = [(_overlap(c, *times), c) for c in candidates if c.start_s is not None]
            least = _MIN_OVERLAP_S
        else:
            rated = [(_likeness(c.text, row["text"]), c) for c in candidates if c.start_s is None]
            least = _MIN_LIKENESS
        best = max(rated, key=lambda pair: pair[0], default=None)
        if best and best[0] >= least:
            pairs[row["voc_id"]] = best[1]
    return pairs


def _overlap(statement: TrueStatement, start: float, end: float) -> float:
    assert statement.start_s is not None
    assert statement.end_s is not None
    return min(end, statement.end_s) - max(start, statement.start_s)


def _likeness(one: str, other: str) -> float:
    first, second = (Counter(pairwise(t)) for t in (_folded(one), _folded(other)))
    total = sum(first.values()) + sum(second.values())
    return 2 * sum((first & second).values()) / total if total else 0.0


def _folded(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))


def statement_scores(
    statements: Sequence[TrueStatement], voc: pl.DataFrame, pairs: dict[str, TrueStatement]
) -> dict[str, float]:
    """Shares of planted statements found, of exported ones that were planted, and of kinds told right.

    ``spoken_likeness`` is the mean likeness of what was heard to what was said at that moment.
    """
    found = {id(statement) for statement in pairs.values()}
    on_topic = [s for s in statements if s.topic]
    written, spoken = [s for s in on_topic if s.start_s is None], [s for s in on_topic if s.start_s is not None]
    kinds = [(pairs[row["voc_id"]].kind, row["kind"]) for row in voc.iter_rows(named=True) if row["voc_id"] in pairs]
    known = [(should, is_) for should, is_ in kinds if should]
    heard = [
        _likeness(pairs[row["voc_id"]].text, row["text"])
        for row in voc.iter_rows(named=True)
        if row["voc_id"] in pairs and row["start_s"]
    ]
    return {
        "n_statements": voc.height,
        "written_recall": _share(id(s) in found for s in written),
        "spoken_recall": _share(id(s) in found for s in spoken),
        "spoken_likeness": sum(heard) / len(heard) if heard else 0.0,
        "precision": len(pairs) / voc.height if voc.height else 0.0,
        "kind_accuracy": _share(should == is_ for should, is_ in known),
    }


def topic_scores(
    statements: Sequence[TrueStatement], voc: pl.DataFrame, pairs: dict[str, TrueStatement]
) -> dict[str, float]:
    """Agreement of the discovered topics with the planted ones.

    Indices are over matched statements on a planted topic, those without a discovered topic as one group of
    their own. A planted topic is found where it is the majority of a discovered one. ``n_topics`` counts the
    discovered ones, ``without_topic`` is the share of matched statements that got none.
    """
    labels = [
        (pairs[row["voc_id"]].topic, row["topic_id"] or _NO_TOPIC)
        for row in voc.iter_rows(named=True)
        if row["voc_id"] in pairs and pairs[row["voc_id"]].topic
    ]
    if not labels:
        return {}
    true, found = [should for should, _ in labels], [is_ for _, is_ in labels]
    majority = {
        topic: Counter(t for t, f in labels if f == topic).most_common(1)[0][0] for topic in set(found) - {_NO_TOPIC}
    }
    planted = {s.topic for s in statements if s.topic}
    proactive = {s.topic for s in statements if s.proactive_class in ("unmet_need", "unexpected_use")}
    return {
        "n_topics": len(majority),
        "topic_ari": float(adjusted_rand_score(true, found)),
        "topic_ami": float(adjusted_mutual_info_score(true, found)),
        "topic_v": float(v_measure_score(true, found)),
        "topics_found": _share(topic in majority.values() for topic in sorted(planted)),
        "hidden_needs_found": _share(topic in majority.values() for topic in sorted(proactive)),
        "without_topic": _share(topic == _NO_TOPIC for topic in found),
    }


def class_scores(pairs: dict[str, TrueStatement], proactive: pl.DataFrame) -> dict[str, float]:
    """Share of proactive statements put into the planted class."""
    known = [
        (pairs[row["voc_id"]].proactive_class, row["class"])
        for row in proactive.iter_rows(named=True)
        if row["voc_id"] in pairs and pairs[row["voc_id"]].proactive_class
    ]
    return {"class_accuracy": _share(should == is_ for should, is_ in known)} if known else {}


def _share(hits: Iterable[bool]) -> float:
    counted = list(hits)
    return sum(counted) / len(counted) if counted else 0.0


def find_leaks(truth: Truth, exported: Path) -> tuple[Leak, ...]:
    """Search every file in a folder for the planted personal data, in any width and with or without hyphens."""
    planted = sorted({(personal.type, personal.value) for personal in truth.personal})
    leaks: list[Leak] = []
    for path in sorted(path for path in exported.rglob("*") if path.suffix in (".csv", ".html", ".json")):
        text = unicodedata.normalize("NFKC", path.read_text(encoding="utf-8-sig"))
        squeezed = _DASHES.sub("", text)
        leaks += [
            Leak(path.name, type_, value)
            for type_, value in planted
            if any(trace in text or (trace.isdigit() and trace in squeezed) for trace in _traces(type_, value))
        ]
    return tuple(leaks)


def _traces(type_: str, value: str) -> list[str]:
    """Return what would show that a value got through: itself, its bare digits, the town of an address."""
    plain = unicodedata.normalize("NFKC", value)
    if type_ == "address":
        return [plain, *_TOWN.findall(plain)[-1:]]
    if type_ == "phone":
        return [plain, _DASHES.sub("", plain)]
    return [plain]
