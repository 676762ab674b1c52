"""Train the classifier of statements on the labelled sets, and score it beside the rules.

    python -m benchmarks.train_classifier [--held] [--write]

Trained on every labelled statement but the held-back halves; cross-validated on the halves that rules are made with,
so that what is shown for them was never trained on. The temperature of each question is fitted on the same answers; whether it
helps is shown by temperatures fitted without the fold they are used on. ``--held`` scores on the held-back halves too. ``--write`` puts the
model into ``voc_mining/classify/data``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from benchmarks.voice import (
    Score,
    labelled_pieces,
    mined,
    proactive_answers,
    proactive_scores,
    rows,
)
from pipelines import engines
from pipelines.settings import Settings
from voc_mining.classify.decision import classified, log_odds, shares
from voc_mining.classify.grams import gram_vectorizer
from voc_mining.classify.model import QUESTIONS, ClassifierModel, Head
from voc_mining.classify.stage import centre, classifications
from voc_mining.insight.proactive import asked_about, proactive_class

MODEL = Path(__file__).parents[1] / "voc_mining" / "classify" / "data" / "statements.npz"
LABELS = {"kind": "kind", "polarity": "polarity", "class": "need", "experience": "family"}
SETS = {"statements": ("dev", "held"), "statements2": ("dev", "held"), "training": ("train",)}
RARE = ("experience",)
"""Questions whose answers are not weighed alike: most statements have none, and a false one is worse than a missed one."""
REGULARIZATION = 3.0
RULES_WEIGHT = {"class": 0.6}
"""Length of a rule's answer beside a vector of unit length: how much the model leans on the rules; 0.3 where none is given."""
_RULES_WEIGHT = 0.3
PROACTIVE = "proactive3"
_BINS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
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
    for half in ("dev", "held"):
        labelled, voc = proactive_answers(half, notes=False)
        labels = pl.DataFrame(labelled).select("id", half=pl.lit(f"{PROACTIVE} {half}"), label_class="class")
        frames.append(voc.join(labels, left_on="contact_id", right_on="id", validate="1:1", maintain_order="left"))
    return pl.concat(frames, how="diagonal").with_columns(asked_about().alias("asked"))


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
    labelled = statements[f"label_{question}"].is_not_null().to_numpy()
    statements, centred, grams = statements.filter(labelled), centred[labelled], grams[labelled]
    weight = RULES_WEIGHT.get(question, _RULES_WEIGHT)
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
        csr_matrix(hstack([csr_matrix(np.hstack([centred, weight * said])), grams])),
        statements[f"label_{question}"],
    )
    width, told = centred.shape[1], centred.shape[1] + said.shape[1]
    weights = fitted.coef_.T.astype(np.float32)
    added = iter(weight * weights[width:told])
    return Head(
        tuple(fitted.classes_),
        weights[:width],
        weights[told:],
        fitted.intercept_.astype(np.float32),
        {column: {answer: next(added) for answer in values} for column, values in answers.items()},
    )


def answered(statements: pl.DataFrame, vectors: NDArray[np.float32], model: ClassifierModel) -> pl.DataFrame:
    """Rows of ``classifications`` of the statements."""
    keyed = pl.DataFrame(
        {"text_hash": statements["text_hash"], "text": embedded_by(statements), "vector": pl.Series(vectors)}
    ).unique("text_hash")
    return classifications(keyed, model)


def told(statements: pl.DataFrame, vectors: NDArray[np.float32], model: ClassifierModel) -> pl.DataFrame:
    """Statements as model and rules decide them together."""
    return classified(statements, answered(statements, vectors, model), model)


class Unseen:
    """What models say of statements they were not trained on, fold by fold."""

    def __init__(self) -> None:
        self.told: list[pl.DataFrame] = []
        self._folds: dict[str, list[tuple[NDArray[np.float64], NDArray[np.int64]]]] = {name: [] for name in QUESTIONS}

    def add(self, statements: pl.DataFrame, vectors: NDArray[np.float32], model: ClassifierModel) -> None:
        """Take in a fold."""
        answers = answered(statements, vectors, model)
        self.told.append(classified(statements, answers, model))
        joined = statements.join(answers, on="text_hash", how="left", validate="m:1", maintain_order="left")
        for question, head in model.heads.items():
            labelled = joined.filter(pl.col(f"label_{question}").is_not_null())
            places = [head.values.index(label) for label in labelled[f"label_{question}"]]
            self._folds[question].append((log_odds(labelled, question, head), np.array(places)))

    def temperature(self, question: str) -> float:
        """Fit the temperature of a question on every fold."""
        return _temperature(self._folds[question])

    def print_reliability(self, question: str) -> None:
        """Print how often answers were right by their probability, before and after temperature."""
        folds = self._folds[question]
        places = np.concatenate([place for _, place in folds])
        rest = [[other for other in folds if other is not fold] for fold in folds]
        before = np.concatenate([shares(logits, 1.0) for logits, _ in folds])
        after = np.concatenate(
            [shares(logits, _temperature(others)) for (logits, _), others in zip(folds, rest, strict=True)]
        )
        print(f"{question}: temperature {self.temperature(question):.2f}")
        for name, probable in (("before", before), ("after", after)):
            sure, right = probable.max(axis=1), probable.argmax(axis=1) == places
            error = 0.0
            for low, high in pairwise(_BINS):
                within = (sure >= low) & (sure < high)
                if within.any():
                    said, was = sure[within].mean(), right[within].mean()
                    error += within.mean() * abs(said - was)
                    print(f"    {name} {low:.1f}: n {within.sum():4d}  said {said:.3f}  right {was:.3f}")
            print(f"    {name}: expected calibration error {error:.3f}")
        if question == "class":
            _print_bounds(after, places, self.told[0]["label_class"].unique().sort().to_list().index("other"))


def _print_bounds(probable: NDArray[np.float64], places: NDArray[np.int64], other: int) -> None:
    """Print what it brings and costs to call ``other`` what is less sure than a bound."""
    sure, best = probable.max(axis=1), probable.argmax(axis=1)
    for bound in (0.0, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7):
        said = np.where(sure >= bound, best, other)
        named = said != other
        right = (said == places) & named
        print(
            f"    other under {bound:.2f}: right {(said == places).mean():.3f}  classes but other: precision "
            f"{right.sum() / named.sum():.3f}  recall {right.sum() / (places != other).sum():.3f}"
        )


def _temperature(folds: Sequence[tuple[NDArray[np.float64], NDArray[np.int64]]]) -> float:
    """Fit the temperature that makes the labels most likely."""

    def loss(log_temperature: float) -> float:
        probable = [shares(logits, np.exp(log_temperature))[range(len(at)), at] for logits, at in folds]
        return float(-np.log(np.clip(np.concatenate(probable), 1e-12, None)).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))


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
    unseen = Unseen()
    for seen, rest in folds.split(dev, statements["label_class"].to_numpy()[dev]):
        chosen = np.concatenate([dev[seen], more])
        model = train(statements[chosen], vectors[chosen], embedder.model_id)
        unseen.add(statements[dev[rest]], vectors[dev[rest]], model)
    for (name,), both in pl.concat(unseen.told).partition_by("half", as_dict=True).items():
        print_scores(f"{name}, cross-validated", statements.filter(half=name), both)
    for question in QUESTIONS:
        unseen.print_reliability(question)
    chosen = np.concatenate([dev, more])
    model = train(statements[chosen], vectors[chosen], embedder.model_id)
    heads = {name: head._replace(temperature=unseen.temperature(name)) for name, head in model.heads.items()}
    model = replace(model, heads=heads)
    for name in sorted({name for name in half if name.endswith(" held")} if options.held else ()):
        held = np.flatnonzero(half == name)
        print_scores(name, statements[held], told(statements[held], vectors[held], model))
    if options.write:
        MODEL.write_bytes(model.save())


def print_scores(name: str, by_rules: pl.DataFrame, together: pl.DataFrame) -> None:
    """Print accuracies by rules alone and together, then each answer's precision and recall."""
    if name.startswith(PROACTIVE):
        labelled = rows(PROACTIVE, "held" if " held" in name else "dev")
        for way, frame in (("rules alone", by_rules), ("with the model", together)):
            for score in proactive_scores(labelled, frame)[1:]:
                print(f"{name}, {way}:", "\n".join(score.lines(absent="no")))
        return
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
