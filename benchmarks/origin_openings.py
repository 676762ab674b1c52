"""Scores the suggestions of origin by opening words against openings written by another author.

    python -m benchmarks.origin_openings [--half dev|held]

Of ``held`` only totals are printed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from voc_mining.segment.openings import suggestions

CASES = Path(__file__).parent / "data/origin/openings3.tsv"
NONE = "none"


def scored(half: str) -> pl.DataFrame:
    """Openings of a half that are not doubtful, with what was suggested (``none`` where nothing was)."""
    cases = pl.read_csv(CASES, separator="\t", quote_char=None, infer_schema=False)
    own = cases.filter((pl.col("half") == half) & (pl.col("doubtful") == "no")).rename({"suggestion": "wanted"})
    found = suggestions(own.select(pl.col("id").alias("contact_id"), "opening"))
    return own.join(found.drop("opening"), left_on="id", right_on="contact_id", validate="1:1").with_columns(
        pl.col("suggestion").fill_null(NONE)
    )


def main() -> None:
    """Print how many suggestions are right, wrong, missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("dev", "held"), default="dev")
    half = parser.parse_args().half
    table = scored(half)
    made = table.filter(pl.col("suggestion") != NONE)
    right = made.filter(pl.col("suggestion") == pl.col("wanted"))
    wanted = table.filter(pl.col("wanted") != NONE)
    print(f"{half}: {table.height} openings, {made.height} suggestions, {right.height} right")
    print(f"precision {right.height / max(made.height, 1):.3f}, recall {right.height / max(wanted.height, 1):.3f}")
    print(table.group_by("wanted", "suggestion").len().sort("wanted", "suggestion"))
    if half == "dev":
        with pl.Config(fmt_str_lengths=90, tbl_rows=-1, tbl_width_chars=200):
            print(
                table.filter(pl.col("suggestion") != pl.col("wanted")).select(
                    "wanted", "suggestion", "because", "opening"
                )
            )


if __name__ == "__main__":
    main()
