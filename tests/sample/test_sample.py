"""The sample inbox: what it holds, and that equal seeds give equal bytes."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from voc_mining.sample import DEMO_DATE, make_sample, read_truth
from voc_mining.sample.scoring import compare


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("sample")
    return out, make_sample(out, seed=7, speech=None)


def _contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _days_of(truth, *sources):
    return sorted(date.fromisoformat(c.started_at[:10]) for c in truth.contacts if c.source in sources and c.started_at)


def test_equal_seeds_give_equal_bytes(made, tmp_path):
    out, _ = made
    make_sample(tmp_path, seed=7, speech=None)
    assert _contents(tmp_path) == _contents(out)


def test_another_seed_tells_another_story_of_the_same_kind(made, tmp_path):
    _, truth = made
    other = make_sample(tmp_path, seed=8, speech=None)
    assert other.statements != truth.statements
    assert Counter(r.reason for r in other.rejects) == Counter(r.reason for r in truth.rejects)
    assert other.topic_titles == truth.topic_titles


def test_truth_survives_its_file(made):
    out, truth = made
    assert read_truth(out / "truth" / "truth.json") == truth


def test_an_existing_inbox_is_left_alone(made):
    out, _ = made
    with pytest.raises(FileExistsError):
        make_sample(out, seed=7, speech=None)


def test_it_is_large_enough_to_browse(made):
    _, truth = made
    n = Counter(contact.source for contact in truth.contacts)
    assert n["inquiry"] >= 700
    assert n["call"] >= 300
    assert n["checkin"] + n["survey"] >= 260
    assert len(truth.silence_at_demo_date) >= 370
    inquiries = _days_of(truth, "inquiry")
    assert inquiries[-1] - inquiries[0] > timedelta(days=200)
    assert _days_of(truth, "call")[-1] - _days_of(truth, "call")[0] > timedelta(days=180)
    assert max(_days_of(truth, "inquiry", "call", "checkin", "survey")) <= DEMO_DATE


def test_planned_situations_come_out_as_planned(made):
    _, truth = made
    planned = [contact for contact in truth.contacts if contact.expect]
    assert len(planned) >= 60
    assert [c for c in planned if c.expect not in (c.origin, c.rule)] == []
    rules = Counter(contact.rule for contact in planned)
    assert rules["callback"] >= 6
    assert rules["returned_outreach"] >= 2
    assert {c.origin for c in planned} == {"reactive", "proactive", "other"}


def test_callback_over_the_holidays_links_and_one_day_later_does_not(made):
    _, truth = made
    at = {contact.started_at[:16]: contact for contact in truth.contacts}
    assert at["2026-09-28T10:15"].rule == "callback"
    assert at["2026-09-28T10:15"].related_contact_id == at["2026-09-18T15:20"].contact_id
    assert (at["2026-09-29T14:00"].origin, at["2026-09-29T14:00"].rule) == ("proactive", "direct")


def test_every_state_of_silence_occurs(made):
    _, truth = made
    assert {c.silence for c in truth.contacts} == {"unknown", "vocal", "too_early", "undetermined", "quiet"}
    assert set(truth.quiet) == {key for key, state in truth.silence_at_demo_date.items() if state == "quiet"}
    assert len(truth.quiet) > 100
    assert len(truth.silent_leavers) > 15


def test_hidden_needs_are_told_by_enough_customers_and_by_no_inquirer(made):
    _, truth = made
    contacts = {contact.contact_id: contact for contact in truth.contacts}
    asked: dict[str, set[str]] = {}
    for statement in truth.statements:
        if statement.proactive_class in ("unmet_need", "unexpected_use"):
            asked.setdefault(statement.topic, set()).add(contacts[statement.contact_id].customer_id)
    assert len(asked) >= 5
    assert min(len(customers) for customers in asked.values()) >= 10
    assert not [s for s in truth.statements if s.topic in asked and contacts[s.contact_id].source == "inquiry"]


def test_wording_varies(made):
    _, truth = made
    texts = [statement.text for statement in truth.statements if statement.topic]
    assert len(set(texts)) > len(texts) / 2
    assert min(Counter(s.topic for s in truth.statements if s.topic).values()) >= 30


def test_rejects_point_at_the_planted_lines(made):
    out, truth = made
    for reject in truth.rejects:
        path = out / "inbox" / reject.file
        assert path.exists()
        if reject.row and reject.reason != "undecodable":
            encoding = "cp932" if "form" in reject.file else "utf-8-sig"
            line = path.read_bytes().decode(encoding).split("\n")[reject.row - 1]
            assert "X0" in line or reject.reason == "missing_value"
    reasons = {
        "missing_value",
        "bad_time",
        "bad_number",
        "bad_value",
        "bad_order",
        "ragged_row",
        "undecodable",
        "missing_column",
    }
    assert reasons <= {reject.reason for reject in truth.rejects}


def test_forms_are_cp932_with_japanese_headings(made):
    out, _ = made
    text = (out / "inbox" / "inquiries_form_2026-10.csv").read_bytes().decode("cp932")
    header, first, *_ = csv.reader(text.splitlines())
    assert header[:3] == ["受付番号", "受付日時", "経路"]
    assert first[2] == "フォーム"
    assert datetime.strptime(first[1], "%Y/%m/%d %H:%M:%S").year == 2026  # noqa: DTZ007


def test_rows_come_again_and_one_has_changed(made):
    out, _ = made

    def rows(name):
        with (out / "inbox" / name).open(encoding="utf-8", newline="") as file:
            return {row["inquiry_id"]: row["body"] for row in csv.DictReader(file)}

    again, before = rows("inquiries_2026-10_redelivery.csv"), rows("inquiries_2026-10.csv")
    assert len(again) == 12
    assert sum(before[key] != body for key, body in again.items()) == 1


def test_personal_data_is_really_there(made):
    out, truth = made
    written = "".join(
        path.read_bytes().decode("cp932" if "form" in path.name else "utf-8", "replace")
        for path in (out / "inbox").glob("*.csv")
    )
    assert {p.type for p in truth.personal} == {"name", "phone", "mail", "address", "postal"}
    assert [p for p in truth.personal if p.value not in written] == []


def test_daily_figures_add_up(made):
    _, truth = made
    for kpi in truth.kpis:
        assert kpi.offered == kpi.answered + kpi.abandoned
        assert kpi.abandoned_short <= kpi.abandoned
    assert sum(kpi.after_hours for kpi in truth.kpis) > 0
    assert sum(kpi.ivr_abandoned for kpi in truth.kpis) > 0


def test_empty_export_is_told_to_lack_everything(made, tmp_path):
    _, truth = made
    headers = {
        "contacts": "contact_id,source,source_id,customer_id,origin,origin_rule,related_contact_id,silence,started_at",
        "voc": "voc_id,contact_id,text,kind,topic_id,start_s,end_s",
        "silent_customers": "customer_id",
        "kpi_daily": "business_date,queue,offered",
        "rejects": "source,file,row,reason",
        "proactive_voc": "voc_id,class",
        "critical_voc": "contact_id,family",
        "call_anatomy": "contact_id,n_holds,hold_heard_s,ivr_s,customer_interruptions",
    }
    for name, header in headers.items():
        (tmp_path / f"{name}.csv").write_text(f"\ufeff{header}\r\n", encoding="utf-8")
    found = compare(truth, tmp_path)
    missing = len(truth.contacts) + len(truth.quiet) + len(truth.kpis) + len(truth.rejects)
    missing += len(truth.critical) + len(truth.calls)
    assert len(found.differences) == missing
    assert found.leaks == ()
    assert found.scores["written_recall"] == 0.0


def _rows(out, name):
    with (out / "inbox" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_customer_has_terms_one_after_another_alone_or_with_the_account(made):
    out, _ = made
    accounts = {row["customer_id"]: row["account_id"] for row in _rows(out, "customers.csv") if row["account_id"]}
    contracts = _rows(out, "contracts.csv")
    assert all(bool(row["customer_id"]) != bool(row["account_id"]) for row in contracts)
    owners = {row["customer_id"] or row["account_id"] for row in contracts}
    assert any(row["account_id"] for row in contracts)
    assert [c for c, account in accounts.items() if c.startswith("C") and not {c, account} & owners] == []
    for owner in owners:
        terms = [row for row in contracts if owner in {row["customer_id"], row["account_id"]}]
        assert all(before["renewal_due"] == after["start"] for before, after in pairwise(terms))
        assert {row["outcome"] for row in terms[:-1]} <= {"renewed"}


def test_of_those_asked_some_answer_and_the_held_out_are_left_alone(made):
    out, _ = made
    rows = _rows(out, "outreach.csv")
    assert all(not row["reached_at"] and not row["answered_at"] for row in rows if row["arm"] == "holdout")
    treated = [row for row in rows if row["arm"] == "treat"]
    assert (
        0
        < sum(bool(row["answered_at"]) for row in treated)
        < sum(bool(row["reached_at"]) for row in treated)
        < len(treated)
    )
    assert all(row["asked_at"] < row["answered_at"] for row in treated if row["answered_at"])
