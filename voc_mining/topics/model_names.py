"""Names that a language model suggests for topics: what it is asked, and which of its answers are taken.

It is asked with masked statements alone. An answer that is no name, or is in use, leaves the name as it was.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Protocol

import polars as pl

from voc_mining.ids import digest

SOURCE = "model"
_EXAMPLES = 8
_SHORTEST, _LONGEST = 2, 20
_QUOTES = "「」『』\"'“”*#・- 　。．."
_UNFIT = re.compile(r"[\n［］<>{}|]")


class TopicNamer(Protocol):
    """Answers a question with a name."""

    @property
    def name(self) -> str:
        """Which model answers; a part of the key of its answers."""
        ...

    def answer(self, instruction: str, question: str) -> str:
        """Answer in a few words.

        Raises
        ------
        EngineTrouble
            If there is no answer.
        """
        ...


@cache
def prompt() -> Mapping[str, str]:
    """Give the words in which a model is asked: ``instruction`` and ``question``."""
    content = (files("voc_mining.topics") / "data" / "naming_prompt.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)


def questions(topics: pl.DataFrame, texts: pl.DataFrame, namer_name: str) -> pl.DataFrame:
    """Put the question about each topic.

    Parameters
    ----------
    topics : DataFrame
        ``topic_id``, ``label``, ``keywords``, ``exemplars``.
    texts : DataFrame
        ``text_hash``, ``text`` (masked), which hold the exemplars.
    namer_name : str
        Name of the model.

    Returns
    -------
    DataFrame
        ``topic_id``, ``question``, ``name_key`` (digest of model, instruction and question), sorted by ``topic_id``.
    """
    said = dict(texts.select("text_hash", "text").iter_rows())
    rows = []
    for topic_id, label, keywords, exemplars in topics.select("topic_id", "label", "keywords", "exemplars").iter_rows():
        examples = "\n".join(f"- {said[each]}" for each in exemplars[:_EXAMPLES] if each in said)
        question = prompt()["question"].format(examples=examples, keywords="、".join(keywords), label=label)
        rows.append((topic_id, question, digest("topic name", namer_name, prompt()["instruction"], question)))
    schema = ["topic_id", "question", "name_key"]
    return pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row").sort("topic_id")


def usable(answer: str) -> str | None:
    r"""Give the name in an answer; None where it is none.

    >>> usable("「再設定メールが届かない」"), usable("はい、次のとおりです。\n再設定メール")
    ('再設定メールが届かない', None)
    """
    name = answer.strip().strip(_QUOTES)
    return name if _SHORTEST <= len(name) <= _LONGEST and not _UNFIT.search(name) else None


def with_model_names(topics: pl.DataFrame, answers: Mapping[str, str], taken: Collection[str] = ()) -> pl.DataFrame:
    """Call topics as a model suggests; what they were called stays the first of the other candidates.

    Parameters
    ----------
    topics : DataFrame
        Rows of ``topics``.
    answers : mapping of str to str
        Answer by topic.
    taken : collection of str
        Labels that are in use beside those of these topics.

    Returns
    -------
    DataFrame
        The same rows; no two labels are equal.
    """
    used = {*taken, *topics["label"]}
    labels, candidates = [], []
    for topic_id, label, listed in topics.select("topic_id", "label", "candidates").iter_rows():
        name = usable(answers.get(topic_id, ""))
        others = json.loads(listed or "[]")
        if name is None or (name in used and name != label):
            labels.append(label)
            candidates.append(listed)
            continue
        used.add(name)
        labels.append(name)
        others = [{"name": name, "source": SOURCE}, *(each for each in others if each["name"] != name)]
        candidates.append(json.dumps(others, ensure_ascii=False))
    return topics.with_columns(
        pl.Series("label", labels, dtype=pl.String), pl.Series("candidates", candidates, dtype=pl.String)
    )
