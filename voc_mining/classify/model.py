"""The trained model: one linear head per question over a text's vector, its characters, and what the rules say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voc_mining.ids import digest

QUESTIONS = {
    "kind": ("kind",),
    "polarity": ("polarity", "kind"),
    "class": ("class", "kind", "asked"),
    "experience": ("experience",),
}
"""What is told of a statement, and the columns with the rules' answers that the head hears beside the vector."""


class Head(NamedTuple):
    """Multinomial logistic regression for one question.

    Parameters
    ----------
    values : tuple of str
        Answers, in the order of the columns.
    weights : array, shape (dimensions, answers)
        Of the centred vector.
    gram_weights : array, shape (grams, answers)
        Of the runs of characters.
    bias : array, shape (answers,)
    rules : mapping of str to mapping of str to array, shape (answers,)
        By column and answer of the rules, what that adds.
    temperature : float, default 1
        What the sums are divided by before they become probabilities, so that of the answers given with 0.8 eight
        in ten are right (Guo et al., ICML 2017). The answer stays the same.
    """

    values: tuple[str, ...]
    weights: NDArray[np.float32]
    gram_weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    rules: Mapping[str, Mapping[str, NDArray[np.float32]]]
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class ClassifierModel:
    """Heads for the texts and their vectors by one embedding model.

    Parameters
    ----------
    model_id : str
        Embedding model whose vectors it was trained on; of no use with others.
    centre : array, shape (dimensions,)
        Mean of the training vectors: vectors of one model lie in a narrow cone, and what tells them apart is
        what they have beyond their mean.
    grams : tuple of str
        Runs of one to four characters that were seen in at least two texts.
    idf : array, shape (grams,)
        Their inverse document frequency.
    heads : mapping of str to Head
        By question.
    """

    model_id: str
    centre: NDArray[np.float32]
    grams: tuple[str, ...]
    idf: NDArray[np.float64]
    heads: Mapping[str, Head]

    @property
    def classifier_id(self) -> str:
        """Digest of all weights: stored answers of models with equal ids are equal (temperatures are applied when read)."""
        parts = [self.model_id, _bytes(self.centre), *self.grams, _bytes(self.idf)]
        for question, head in self.heads.items():
            parts += [question, *head.values, _bytes(head.weights), _bytes(head.gram_weights), _bytes(head.bias)]
            for column, answers in head.rules.items():
                parts += [part for answer, added in answers.items() for part in (column, answer, _bytes(added))]
        return digest("classifier", *parts)

    def save(self) -> bytes:
        """Pack the model into the bytes of an ``.npz`` file."""
        arrays: dict[str, NDArray[np.generic]] = {
            "model_id": np.array(self.model_id),
            "centre": self.centre,
            "grams": np.array(self.grams),
            "idf": self.idf,
        }
        for question, head in self.heads.items():
            arrays |= {
                f"{question}/values": np.array(head.values),
                f"{question}/weights": head.weights,
                f"{question}/gram_weights": head.gram_weights.astype(np.float16),
                f"{question}/bias": head.bias,
                f"{question}/temperature": np.array(head.temperature),
            }
            for column, answers in head.rules.items():
                arrays |= {f"{question}/rules/{column}/{answer}": added for answer, added in answers.items()}
        packed = BytesIO()
        np.savez_compressed(packed, allow_pickle=False, **arrays)
        return packed.getvalue()


def read_model(packed: bytes) -> ClassifierModel:
    """Read the model from the bytes of an ``.npz`` file; nothing in it can be code."""
    with np.load(BytesIO(packed), allow_pickle=False) as arrays:
        heads = {}
        for question, columns in QUESTIONS.items():
            rules: dict[str, dict[str, NDArray[np.float32]]] = {column: {} for column in columns}
            for name in arrays.files:
                if name.startswith(f"{question}/rules/"):
                    column, answer = name.removeprefix(f"{question}/rules/").split("/")
                    rules[column][answer] = arrays[name]
            heads[question] = Head(
                tuple(arrays[f"{question}/values"].tolist()),
                arrays[f"{question}/weights"],
                arrays[f"{question}/gram_weights"].astype(np.float32),
                arrays[f"{question}/bias"],
                rules,
                float(arrays[f"{question}/temperature"]),
            )
        grams = tuple(arrays["grams"].tolist())
        return ClassifierModel(str(arrays["model_id"]), arrays["centre"], grams, arrays["idf"], heads)


@cache
def bundled_model() -> ClassifierModel:
    """Read the model that comes with the program, trained for the embedded embedding model."""
    return read_model(files("voc_mining.classify").joinpath("data", "statements.npz").read_bytes())


def _bytes(array: NDArray[np.floating[Any]]) -> str:
    return array.astype("<f2").tobytes().hex()
