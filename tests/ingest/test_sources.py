"""sources.toml: what it says, and errors that name the key and what is allowed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voc_mining.errors import UserError
from voc_mining.ids import phone_key
from voc_mining.ingest.sources import default_sources, parse_sources, read_sources

FULL = r"""
time_zone = "Asia/Tokyo"

[inquiries]
files = ["forms/**/*.csv"]
encoding = "cp932"
delimiter = "tab"
columns = { inquiry_id = "受付番号", body = ["本文", "お問い合わせ内容"] }
defaults = { channel = "form" }
optional = ["body"]
lenient = true
time_formats = ["%d.%m.%Y %H:%M"]
excel_serials = true
file_pattern = '(?P<received_at>\d{8})'
[inquiries.values.channel]
"Webフォーム" = "form"
"*" = "mail"

[[checkins]]
files = "cs/*.csv"
[[checkins]]
files = "onboarding/*.csv"
time_zone = "UTC"

[recordings]
patterns = ['(?P<call_id>C\d+)_(?P<direction>in|out)']

[origin]
queue = { "解約窓口" = "reactive" }
campaign = { "活用支援" = "proactive" }
shared_phones = ["03-1234-5678"]
callback_business_days = 5

[silence]
look_back_days = 90
look_back_by_plan = { "エンタープライズ" = 365 }
history_start = 2026-01-01
min_identified_share = 0.5
"""


def test_a_full_file():
    sources = parse_sources(FULL, phone_secret="s")
    feed = next(feed for feed in sources.feeds if feed.kind == "inquiries")
    assert (feed.encoding, feed.delimiter, feed.lenient, feed.excel_serials) == ("cp932", "\t", True, True)
    assert feed.columns == {"inquiry_id": ("受付番号",), "body": ("本文", "お問い合わせ内容")}
    assert feed.values == {"channel": {"Webフォーム": "form", "*": "mail"}}
    assert feed.named_in("forms/20260401.csv") == {"received_at": "20260401"}
    checkins = [feed for feed in sources.feeds if feed.kind == "checkins"]
    assert [(feed.files, feed.time_zone) for feed in checkins] == [
        (("cs/*.csv",), "Asia/Tokyo"),
        (("onboarding/*.csv",), "UTC"),
    ]
    assert sources.origin.queue == {"解約窓口": "reactive"}
    assert sources.origin.callback_business_days == 5
    assert sources.origin.shared_phone_keys == frozenset({phone_key("+81312345678", "s")})
    assert sources.silence.history_start == date(2026, 1, 1)
    assert sources.silence.look_back_by_plan == {"エンタープライズ": 365}


def test_without_a_file_the_products_own_names_hold(tmp_path: Path):
    assert read_sources(tmp_path / "sources.toml") == default_sources()
    assert {feed.kind for feed in default_sources().feeds} >= {"call_log", "inquiries", "recordings", "faq"}


def test_the_key_of_a_feed_tells_mappings_apart():
    plain, mapped = parse_sources("").feeds[0], parse_sources("[call_log]\nlenient = true").feeds[0]
    assert plain.key() == parse_sources("").feeds[0].key()
    assert plain.key() != mapped.key()
    assert plain.key() != plain.key(date(2026, 4, 1))


@pytest.mark.parametrize(
    ("text", "named", "allowed"),
    [
        ("[inquiry]\n", "inquiry", "inquiries"),
        ("[inquiries]\nencodings = 'x'", "inquiries.encodings", "encoding"),
        ("[inquiries]\nencoding = 'utf-9'", "inquiries.encoding", "cp932"),
        ("[inquiries]\ndelimiter = ';;'", "inquiries.delimiter", "tab"),
        ("[inquiries]\ncolumns = { id = '番号' }", "inquiries.columns.id", "inquiry_id"),
        ("[inquiries]\ncolumns = { inquiry_id = 1 }", "inquiries.columns.inquiry_id", "text"),
        ("[inquiries]\nvalues = { channel = { '窓口' = 'desk' } }", "inquiries.values.channel", "form, mail, chat"),
        ("[inquiries]\noptional = ['inquiry_id']", "inquiries.optional", "body"),
        ("[inquiries]\nlenient = 'yes'", "inquiries.lenient", "true or false"),
        ("[inquiries]\ntime_formats = ['YYYY/MM/DD']", "inquiries.time_formats", "%Y/%m/%d"),
        ("[inquiries]\ntime_zone = 'Tokyo'", "inquiries.time_zone", "Asia/Tokyo"),
        ("[inquiries]\nfile_pattern = '(?P<day>x)'", "inquiries.file_pattern", "received_at"),
        ("[recordings]\npatterns = ['(']", "recordings.patterns", "call_id"),
        ("[recordings]\npatterns = ['x']", "recordings.patterns", "call_id"),
        ("[[recordings]]\n[[recordings]]\n", "recordings", "one table"),
        ("[origin]\nqueue = { a = 'inbound' }", "origin.queue.a", "proactive"),
        ("[origin]\nshared_phones = ['12']", "origin.shared_phones", "03-1234-5678"),
        ("[origin]\ncallback_business_days = -1", "origin.callback_business_days", "whole number"),
        ("[silence]\nhistory_start = '2026-04-01'", "silence.history_start", "without quotes"),
        ("[masking]\npatterns = { member_number = ['('] }", "masking.patterns.member_number", "("),
        ("[masking]\npatterns = { shoe_size = ['1'] }", "shoe_size", "member_number"),
        ("[silence]\nmin_identified_share = 2", "silence.min_identified_share", "0 to 1"),
        ("inquiries = 3", "inquiries", "[inquiries]"),
        ("[inquiries", "TOML", "quotes"),
    ],
)
def test_errors_name_the_key_and_what_is_allowed(text: str, named: str, allowed: str):
    with pytest.raises(UserError) as trouble:
        parse_sources(text)
    assert named in trouble.value.problem
    assert allowed in trouble.value.remedy


def test_a_file_that_is_not_utf8(tmp_path: Path):
    (tmp_path / "sources.toml").write_bytes("# 設定".encode("cp932"))
    with pytest.raises(UserError, match="UTF-8"):
        read_sources(tmp_path / "sources.toml")


def test_what_is_masked_besides() -> None:
    told = parse_sources("[masking]\ncompanies = true\npatterns = { member_number = ['M-[0-9]+', 'K[0-9]'] }")
    assert told.masking.companies
    assert told.masking.patterns == (("member_number", "M-[0-9]+"), ("member_number", "K[0-9]"))
    assert parse_sources("").masking.patterns == ()
