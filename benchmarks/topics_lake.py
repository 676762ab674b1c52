"""The topics step in a real lake of many distinct statements, with vectors prepared: time and peak of memory by phase.

    python benchmarks/topics_lake.py FOLDER 200000 [FILE:TEXT:LABEL ...]

Real vectors drawn with replacement from labelled sets, each turned a little, stand for statements that are all distinct
(as in ``topics_found.py``); each is a contact of its own, every tenth in answer to a question of ours. Each phase runs in a
process of its own: discovery and assignment in memory; the step that founds the topics and assigns all; a day of a hundredth
more; the topics read with edits (two merged, one split, ten statements moved, a heading); two guided topics settled over all
statements, and the topics read with them.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

HERE = Path(__file__).parent
CHUNK = 50_000
FOUND_LATER = 0.01


def build(folder: Path, size: int, sets: list[str]) -> None:
    """Write statements, vectors and segments of ``size`` statements into a lake, and those of the day after beside it."""
    from topics_found import SETS, grown, read  # noqa: PLC0415

    from pipelines import engines  # noqa: PLC0415 - each phase loads what it needs
    from pipelines.settings import Settings  # noqa: PLC0415
    from voc_mining.ids import digest  # noqa: PLC0415
    from voc_mining.store.delta import open_lake  # noqa: PLC0415
    from voc_mining.text.terms import pairs, terms  # noqa: PLC0415

    model_id = engines.embedder(Settings()).model_id
    rows = grown([read(each) for each in (*SETS, *sets)], size + int(size * FOUND_LATER))
    distinct = pl.DataFrame({"text": sorted(set(rows.texts))})
    tokens = [engines.tokenizer().tokenize(text) for text in distinct["text"]]
    worded = distinct.with_columns(
        pl.Series("terms", [terms(each) for each in tokens], dtype=pl.List(pl.String)),
        pl.Series("pairs", [pairs(each) for each in tokens], dtype=pl.List(pl.String)),
    )
    lakes = open_lake(str(folder / "lake")), open_lake(str(folder / "day"))
    for start in range(0, len(rows.texts), CHUNK):
        for lake, first, last in (
            (lakes[0], start, min(start + CHUNK, size)),
            (lakes[1], max(start, size), start + CHUNK),
        ):
            numbers = range(first, min(last, len(rows.texts)))
            if not numbers:
                continue
            said = pl.DataFrame(
                {
                    "voc_id": [digest("statement", str(number)) for number in numbers],
                    "contact_id": [f"K{number:08d}" for number in numbers],
                    "text_hash": [digest("text", str(number)) for number in numbers],
                    "text": [rows.texts[number] for number in numbers],
                    "month": [f"2026-{1 + number % 12:02d}" for number in numbers],
                    "origin": ["proactive" if number % 10 == 0 else "reactive" for number in numbers],
                }
            ).join(worded, on="text", how="left", maintain_order="left")
            _deliver(lake, said, rows.vectors[numbers.start : numbers.stop], model_id)


def _deliver(lake, said: pl.DataFrame, vectors, model_id: str) -> None:  # noqa: ANN001
    voc = said.drop("origin").with_columns(
        pl.lit(0).alias("first_no"), pl.lit(0).alias("last_no"), pl.lit("body").alias("part"), pl.lit("customer").alias("role"),
        pl.lit(value=False).alias("quoted"), pl.lit("inquiry").alias("kind"), pl.lit("").alias("kind_evidence"),
        pl.lit("neutral").alias("polarity"), pl.lit("none").alias("urgency"), pl.lit(value=True).alias("counts"),
    )  # fmt: skip
    lake.append_new("voc", lake.tables["voc"].conform(voc))
    column = pl.Series("vector", vectors.reshape(-1), dtype=pl.Float32).reshape(vectors.shape).cast(pl.List(pl.Float32))
    embedded = said.select("text_hash", pl.lit(model_id).alias("model_id"), column)
    lake.append_new("vectors", lake.tables["vectors"].conform(embedded))
    segments = said.select(
        "contact_id", "origin", pl.lit("test").alias("origin_rule"), pl.lit("unknown").alias("silence")
    )
    lake.append_new("segments", lake.tables["segments"].conform(segments))


def in_memory(folder: Path) -> dict[str, object]:
    """Discovery and assignment without a lake: what the vectors alone cost."""
    from topics_ways import ours  # noqa: PLC0415

    from voc_mining.store.delta import open_lake  # noqa: PLC0415
    from voc_mining.topics.space import matrix  # noqa: PLC0415

    vectors = matrix(open_lake(str(folder / "lake")).scan("vectors").select("vector").collect()["vector"])
    found = ours(vectors, [str(number) for number in range(len(vectors))], 0)
    return {"topics": len(set(found.tolist()) - {-1}), "without": float((found < 0).mean())}


def step(folder: Path) -> dict[str, object]:
    """Run the topics step as a night does."""
    from pipelines import engines  # noqa: PLC0415
    from pipelines.settings import Settings  # noqa: PLC0415
    from pipelines.steps.topics import topics_step  # noqa: PLC0415
    from voc_mining.store.delta import open_lake  # noqa: PLC0415
    from voc_mining.topics.params import TopicsParams  # noqa: PLC0415

    lake, settings = open_lake(str(folder / "lake")), Settings()
    params = TopicsParams(model_id=engines.embedder(settings).model_id)
    account = topics_step(lake, params, engines.topic_naming(str(folder / "lake"), settings))[0]
    return {"topics": lake.count("topics"), "without": account.dropped.get("no_topic", 0) / account.inputs}


def day(folder: Path) -> dict[str, object]:
    """Take the statements of the day after in, and run the step."""
    from voc_mining.store.delta import open_lake  # noqa: PLC0415

    lake, new = open_lake(str(folder / "lake")), open_lake(str(folder / "day"))
    for table in ("voc", "vectors", "segments"):
        lake.append_new(table, new.read(table))
    return step(folder)


def edited(folder: Path) -> dict[str, object]:
    """Read the topics with analysts' edits."""
    from pipelines.commands import topic_edits as desk  # noqa: PLC0415
    from pipelines.steps.edited import edited_topics  # noqa: PLC0415
    from voc_mining.store.delta import open_lake  # noqa: PLC0415

    lake = open_lake(str(folder / "lake"))
    if lake.read("topic_edits").is_empty():
        largest = lake.scan("assignments").drop_nulls("topic_id").group_by("topic_id").len().collect()
        order = largest.sort("len", "topic_id", descending=[True, False])["topic_id"].to_list()
        hashes = lake.scan("assignments").filter(pl.col("topic_id") == order[0]).select("text_hash").head(13)
        said = lake.scan("voc").join(hashes, on="text_hash", how="semi").select("voc_id").collect()["voc_id"].to_list()
        desk.split_topic(lake, order[0], said[:3], "分けた話題", author="benchmark")
        desk.move_statements(lake, said[3:], order[1], author="benchmark")
        desk.merge_topics(lake, [order[2]], order[3], author="benchmark")
        desk.group_topics(lake, order[4:6], "見出し", author="benchmark")
    return timed(lambda: {"topics": edited_topics(lake).topics.height})


def settled(folder: Path) -> dict[str, object]:
    """Settle two guided topics, each a name and three examples that somebody said, as the step does at night."""
    from pipelines.steps.guided import guided_step  # noqa: PLC0415
    from voc_mining.ids import text_hash  # noqa: PLC0415
    from voc_mining.store.delta import open_lake  # noqa: PLC0415

    lake = open_lake(str(folder / "lake"))
    if lake.read("codes").is_empty():
        first = lake.scan("voc").select("text", "text_hash").head(6).collect()
        vectors = lake.scan("vectors").join(first.lazy().select("text_hash"), on="text_hash", how="semi").collect()
        known = vectors.join(first, on="text_hash", validate="1:1")
        hashes = pl.Series("text_hash", [text_hash(text) for text in known["text"]])
        lake.append_new("vectors", known.drop("text").with_columns(hashes))
        texts = known["text"].to_list()
        rows = pl.DataFrame({"name": ["手本の話題A", "手本の話題B"], "examples": [texts[:3], texts[3:]]}).with_columns(
            pl.lit("codes.csv").alias("source_file"),
            pl.lit("").alias("content_key"),
            pl.int_range(pl.len()).alias("source_row"),
        )
        lake.append_new("codes", lake.tables["codes"].conform(rows))

    def settle() -> dict[str, object]:
        guided_step(lake)
        return {"topics": 2}

    return timed(settle)


def read_all(folder: Path) -> dict[str, object]:
    """Read the topics with edits and guided topics beside, as a publish does."""
    from pipelines.steps.edited import edited_topics  # noqa: PLC0415
    from voc_mining.store.delta import open_lake  # noqa: PLC0415

    lake = open_lake(str(folder / "lake"))
    return timed(lambda: {"topics": edited_topics(lake).topics.height})


def timed(work: Callable[[], dict[str, object]]) -> dict[str, object]:
    """Do something and add how long it took: what was prepared before does not count."""
    start, processor = time.perf_counter(), time.process_time()
    told = work()
    return told | {"seconds": time.perf_counter() - start, "processor": time.process_time() - processor}


PHASES = {
    "in memory": in_memory,
    "found": step,
    "a day more": day,
    "read with edits": edited,
    "guided topics settled": settled,
    "read with guided topics": read_all,
}


def main() -> None:
    folder = Path(sys.argv[1])
    if sys.argv[2] == "--phase":
        told = timed(lambda: PHASES[sys.argv[3]](folder))
        print(json.dumps(told | {"mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    if sys.argv[2] == "--build":
        build(folder, int(sys.argv[3]), sys.argv[4:])
        return
    size, sets = int(sys.argv[2]), sys.argv[3:]
    if not (folder / "lake").exists():
        subprocess.run([sys.executable, __file__, str(folder), "--build", str(size), *sets], check=True)
    print(
        "| statements | phase | topics | without | seconds | processor seconds | peak MiB |\n|---|---|---|---|---|---|---|"
    )
    for phase in PHASES:
        command = [sys.executable, __file__, str(folder), "--phase", phase]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        without = f"{told['without']:.2f}" if "without" in told else ""
        print(
            f"| {size:,} | {phase} | {told['topics']} | {without} | {told['seconds']:.0f} | {told['processor']:.0f} |"
            f" {told['mebibytes']:,.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    main()
