"""Write the planned contacts as the files that a company would deliver, broken ones among them."""

from __future__ import annotations

import csv
import io
import shutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from voc_mining.resources import bundled
from voc_mining.sample.draws import Draws
from voc_mining.sample.planned import PlannedContact

_CALL = (
    "call_id", "direction", "offered_at", "answered_at", "ended_at", "wait_s", "talk_s", "hold_s", "acw_s", "transfers",
    "queue", "agent_id", "customer_id", "phone", "campaign", "purpose", "ivr_path", "disposition", "category_l",
    "category_m", "category_s", "note", "recording", "agent_channel", "contact_ref", "leg_no",
)  # fmt: skip
_INQUIRY = (
    "inquiry_id", "received_at", "channel", "customer_id", "subject", "body", "category_l", "category_m", "category_s",
    "agent_id", "handle_s", "first_reply_at", "resolved_at",
)  # fmt: skip
_MAIL = (*_INQUIRY, "email")
_CHECKIN = ("checkin_id", "held_at", "customer_id", "method", "owner", "note")
_SURVEY = (
    "response_id", "answered_at", "survey_id", "customer_id", "question", "answer", "score", "after_contact_id",
)  # fmt: skip
_KEYS = {"call": "call_id", "inquiry": "inquiry_id", "checkin": "checkin_id", "survey": "response_id"}
_FORM_TIMES = ("received_at", "first_reply_at", "resolved_at")
_CUT_M4A = (
    b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom\x00\x00\x00\x00\x00\x00\x20\x00mdat" + bytes(range(256)) * 4
)


@dataclass(frozen=True, slots=True)
class ExpectedReject:
    """A planted defect: where it is and the reason it must be rejected with."""

    source: str
    file: str
    row: int
    reason: str


@dataclass(slots=True)
class _File:
    """One delimited file before it is written."""

    columns: Sequence[str]
    rows: list[dict[str, str]]
    encoding: str = "utf-8"
    header: Mapping[str, str] | None = None
    bad: dict[int, str] | None = None
    cuts: dict[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was written: the contacts as their last delivery tells them, and what must be rejected."""

    contacts: list[PlannedContact]
    rejects: list[ExpectedReject]
    n_rows: Mapping[str, int]


def write_inbox(
    inbox: Path, contacts: list[PlannedContact], customers: Mapping[date, list[dict[str, str]]], seed: int
) -> Delivered:
    """Write every file but the recordings.

    Parameters
    ----------
    inbox : Path
        Existing folder.
    contacts : list of PlannedContact
        Contacts with a record; those known by a recording alone are handed on as they are.
    customers : mapping of date to list of dict
        Rows of the customer files by the date they describe.
    seed : int
        Seed of the sample.
    """
    draws = Draws(seed, "inbox")
    sample = bundled("sample", "data/sample")
    defects: dict[str, Any] = tomllib.loads((sample / "defects.toml").read_text(encoding="utf-8"))
    shutil.copyfile(sample / "sources.toml", inbox / "sources.toml")
    files = _files(contacts, customers)
    contacts, again = _changed_later(contacts, draws)
    files["inquiries_2026-10_redelivery.csv"] = again
    _repeat_some(files["call_log_2026-10.csv"].rows, draws)
    for defect in defects["row"]:
        _plant(files[defect["file"]], defect, draws)
    rejects = [reject for name in sorted(files) for reject in _write(inbox, name, files[name])]
    rejects += [_write_broken(inbox, defect) for defect in defects["file"]]
    rows = {name: len(file.rows) for name, file in files.items()}
    return Delivered(contacts, sorted(rejects, key=lambda r: (r.source, r.file, r.row)), rows)


def _files(contacts: list[PlannedContact], customers: Mapping[date, list[dict[str, str]]]) -> dict[str, _File]:
    files: dict[str, _File] = {}
    by_source = {
        source: [dict(c.row) for c in contacts if c.source == source and key in c.row] for source, key in _KEYS.items()
    }
    early, late = _parted(by_source["call"], "offered_at", "2026-10")
    files["call_log.csv"] = _File(_CALL, early)
    files["call_log_2026-10.csv"] = _File(_CALL, late)
    headers = _form_headers()
    for row in sorted(by_source["inquiry"], key=lambda row: (row["received_at"], row["inquiry_id"])):
        form = row["channel"] == "form"
        name = f"inquiries_{'form_' if form else ''}{row['received_at'][:7]}.csv"
        if name not in files:
            files[name] = _File(_INQUIRY, [], "cp932", headers) if form else _File(_MAIL, [])
        files[name].rows.append(_as_form(row) if form else row)
    files["checkins.csv"] = _File(_CHECKIN, sorted(by_source["checkin"], key=lambda row: row["held_at"]), "utf-8-sig")
    files["surveys.csv"] = _File(_SURVEY, sorted(by_source["survey"], key=lambda row: row["answered_at"]))
    *partial, last = sorted(customers)
    for as_of in partial:
        files[f"customers_{as_of:%Y%m%d}.csv"] = _File(tuple(customers[as_of][0]), customers[as_of])
    files["customers.csv"] = _File(tuple(customers[last][0]), customers[last])
    return files


def _parted(rows: list[dict[str, str]], column: str, first: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    ordered = sorted(rows, key=lambda row: (row[column], row["call_id"]))
    return [row for row in ordered if row[column] < first], [row for row in ordered if row[column] >= first]


def _form_headers() -> dict[str, str]:
    mapping = tomllib.loads((bundled("sample", "data/sample") / "sources.toml").read_text(encoding="utf-8"))
    columns: dict[str, str] = mapping["inquiries"][0]["columns"]
    return columns


def _as_form(row: dict[str, str]) -> dict[str, str]:
    return row | {"channel": "フォーム"} | {column: row[column].replace("-", "/") for column in _FORM_TIMES}


def _changed_later(contacts: list[PlannedContact], draws: Draws) -> tuple[list[PlannedContact], _File]:
    """Deliver a dozen of October's inquiries again, one of them with a changed text; the later one counts."""
    redelivered = [
        c
        for c in contacts
        if c.source == "inquiry" and c.cell("channel") != "form" and c.cell("received_at") >= "2026-10"
    ]
    again = sorted(draws.some_of([c for c in redelivered if not c.expect], 12), key=lambda c: c.source_id)
    changed = replace(
        again[0], row=dict(again[0].row) | {"body": again[0].cell("body") + "（追記）まだ解決していません。"}
    )
    rows = [dict((changed if c is again[0] else c).row) for c in again]
    return [changed if c is again[0] else c for c in contacts], _File(_INQUIRY, rows)


def _repeat_some(rows: list[dict[str, str]], draws: Draws) -> None:
    """Deliver three rows twice in one file."""
    rows.extend(dict(row) for row in draws.some_of(rows, 3))


def _plant(file: _File, defect: Mapping[str, Any], draws: Draws) -> None:
    place = draws.between(1, max(1, len(file.rows) - 3))
    sound = next(row for row in file.rows[place:] if file.bad is None or file.rows.index(row) not in file.bad)
    broken = sound | {file.columns[0]: defect["id"]} | defect.get("set", {})
    file.bad = {number + (number >= place): reason for number, reason in (file.bad or {}).items()}
    file.cuts = {number + (number >= place): cut for number, cut in (file.cuts or {}).items()}
    file.rows.insert(place, broken)
    file.bad[place] = defect["reason"]
    if "drop" in defect:
        file.cuts[place] = defect["drop"]


def _write(inbox: Path, name: str, file: _File) -> list[ExpectedReject]:
    """Write one file; say at which lines its broken rows stand."""
    header = [file.header[column] if file.header else column for column in file.columns]
    text = _csv_line(header)
    rejects = []
    for number, row in enumerate(file.rows):
        if file.bad and number in file.bad:
            kind = name.removesuffix(".csv").split("_2026")[0].removesuffix("_form")
            rejects.append(ExpectedReject(kind, name, text.count("\n") + 1, file.bad[number]))
        cells = [row.get(column, "") for column in file.columns]
        text += _csv_line(cells[: len(cells) - (file.cuts or {}).get(number, 0)])
    (inbox / name).write_bytes(text.encode(file.encoding))
    return rejects


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _write_broken(inbox: Path, defect: Mapping[str, Any]) -> ExpectedReject:
    path = inbox / defect["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        {
            "empty": b"",
            "text": "これは音声ではなく、会議のメモです。\n".encode(),
            "cut_m4a": _CUT_M4A,
            "old_layout": "整理番号,日付,内容\r\n1,2026-05-01,旧様式の記録\r\n".encode(),
            "damaged": b"inquiry_id,received_at,channel,body\r\nQX0007,2026-08-20 10:00:00,mail,\x81\x20\xff\x81\r\n",
        }[defect["content"]]
    )
    return ExpectedReject(defect["source"], defect["path"], defect["row"], defect["reason"])
