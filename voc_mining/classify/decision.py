"""What comes of a statement by the rules and the model together.

The model is linear, so the two parts add up: what text and vector say is stored once for each text, and what the
rules say is added when the statements are read. Better rules need no new vectors and no new answers.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from voc_mining.classify.model import ClassifierModel, Head

_NONE = "none"
"""The model's answer that there is no trouble with the support."""


def classified(statements: pl.DataFrame, answers: pl.DataFrame, model: ClassifierModel) -> pl.DataFrame:
    """Decide kind, tone, proactive class and trouble with the support by model and rules together.

    Parameters
    ----------
    statements : DataFrame
        ``text_hash``, the rules' ``kind``, ``polarity``, ``class`` and ``experience``, ``asked`` (what the question before it asks
        for), ``kind_evidence``, ``kind_score`` and ``polarity_score``; further columns stay.
    answers : DataFrame
        Rows of ``classifications`` by this model, ``text_hash`` unique.
    model : ClassifierModel
        The model they are of.

    Returns
    -------
    DataFrame
        The statements in their order, with ``class_score``, the probability of the class, null where the rules stand alone.
        Where a text has no answer, what the rules say stands. ``kind_score`` is the
        probability of the kind; ``polarity_score`` that of positive less that of negative. Words stay evidence only
        where the kind is the one that they decided. ``attitude`` is no answer of the model's: it stays where the model knows
        no other trouble with the support.
    """
    if statements.is_empty():
        return statements.with_columns(pl.lit(None, pl.Float64).alias("class_score"))
    known = answers.drop("classifier_id")
    joined = statements.join(known, on="text_hash", how="left", validate="m:1", maintain_order="left")
    told = pl.col("kind_logits").is_not_null()
    attitude = pl.when(pl.col("experience") == "attitude").then("experience")
    kind = _decided(joined, "kind", model.heads["kind"])
    tone = _decided(joined, "polarity", model.heads["polarity"])
    proactive = _decided(joined, "class", model.heads["class"])
    experience = _decided(joined, "experience", model.heads["experience"])
    signs = dict(zip(model.heads["polarity"].values, tone[1].T, strict=True))
    new = pl.DataFrame(
        {
            "new_kind": kind[0],
            "new_kind_score": kind[1].max(axis=1).round(3),
            "new_polarity": tone[0],
            "new_polarity_score": (signs["positive"] - signs["negative"]).round(3),
            "new_class": proactive[0],
            "new_class_score": proactive[1].max(axis=1).round(3),
            "new_experience": experience[0],
        }
    ).with_columns(pl.col("new_experience").replace(_NONE, None))
    names = ("kind", "kind_score", "polarity", "polarity_score", "class", "experience")
    decided = pl.concat([joined, new], how="horizontal").with_columns(
        pl.when(~told | (pl.col("new_kind") == pl.col("kind"))).then("kind_evidence").alias("kind_evidence"),
        pl.coalesce("new_experience", attitude).alias("new_experience"),
    )
    decided = decided.with_columns(pl.when(told).then(f"new_{name}").otherwise(name).alias(name) for name in names)
    sure = pl.when(told).then("new_class_score").alias("class_score")
    return decided.select(*statements.columns, sure)


def log_odds(statements: pl.DataFrame, question: str, head: Head) -> NDArray[np.float64]:
    """Add up what text, vector and rules say of each answer; statements without stored logits get the rules' part alone.

    Returns
    -------
    array, shape (statements, answers)
    """
    width = len(head.values)
    logits = (
        statements[f"{question}_logits"]
        .fill_null(pl.Series([[0.0] * width], dtype=pl.List(pl.Float32)))
        .explode()
        .to_numpy()
        .reshape(statements.height, width)
        .astype(np.float64)
    )
    for column, added in head.rules.items():
        for answer, weights in added.items():
            logits += np.outer((statements[column] == answer).fill_null(value=False).to_numpy(), weights)
    return logits


def shares(logits: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Turn log odds into probabilities of the answers, softened by a temperature."""
    odds = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _decided(statements: pl.DataFrame, question: str, head: Head) -> tuple[list[str], NDArray[np.float64]]:
    """Answer and probabilities of each statement; those without logits are answered too, and not used."""
    probable = shares(log_odds(statements, question, head), head.temperature)
    return [head.values[best] for best in probable.argmax(axis=1)], probable
