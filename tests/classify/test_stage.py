"""The classifier beside the rules: its answers, how the two add up, and what stands without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from voc_mining.classify.decision import classified
from voc_mining.classify.model import QUESTIONS, ClassifierModel, Head, bundled_model, read_model
from voc_mining.classify.stage import classifications
from voc_mining.contracts.values import KINDS, POLARITIES

VALUES = {
    "kind": ("complaint", "praise"),
    "polarity": ("negative", "neutral", "positive"),
    "class": ("other", "trouble"),
    "experience": ("kept_waiting", "none"),
}


def head(question: str) -> Head:
    """First dimension and 高 speak for the first answer; the rules push towards the answer of the same name."""
    values = VALUES[question]
    weights = np.zeros((2, len(values)), dtype=np.float32)
    weights[0, 0] = 2.0
    rules = {
        column: {value: (np.array(values) == value).astype(np.float32) for value in values}
        for column in QUESTIONS[question]
    }
    grams = np.zeros((2, len(values)), dtype=np.float32)
    grams[0, 0] = 3.0
    return Head(values, weights, grams, np.zeros(len(values), dtype=np.float32), rules)


MODEL = ClassifierModel(
    "tiny",
    np.zeros(2, dtype=np.float32),
    ("高", "安"),
    np.ones(2),
    {question: head(question) for question in QUESTIONS},
)


def texts(words: str = "", **given: tuple[float, float]) -> pl.DataFrame:
    return pl.DataFrame(
        {"text_hash": list(given), "text": [words] * len(given), "vector": [list(v) for v in given.values()]},
        schema={"text_hash": pl.String, "text": pl.String, "vector": pl.List(pl.Float32)},
    )


def statements(**kinds: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "text_hash": list(kinds),
            "kind": list(kinds.values()),
            "kind_evidence": ["words"] * len(kinds),
            "kind_score": [0.9] * len(kinds),
            "polarity": ["neutral"] * len(kinds),
            "polarity_score": [0.0] * len(kinds),
            "class": ["other"] * len(kinds),
            "asked": [None] * len(kinds),
            "experience": [None] * len(kinds),
        },
        schema_overrides={
            "asked": pl.String,
            "experience": pl.String,
            "kind_score": pl.Float64,
            "polarity_score": pl.Float64,
        },
    )


def test_vector_and_rules_add_up():
    answers = classifications(texts(a=(1.0, 0.0), b=(0.0, 1.0)), MODEL)
    told = classified(statements(a="praise", b="praise"), answers, MODEL)
    # By the vector 2 for complaint against 1 for praise by the rules; then nothing against 1.
    assert told.select("text_hash", "kind", "kind_evidence").rows() == [
        ("a", "complaint", None),
        ("b", "praise", "words"),
    ]
    assert told["kind_score"].to_list() == pytest.approx([np.e / (1 + np.e)] * 2, abs=1e-3)


def test_characters_add_to_the_vector():
    told = classified(statements(a="praise"), classifications(texts("高い", a=(0.0, 1.0)), MODEL), MODEL)
    # 3 for complaint by 高, the only run of characters that is known, against 1 for praise by the rules.
    assert told["kind"].to_list() == ["complaint"]


def test_what_was_asked_adds_to_the_class_and_temperature_only_softens():
    answers = classifications(texts(a=(0.0, 1.0)), MODEL)
    asked = statements(a="praise").with_columns(pl.lit("trouble").alias("asked"))
    told = classified(asked, answers, MODEL)
    # 1 for other by the rules' class against 1 for trouble by the question: the first of equals.
    assert told["class_score"].to_list() == [0.5]
    soft = replace(MODEL, heads={name: one._replace(temperature=2.0) for name, one in MODEL.heads.items()})
    plain, softened = (classified(statements(a="praise"), answers, model) for model in (MODEL, soft))
    assert plain["kind"].to_list() == softened["kind"].to_list()
    odds = np.exp(np.array([1.0, 0.0]) / 2.0)
    assert softened["kind_score"].item() == pytest.approx(odds[0] / odds.sum(), abs=1e-3)
    assert read_model(soft.save()).heads["kind"].temperature == 2.0
    assert soft.classifier_id == MODEL.classifier_id


def test_the_score_of_a_tone_is_positive_less_negative():
    answers = classifications(texts(a=(1.0, 0.0)), MODEL)
    told = classified(statements(a="praise"), answers, MODEL)
    odds = np.exp([2.0, 1.0, 0.0])
    assert told["polarity"].to_list() == ["negative"]
    assert told["polarity_score"].item() == pytest.approx((odds[2] - odds[0]) / odds.sum(), abs=1e-3)


def test_trouble_with_the_support_that_only_the_model_hears():
    told = classified(statements(a="praise"), classifications(texts(a=(1.0, 0.0)), MODEL), MODEL)
    assert told["experience"].to_list() == ["kept_waiting"]


def test_how_one_was_spoken_to_is_left_to_the_rules():
    rude = statements(a="praise", b="praise").with_columns(experience=pl.lit("attitude"))
    told = classified(rude, classifications(texts(a=(1.0, 0.0), b=(-1.0, 0.0)), MODEL), MODEL)
    assert told["experience"].to_list() == ["kept_waiting", "attitude"]


def test_without_an_answer_the_rules_stand():
    given = statements(a="praise", b="complaint")
    nothing = classifications(texts(), MODEL)
    told = classified(given, nothing, MODEL)
    assert told.drop("class_score").equals(given)
    assert told["class_score"].to_list() == [None] * given.height


def test_no_statements_give_none():
    assert classified(statements(), classifications(texts(a=(1.0, 0.0)), MODEL), MODEL).is_empty()


def test_an_unknown_answer_of_the_rules_adds_nothing():
    told = classified(statements(a="request"), classifications(texts(a=(0.0, 1.0)), MODEL), MODEL)
    assert told["kind_score"].item() == 0.5


def test_answers_do_not_depend_on_the_others_of_their_chunk():
    many = texts(**{f"t{n:03}": (float(np.cos(n)), float(np.sin(n))) for n in range(300)})
    whole = classifications(many, MODEL)
    assert whole.equals(pl.concat([classifications(part, MODEL) for part in many.iter_slices(7)]))


def test_a_model_survives_its_file():
    assert read_model(MODEL.save()).classifier_id == MODEL.classifier_id


def test_the_bundled_model_answers_with_the_values_of_the_lake():
    model = bundled_model()
    assert set(model.heads["kind"].values) == set(KINDS)
    assert set(model.heads["polarity"].values) == set(POLARITIES)
    assert all(head.weights.shape == (len(model.centre), len(head.values)) for head in model.heads.values())
