"""The document on inputs says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from voc_mining.ingest.kinds import CONTACT_KINDS, CUSTOMERS, MESSAGES, RELATION_KINDS, catalogue
from voc_mining.ingest.sources import parse_sources
from voc_mining.messages.catalogue import _sentences

REASONS = [key.removeprefix("reject_reason.") for key in _sentences("ja") if key.startswith("reject_reason.")]
TEXT = (Path(__file__).parents[2] / "docs" / "inputs.md").read_text("utf-8")


def test_the_example_is_a_valid_mapping():
    example = re.findall(r"```toml\n(.*?)```", TEXT.partition("## `sources.toml`")[2], re.DOTALL)[0]
    assert len([feed for feed in parse_sources(example).feeds if feed.kind == "inquiries"]) == 2


def test_every_reason_and_every_column_of_the_main_kinds_is_named():
    for code in REASONS:
        assert f"`{code}`" in TEXT
    rows = {row[0]: row[1] for row in re.findall(r"^\| `(\w+)` \| ((?:\w+_id|at)\b.*) \|$", TEXT, re.MULTILINE)}
    for kind, columns in rows.items():
        named = re.findall(r"(\w+)(\??)(?=[, ]|$)", re.sub(r" ?\([^)]*\)", "", columns))
        told = {name: optional == "" for name, optional in named}
        assert told == {field.name: bool(field.need) for field in catalogue().kinds[kind].fields}
    assert set(rows) == {*CONTACT_KINDS, MESSAGES, CUSTOMERS, *RELATION_KINDS}
