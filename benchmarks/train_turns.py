"""Train the model of customers' turns on labelled conversations, and score it where its author was not trained on.

    python -m benchmarks.train_turns [--write]

Learned from: turns after the matter was told in the halves of ``turns*.tsv`` that rules are made with, ``training_turns.tsv``, and, at a tenth of the weight, the
calls' and chats' statements of ``training.tsv`` with agents' turns drawn from the former. Printed: each author's turns
by a model that never saw that author. ``--write`` puts the weights into ``voc_mining/voice/data``.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.voice import FILES, rows
from voc_mining.voice.lexicon import folded
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.turn_model import TurnModel, turn_features, written_turn_model

WEIGHTS = Path(__file__).parents[1] / "voc_mining" / "voice" / "data" / "turn_weights.csv"
LEAST = -1.25
"""Log odds from which on a turn is a statement: below 0, for a statement lost is worse than a reaction kept."""
_REGULARIZATION = 0.3
_SEEN = 3
"""A feature is weighed if so many turns have it."""
_SINGLE = 0.1
"""Weight of a statement that was written outside a conversation."""
_SMALL = 0.005
_SEED = 0


class Turn(NamedTuple):
    """A customer's turn with its label and where it comes from."""

    source: str
    text: str
    before: str
    statement: bool


def labelled_turns() -> list[Turn]:
    """Read every turn that may be learned from."""
    told = [turn for author in FILES.values() for turn in _conversations(author)]
    own = [
        Turn("own", row["text"], row["agent"], statement=row["label"] == "statement")
        for row in rows("training_turns", "train")
    ]
    draws = np.random.default_rng(_SEED)
    told.extend(
        Turn("single", row["text"], own[draws.integers(len(own))].before, statement=True)
        for row in rows("training", "train")
        if row["style"] in {"call", "chat"}
    )
    frame = pl.DataFrame(told + own, orient="row", schema=Turn._fields)
    frame = frame.with_columns(folded(pl.col("text", "before")))
    return [Turn(*row) for row in frame.iter_rows()]


def _conversations(author: str) -> list[Turn]:
    calls = {row["id"] for row in rows(f"calls{author}", "dev")}
    found, call, before, much = [], "", "", False
    for row in rows(f"turns{author}", "dev"):
        if row["call"] not in calls:
            continue
        if row["call"] != call:
            call, before, much = row["call"], "", False
        if row["role"] == "agent":
            before = row["text"]
            continue
        if much and before:
            found.append(Turn(f"author {author or 1}", row["text"], before, statement=row["label"] == "statement"))
        much = much or len(row["text"]) >= VoiceRules().matter_chars
    return found


def fitted(turns: list[Turn]) -> TurnModel:
    """Fit the weights."""
    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform([turn_features(turn.text, turn.before) for turn in turns])
    seen = np.asarray((table != 0).sum(axis=0)).ravel() >= _SEEN
    weight = [_SINGLE if turn.source == "single" else 1.0 for turn in turns]
    model = LogisticRegression(C=_REGULARIZATION, max_iter=3000)
    model.fit(table[:, seen], [turn.statement for turn in turns], sample_weight=weight)
    named = zip(np.array(vectorizer.get_feature_names_out())[seen].tolist(), model.coef_[0].tolist(), strict=True)
    return TurnModel(
        {name: value for name, value in named if abs(value) >= _SMALL}, float(model.intercept_[0]), LEAST, ""
    )


def print_scores(turns: list[Turn], author: str) -> None:
    """Print how an author's turns are told apart by a model of all others, at some bounds."""
    model = fitted([turn for turn in turns if turn.source != author])
    unseen = [turn for turn in turns if turn.source == author]
    odds = np.array([model.log_odds(turn.text, turn.before) for turn in unseen])
    label = np.array([turn.statement for turn in unseen])
    print(f"{author}: {len(unseen)} turns, {label.sum()} statements, not trained on; {len(model.weights)} weights")
    for bound in (-2.0, LEAST, -0.5, 0.0):
        print(f"    from {bound:+.2f}: {_precision_recall(odds >= bound, label)}")


def _precision_recall(told: NDArray[np.bool_], label: NDArray[np.bool_]) -> str:
    right = (told & label).sum()
    return f"precision {right / max(told.sum(), 1):.3f}  recall {right / max(label.sum(), 1):.3f}"


def main() -> None:
    """Score each author's turns unseen, and write the weights if asked."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    turns = labelled_turns()
    for author in FILES:
        print_scores(turns, f"author {author}")
    if options.write:
        model = fitted(turns)
        with WEIGHTS.open("w", encoding="utf-8", newline="") as lines:
            lines.write(
                "# Weights of customers' turns (turn_model.py); written by python -m benchmarks.train_turns --write.\n"
            )
            table = csv.writer(lines, lineterminator="\n")
            table.writerow(("feature", "weight"))
            table.writerows(written_turn_model(model.weights, model.bias, model.least))


if __name__ == "__main__":
    main()
