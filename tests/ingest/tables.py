"""Tables of cases."""

from __future__ import annotations

from pathlib import Path

CASES = Path(__file__).parents[1] / "cases" / "ingest"


def case_table(name: str) -> list[list[str]]:
    """Rows of a table of cases, without comments and header; short rows are filled."""
    lines = [line for line in (CASES / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]
    header, *rows = [line.split("\t") for line in lines]
    return [row + [""] * (len(header) - len(row)) for row in rows]
