"""Train the classifier of statements on the labelled sets, and score it beside the rules.

    python -m benchmarks.train_classifier [--held] [--write]

Trained on every labelled statement but the held-back halves; cross-validated on the halves that rules are made with,
so that what is shown for them was never trained on. ``--held`` scores on the held-back halves too. ``--write`` puts the
model into ``voc_mining/classify/data``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from benchmarks.voice import Score, labelled_pieces, mined, rows
from pipelines import engines
from pipelines.settings import Settings
from voc_mining.classify.decision import classified
from voc_mining.classify.grams import gram_vectorizer
from voc_mining.classify.model import QUESTIONS, ClassifierModel, Head
from voc_mining.classify.stage import centre, classifications
from voc_mining.insight.proactive import proactive_class

MODEL = Path(__file__).parents[1] / "voc_mining" / "classify" / "data" / "statements.npz"
LABELS = {"kind": "kind", "polarity": "polarity", "class": "need", "experience": "family"}
SETS = {"statements": ("dev", "held"), "statements2": ("dev", "held"), "training": ("train",)}
RARE = ("experience",)
"""Questions whose answers are not weighed alike: most statements have none, and a false one is worse than a missed one."""
REGULARIZATION = 3.0
RULES_WEIGHT = 0.3
"""Length of a rule's answer beside a vector of unit length: how much the model leans on the rules."""
FOLDS = 10


def labelled_statements() -> pl.DataFrame:
    """Every labelled statement with what the rules say of it, and its vector's key."""
    frames = []
    for name, halves in SETS.items():
        for half in halves:
            labelled = rows(name, half)
            voc = mined(labelled_pieces(labelled))[1].voc.with_columns(proactive_class().alias("class"))
            labels = pl.DataFrame(labelled).select(
                "id",
                half=pl.lit(f"{name} {half}"),
                **{f"label_{q}": pl.col(c).replace("", "none") for q, c in LABELS.items()},
            )
            first = voc.sort("contact_id", "first_no").unique("contact_id", keep="first", maintain_order=True)
            frames.append(
                first.join(labels, left_on="contact_id", right_on="id", validate="1:1", maintain_order="left")
            )
    return pl.concat(frames)


def train(statements: pl.DataFrame, vectors: NDArray[np.float32], model_id: str) -> ClassifierModel:
    """Fit one head per question."""
    mean = vectors.mean(axis=0)
    centred = centre(vectors, mean)
    vectorizer = gram_vectorizer()
    grams = csr_matrix(vectorizer.fit_transform(embedded_by(statements)))
    heads = {question: _head(statements, centred, grams, question) for question in QUESTIONS}
    return ClassifierModel(model_id, mean, tuple(vectorizer.get_feature_names_out()), vectorizer.idf_, heads)


def embedded_by(statements: pl.DataFrame) -> list[str]:
    """Words that statements are embedded by."""
    return statements.select(pl.coalesce("plain_text", "text")).to_series().to_list()


def _head(statements: pl.DataFrame, centred: NDArray[np.float32], grams: csr_matrix, question: str) -> Head:
    answers = {column: sorted(statements[column].drop_nulls().unique()) for column in QUESTIONS[question]}
    said = np.column_stack(
        [
            (statements[column] == answer).fill_null(value=False).to_numpy()
            for column, values in answers.items()
            for answer in values
        ]
    )
    fitted = LogisticRegression(
        C=REGULARIZATION, max_iter=2000, class_weight=None if question in RARE else "balanced"
    ).fit(
        csr_matrix(hstack([csr_matrix(np.hstack([centred, RULES_WEIGHT * said])), grams])),
        statements[f"label_{question}"],
    )
    width, told = centred.shape[1], centred.shape[1] + said.shape[1]
    weights = fitted.coef_.T.astype(np.float32)
    added = iter(RULES_WEIGHT * weights[width:told])
    return Head(
        tuple(fitted.classes_),
        weights[:width],
        weights[told:],
        fitted.intercept_.astype(np.float32),
        {column: {answer: next(added) for answer in values} for column, values in answers.items()},
    )


def told(statements: pl.DataFrame, vectors: NDArray[np.float32], model: ClassifierModel) -> pl.DataFrame:
    """Statements as model and rules decide them together."""
    keyed = pl.DataFrame(
        {"text_hash": statements["text_hash"], "text": embedded_by(statements), "vector": pl.Series(vectors)}
    ).unique("text_hash")
    return classified(statements, classifications(keyed, model), model)


def main() -> None:
    """Cross-validate, score, and write the model if asked."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--held", action="store_true")
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    embedder = engines.embedder(Settings())
    statements = labelled_statements()
    vectors = embedder.encode(embedded_by(statements))
    half = np.array(statements["half"].to_list())
    dev, more = np.flatnonzero(np.char.endswith(half, " dev")), np.flatnonzero(np.char.endswith(half, " train"))
    print(f"statements: dev {len(dev)}, further for training {len(more)}")
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    unseen = []
    for seen, rest in folds.split(dev, statements["label_kind"].to_numpy()[dev]):
        chosen = np.concatenate([dev[seen], more])
        model = train(statements[chosen], vectors[chosen], embedder.model_id)
        unseen.append(told(statements[dev[rest]], vectors[dev[rest]], model))
    for (name,), both in pl.concat(unseen).partition_by("half", as_dict=True).items():
        print_scores(f"{name}, cross-validated", statements.filter(half=name), both)
    chosen = np.concatenate([dev, more])
    model = train(statements[chosen], vectors[chosen], embedder.model_id)
    for name in sorted({name for name in half if name.endswith(" held")} if options.held else ()):
        held = np.flatnonzero(half == name)
        print_scores(name, statements[held], told(statements[held], vectors[held], model))
    if options.write:
        MODEL.write_bytes(model.save())


def print_scores(name: str, by_rules: pl.DataFrame, together: pl.DataFrame) -> None:
    """Print accuracies by rules alone and together, then each answer's precision and recall."""
    for question in QUESTIONS:
        alone, both = (_score(frame, question) for frame in (by_rules, together))
        print(f"{name}: rules alone", next(alone.lines()), "; with the model:")
        print("\n".join(both.lines()))


def _score(statements: pl.DataFrame, question: str) -> Score:
    score = Score(question)
    columns: Sequence[str] = (f"label_{question}", question, "text")
    known = statements.select(columns).with_columns(pl.col(question).replace("attitude", None).fill_null("none"))
    for label, result, text in known.iter_rows():
        score.add(label, result, text)
    return score


if __name__ == "__main__":
    main()
