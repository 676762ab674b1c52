"""The two sides of the main comparison: quiet when asked, and inquirers; no customer is on both.

Whoever said something in the window while quiet (a snapshot at the time of the statement) is on the quiet side, with what they
said then and without a question that names the matter. Whoever inquired and is not on the quiet side is an inquirer.

A customer who was asked while quiet and inquired later stays quiet: what was said then was said by a quiet customer, and a
rule that looks at what came afterwards would take out just those with trouble. Their inquiries in the window are on
neither side; how many they are is counted.

What a customer answers to a question about a matter tells as much of the question: whoever is asked for the mobile app
speaks of the mobile app. So the comparison is of what was said without such a question, on both sides. A question for trouble,
wishes or anything at all names no matter: what is answered to it counts like what was said of one's own accord.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from voc_mining.insight.params import InsightParams
from voc_mining.insight.proactive import asked_about
from voc_mining.insight.reach import sides_of

_MATTERS = ("matter", "fact")


def led_to_it() -> pl.Expr:
    """Whether a statement answers a question that names a matter; over the column ``question``."""
    return asked_about().is_in(_MATTERS).fill_null(value=False)


@dataclass(frozen=True, slots=True)
class SidesApart:
    """Statements of the two sides of the main comparison; no customer is on both.

    Parameters
    ----------
    inquirers : DataFrame
        What inquirers said when they came to us.
    quiet : DataFrame
        What customers said while quiet, without being led to it by a question.
    quiet_with_answers : DataFrame
        The same with their answers to questions.
    also_inquired : int
        Customers of the quiet side who inquired in the window, too.
    """

    inquirers: pl.DataFrame
    quiet: pl.DataFrame
    quiet_with_answers: pl.DataFrame
    also_inquired: int

    def by_name(self) -> dict[str, pl.DataFrame]:
        """Sides by the name that their columns begin with."""
        return {"inquirer": self.inquirers, "quiet_unprompted": self.quiet}


def sides_apart(statements: pl.DataFrame, params: InsightParams) -> SidesApart:
    """Take the statements of the window apart into quiet when asked and inquirers.

    Statements without a customer are left with the inquirers, where they are counted apart and in no share.
    """
    sides = sides_of(statements, params)
    quiet, reactive = sides["quiet"], sides["reactive"]
    inquirers = reactive.join(quiet.select("customer_key").unique(), on="customer_key", how="anti")
    known = reactive["customer_key"].drop_nulls().n_unique()
    return SidesApart(
        inquirers=inquirers,
        quiet=quiet.filter(~led_to_it()),
        quiet_with_answers=quiet,
        also_inquired=known - inquirers["customer_key"].drop_nulls().n_unique(),
    )
