"""Compute the mean of talk in general in the vectors of the model that is set, and put it beside those of other models.

    python -m benchmarks.general_talk

Sentences are those of ``voc_mining/topics/data/general_talk.csv``; ``general_talk_means.toml`` beside it gets one entry
per model and prompt. A lake takes it over with its next refit.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl

from pipelines import engines
from pipelines.settings import Settings
from voc_mining.text.normalize import normalize
from voc_mining.topics.field import model_and_prompt

DATA = Path(__file__).parents[1] / "voc_mining" / "topics" / "data"
MEANS = DATA / "general_talk_means.toml"
_A_LINE = 12


def main() -> None:
    embedder = engines.embedder(Settings())
    table = pl.read_csv(DATA / "general_talk.csv", comment_prefix="#", infer_schema_length=0)
    mean = embedder.encode([normalize(text) for text in table["text"]]).mean(axis=0, dtype=float)
    content = MEANS.read_text(encoding="utf-8")
    means = tomllib.loads(content) | {model_and_prompt(embedder.model_id): mean.tolist()}
    written = [line for line in content.splitlines() if line.startswith("#")]
    for name in sorted(means):
        written += ["", f'"{name}" = [']
        numbers = [f"{number:.6f}" for number in means[name]]
        written += [f"  {', '.join(numbers[at : at + _A_LINE])}," for at in range(0, len(numbers), _A_LINE)]
        written.append("]")
    MEANS.write_text("\n".join(written) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
