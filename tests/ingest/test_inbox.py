"""The inbox: kinds by patterns; nothing is ignored but what is never an input."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from voc_mining.errors import UserError
from voc_mining.ingest.inbox import LocalInbox, is_ignored, list_inbox, matches, sha256_of
from voc_mining.ingest.sources import default_sources, parse_sources


def kinds(inbox: Path, text: str = "") -> dict[str, str | None]:
    return {file.path: file.kind for file in list_inbox(inbox, parse_sources(text))}


def fill(inbox: Path, *paths: str) -> Path:
    for path in paths:
        (inbox / path).parent.mkdir(parents=True, exist_ok=True)
        (inbox / path).write_bytes(b"x")
    return inbox


def test_kinds_by_the_default_names(tmp_path: Path):
    fill(tmp_path, "inquiries.csv", "2026-04-01/Inquiries_web.CSV", "inquiries/0401.csv", "call_log_1.tsv",
         "recordings/a/b.WAV", "recordings/memo.txt", "readme.md", "surveys.csv", "b.wav", "faq.csv")  # fmt: skip
    assert kinds(tmp_path) == {
        "2026-04-01/Inquiries_web.CSV": "inquiries",
        "b.wav": None,
        "call_log_1.tsv": "call_log",
        "faq.csv": "faq",
        "inquiries.csv": "inquiries",
        "inquiries/0401.csv": "inquiries",
        "readme.md": None,
        "recordings/a/b.WAV": "recordings",
        "recordings/memo.txt": None,
        "surveys.csv": "surveys",
    }


def test_hidden_and_temporary_files_and_the_mapping_are_no_inputs(tmp_path: Path):
    fill(tmp_path, ".DS_Store", "sources.toml", "~$inquiries.csv", "inquiries.csv.part", "recordings/.x/a.wav",
         "recordings/a.wav.tmp", "__MACOSX/inquiries.csv", "Thumbs.db")  # fmt: skip
    assert kinds(tmp_path) == {}
    assert is_ignored("a/.hidden/inquiries.csv")


def test_the_more_precise_pattern_takes_a_file(tmp_path: Path):
    fill(tmp_path, "export/inquiries_vip.csv", "export/inquiries.csv")
    text = '[[inquiries]]\n[[surveys]]\nfiles = "export/inquiries_vip*.csv"\n'
    assert kinds(tmp_path, text) == {"export/inquiries.csv": "inquiries", "export/inquiries_vip.csv": "surveys"}


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("a.csv", "*.csv", True),
        ("x/a.csv", "*.csv", False),
        ("x/a.csv", "**/*.csv", True),
        ("a.csv", "**/*.csv", True),
        ("x/y/a.csv", "x/**/*.csv", True),
        ("x/a.csv", "x/**", True),
        ("a1.csv", "a?.csv", True),
        ("a(1).csv", "./a(1).csv", True),
        ("A.CSV", "a.csv", True),
    ],
)
def test_patterns(path: str, pattern: str, fits: bool):  # noqa: FBT001
    assert matches(path, pattern) is fits


def test_linked_folders_are_followed_once(tmp_path: Path):
    inbox, other = tmp_path / "inbox", tmp_path / "other"
    fill(inbox, "inquiries.csv")
    fill(other, "a.wav")
    (inbox / "recordings").symlink_to(other)
    (other / "round").symlink_to(inbox)
    assert kinds(inbox) == {"inquiries.csv": "inquiries", "recordings/a.wav": "recordings"}


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fill(tmp_path, "inquiries.csv", "recordings/a.wav")
    listed = os.scandir

    def refuse(folder: str) -> object:
        if str(folder).endswith("recordings"):
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr("os.scandir", refuse)
    assert kinds(tmp_path) == {"inquiries.csv": "inquiries", "recordings": None}


def test_content_is_hashed_by_blocks(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"")
    assert sha256_of(LocalInbox(tmp_path), "a").startswith("e3b0c44298fc1c14")


def test_no_inbox(tmp_path: Path):
    with pytest.raises(UserError, match="no inbox"):
        list_inbox(tmp_path / "none", default_sources())
