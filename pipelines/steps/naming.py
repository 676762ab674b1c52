"""What names topics within a step: clauses of their statements and, where one is configured, a language model."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from voc_mining.accounts import Account
from voc_mining.contracts.clause import ClauseCutter, NameSource
from voc_mining.embed.embedder import Embedder
from voc_mining.errors import EngineTrouble
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.model_names import TopicNamer, prompt, questions, usable, with_model_names


@dataclass(slots=True)
class TopicNaming:
    """Names new topics, and counts what a language model made of them.

    Parameters
    ----------
    cut : callable or None
        Cuts clauses out of texts; None names by terms and pairs.
    namer : TopicNamer or None
        Language model to ask; None asks nobody.
    embedder : Embedder or None
        Gives names vectors, where it is the one whose vectors the topics were found in.
    """

    cut: ClauseCutter | None = None
    namer: TopicNamer | None = None
    embedder: Embedder | None = None
    _counts: dict[str, int] = field(default_factory=dict)

    def source(self, model_id: str) -> NameSource | None:
        """Give what topics found in a model's vectors are named by; None names them by terms and pairs."""
        if self.cut is None:
            return None
        same = self.embedder is not None and self.embedder.model_id == model_id
        return NameSource(self.cut, self.embedder.encode if same and self.embedder else None)

    def asked(self, lake: DeltaStore, found: pl.DataFrame, texts: pl.DataFrame, taken: set[str]) -> pl.DataFrame:
        """Call topics as the model suggests; what it was asked before is read from ``topic_names``.

        The first question without an answer is the last of this run: topics without one keep their names.

        Parameters
        ----------
        lake : DeltaStore
            Tables.
        found : DataFrame
            New rows of ``topics``.
        texts : DataFrame
            ``text_hash``, ``text`` (masked) of their exemplars.
        taken : set of str
            Labels in use.
        """
        if self.namer is None or found.is_empty():
            return found
        wanted = questions(found, texts, self.namer.name)
        known = lake.read("topic_names").join(wanted.select("name_key").unique(), on="name_key", how="semi")
        answers = dict(known.select("name_key", "answer").iter_rows())
        missing = wanted.filter(~pl.col("name_key").is_in(list(answers))).unique("name_key", keep="first")
        given = self._answers(self.namer, missing.sort("topic_id"))
        if given:
            rows = [(key, self.namer.name, answer) for key, answer in given.items()]
            lake.append_new("topic_names", lake.tables["topic_names"].conform(_framed(rows)))
        answers |= given
        by_topic = {
            topic: answers[key] for topic, key in wanted.select("topic_id", "name_key").iter_rows() if key in answers
        }
        named = with_model_names(found, by_topic, taken)
        self._count(named, by_topic, set(given), wanted)
        return named

    def accounts(self) -> list[Account]:
        """Tell what became of the topics that were new; nothing where no model is asked."""
        if not self._counts:
            return []
        counts = dict(self._counts)
        produced, unchanged = counts.pop("produced", 0), counts.pop("unchanged", 0)
        inputs = produced + unchanged + sum(counts.values())
        return [Account("topic_names", inputs, produced=produced, unchanged=unchanged, dropped=counts).verify()]

    @staticmethod
    def _answers(namer: TopicNamer, missing: pl.DataFrame) -> dict[str, str]:
        answers: dict[str, str] = {}
        for key, question in missing.select("name_key", "question").iter_rows():
            try:
                answers[key] = namer.answer(prompt()["instruction"], question)
            except EngineTrouble:
                break
        return answers

    def _count(self, named: pl.DataFrame, answers: dict[str, str], given: set[str], wanted: pl.DataFrame) -> None:
        labels = dict(named.select("topic_id", "label").iter_rows())
        for topic, key in wanted.select("topic_id", "name_key").iter_rows():
            if topic not in answers:
                fate = "no_answer"
            elif usable(answers[topic]) != labels[topic]:
                fate = "no_name"
            else:
                fate = "produced" if key in given else "unchanged"
            self._counts[fate] = self._counts.get(fate, 0) + 1


def _framed(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["name_key", "model", "answer"], orient="row")
