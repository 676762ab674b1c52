"""Scores of statements, kinds, polarity, urgency, classes, outcomes, feelings and harassment on labelled sets.

    python -m benchmarks.voice [--half dev|held] [--author 1|2|3] [--show NAME] [--scores]

``--author 2`` takes the sets of the second author, ``--author 3`` the statements from proactive contacts by the third. ``--show`` lists where label and result differ (kind, polarity, urgency, experience, need, statement, reason,
outcome, emotion, harassment, letter); for the half that rules are made with. ``--scores`` writes how often each order of ``kinds.csv`` was right about all
labelled statements but the held-back half.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import polars as pl

from voc_mining.contracts.values import HARASSMENT
from voc_mining.insight.proactive import proactive_class, prompted
from voc_mining.text.disfluency import plain
from voc_mining.text.rules import TextRules
from voc_mining.text.stage import to_utterances
from voc_mining.text.tokenizer_engine import FugashiTokenizer
from voc_mining.voice.course import PARTS
from voc_mining.voice.lexicon import first_match
from voc_mining.voice.rules import VoiceRules
from voc_mining.voice.stage import Voice, statements

LABELLED = Path(__file__).parent / "data" / "voice"
KIND_SCORES = Path(__file__).parents[1] / "voc_mining" / "voice" / "data" / "kind_scores.csv"
RULES = VoiceRules()
FILES = {1: "", 2: "2"}
"""What the files' names of each author end in."""
_FELT = 0.34
"""A part of a call is felt as good or bad where its mean is at least this far from 0."""

_SHARED = 0.6
"""A statement of a letter is the labelled one where this share of the shorter is in both, in one stretch."""


@dataclass
class Score:
    """Pairs of label and result of one question."""

    name: str
    pairs: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, label: str, result: str, text: str) -> None:
        """Take in one label, the result and the text they are about."""
        self.pairs.append((label, result, text))

    def lines(self, *, absent: str = "") -> Iterator[str]:
        """Accuracy, then precision and recall of each value; ``absent`` is no value of its own."""
        right = Counter(label for label, result, _ in self.pairs if label == result)
        labels = Counter(label for label, _, _ in self.pairs)
        results = Counter(result for _, result, _ in self.pairs)
        yield f"{self.name}: {sum(right.values())} / {len(self.pairs)} = {sum(right.values()) / len(self.pairs):.3f}"
        for value in sorted(set(labels) | set(results)):
            if value != absent:
                precision, recall = right[value] / max(results[value], 1), right[value] / max(labels[value], 1)
                yield f"    {value:18s} n {labels[value]:4d}  precision {precision:.3f}  recall {recall:.3f}"

    def differences(self) -> Iterator[str]:
        """Label, result and text where they differ."""
        yield from (f"{label} | {result} | {text}" for label, result, text in self.pairs if label != result)


def rows(name: str, half: str) -> list[dict[str, str]]:
    """Read the rows of a labelled set; files without a half are read whole."""
    with (LABELLED / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return [row for row in reader if row.get("half", half) == half]


def mined(pieces: Sequence[dict[str, object]]) -> tuple[pl.DataFrame, Voice]:
    """Take raw pieces of contacts through text and voice as a night does."""
    blank = {"month": "2026-04", "channel": None, "start_s": None, "end_s": None, "confidence": None, "flags": []}
    schema = {
        "contact_id": pl.String, "month": pl.String, "part": pl.String, "channel": pl.Int8, "role": pl.String,
        "start_s": pl.Float64, "end_s": pl.Float64, "confidence": pl.Float64, "flags": pl.List(pl.String),
        "text": pl.String,
    }  # fmt: skip
    frame = pl.DataFrame([blank | piece for piece in pieces], schema=schema)
    utterances = to_utterances(frame, FugashiTokenizer(), TextRules())
    contacts = frame.select("contact_id", "month").unique(maintain_order=True).with_columns(input_key=pl.lit("k"))
    return utterances, statements(utterances, contacts, RULES, _nothing, _nothing, plain=plain)


def _nothing(texts: Sequence[str]) -> list[list[str]]:
    return [[] for _ in texts]


def labelled_pieces(labelled: Sequence[dict[str, str]]) -> list[dict[str, object]]:
    """Single statements as contacts of their own, of the form that their style comes in."""
    parts = {"call": "audio", "survey": "answer", "note": "note"}
    return [
        {"contact_id": row["id"], "part": parts.get(row["style"], "body"), "role": "customer", "text": row["text"],
         "start_s": 0.0, "end_s": 3.0}
        for row in labelled
    ]  # fmt: skip


def single_statements(half: str, ending: str) -> list[Score]:
    """Kind, polarity, urgency, experience of support and proactive class of single statements."""
    labelled = rows(f"statements{ending}", half)
    voc = mined(labelled_pieces(labelled))[1].voc.with_columns(proactive_class().alias("class"))
    first = {row["contact_id"]: row for row in voc.sort("first_no", descending=True).iter_rows(named=True)}
    columns = {"kind": "kind", "polarity": "polarity", "urgency": "urgency", "family": "experience", "need": "class"}
    scores = {label: Score(column) for label, column in columns.items()}
    kept = Score("kept as a statement")
    for row in labelled:
        told = first.get(row["id"])
        kept.add("yes", "yes" if told else "no", row["text"])
        for label, column in columns.items():
            result = (told or {}).get(column) or (
                "" if label == "family" else "none" if label == "urgency" else "other"
            )
            scores[label].add(row[label], str(result), row["text"])
    return [kept, *scores.values()]


def proactive_answers(half: str, *, notes: bool) -> tuple[list[dict[str, str]], pl.DataFrame]:
    """Statements of the third author's proactive contacts with their question and the rules' class.

    Labels are of whole answers, so that full stops inside are taken for commas. With ``notes`` check-in notes go through the rules
    for notes, else they too are answers.
    """
    labelled = rows("proactive3", half)
    noted = {row["id"] for row in labelled if notes and row["source_kind"] == "checkin_note"}
    pieces = [
        {"contact_id": row["id"], "part": "note" if row["id"] in noted else "answer",
         "role": "writer" if row["id"] in noted else "customer", "text": row["text"].rstrip("。").replace("。", "、")}
        for row in labelled
    ]  # fmt: skip
    questions = pl.DataFrame(labelled).select(
        contact_id="id", question=pl.when(pl.col("question") != "").then("question")
    )
    voc = mined(pieces)[1].voc.sort("contact_id", "first_no").unique("contact_id", keep="first", maintain_order=True)
    told = voc.drop("question").join(questions, on="contact_id", how="left", validate="1:1", maintain_order="left")
    return labelled, told.with_columns(proactive_class().alias("class"))


def proactive_scores(labelled: Sequence[dict[str, str]], told: pl.DataFrame) -> list[Score]:
    """Class of every answer, and whether it was prompted where it is a statement; none is ``other``."""
    found = {row["contact_id"]: row for row in told.with_columns(prompted().alias("prompted")).iter_rows(named=True)}
    kept, classes, asked = Score("kept as a statement"), Score("class"), Score("prompted")
    for row in labelled:
        result, words = found.get(row["id"]), f"{row['source_kind']} {row['question']} → {row['text']}"
        kept.add("no" if row["class"] == "other" else "yes", "yes" if result else "no", words)
        classes.add(row["class"], str(result["class"]) if result else "other", words)
        if result:
            asked.add(row["prompted"], "yes" if result["prompted"] else "no", words)
    return [kept, classes, asked]


def whole_calls(half: str, ending: str) -> list[Score]:
    """Statements, reasons, outcomes, feelings and harassment of whole calls and chats."""
    calls = {row["id"]: row for row in rows(f"calls{ending}", half)}
    turns = [row for row in rows(f"turns{ending}", half) if row["call"] in calls]
    pieces = [
        {"contact_id": row["call"], "part": "audio", "role": row["role"], "channel": int(row["role"] == "customer"),
         "text": row["text"], "start_s": float(row["start"]), "end_s": max(float(row["end"]), float(row["start"]) + 0.1)}
        for row in turns
    ]  # fmt: skip
    utterances, voice = mined(pieces)
    placed = {name: list(part["text"]) for (name,), part in utterances.partition_by("contact_id", as_dict=True).items()}
    covered = {
        (row["contact_id"], no)
        for row in voice.voc.filter("counts").iter_rows(named=True)
        for no in range(row["first_no"], row["last_no"] + 1)
    }
    statement, turn_of = Score("turns of the customer that are statements"), Counter[str]()
    for row in turns:
        no = turn_of[row["call"]]
        turn_of[row["call"]] += 1
        if row["role"] == "customer" and no < len(placed[row["call"]]):
            label, result = row["label"] == "statement", (row["call"], no) in covered
            statement.add(*("yes" if value else "no" for value in (label, result)), row["text"])
    outcomes = {row["contact_id"]: row for row in voice.outcomes.iter_rows(named=True)}
    grave = voice.critical.filter(pl.col("family").is_in(HARASSMENT)).group_by("contact_id").agg("family")
    families = dict(grave.iter_rows())
    reasons = voice.voc.filter("is_reason").group_by("contact_id").agg(pl.col("first_no").first() + 1)
    named = dict(reasons.iter_rows())
    outcome, reason = Score("outcome"), Score("turn of the reason")
    felt, harassed, family = Score("feeling, thirds of calls"), Score("harassment"), Score("family of harassment")
    for name, call in calls.items():
        outcome.add(call["outcome"], outcomes[name]["outcome"], name)
        wanted = call["reason_turns"].split(",")
        reason.add("right", "right" if str(named.get(name, "")) in wanted else "wrong", f"{name} {named.get(name)}")
        for part in PARTS if call["medium"] == "call" else ():
            felt.add(call[f"emotion_{part}"], _sign(outcomes[name][f"emotion_{part}"]), f"{name} {part}")
        found = families.get(name, [])
        harassed.add(*("yes" if value else "no" for value in (call["harassment"] != "none", bool(found))), name)
        family.add(
            call["harassment"], call["harassment"] if call["harassment"] in found else (found or ["none"])[0], name
        )
    return [statement, reason, outcome, felt, harassed, family]


def whole_letters(half: str, ending: str) -> list[Score]:
    """Statements of whole mails, forms and notes, and whose words they are."""
    letters = {row["id"]: row for row in rows(f"letters{ending}", half)}
    labelled = [row for row in rows(f"letter_statements{ending}", half) if row["letter"] in letters]
    noted = {name for name, row in letters.items() if row["style"] == "check_in_note"}
    pieces = [
        {"contact_id": name, "part": "note" if name in noted else "body",
         "role": "writer" if name in noted else "customer", "text": row["text"].replace("\\n", "\n")}
        for name, row in letters.items()
    ]  # fmt: skip
    told = list(mined(pieces)[1].voc.filter("counts").iter_rows(named=True))
    found, whose = Score("sentences of letters that are statements"), Score("whose words in notes")
    matched = set[str]()
    for row in labelled:
        same = [one for one in told if one["contact_id"] == row["letter"] and _same(row["text"], one["text"])]
        matched |= {one["voc_id"] for one in same}
        found.add("yes", "yes" if same else "no", f"{row['letter']} {row['text']}")
        if same and row["letter"] in noted:
            whose.add(row["words_of"], same[0]["role"], f"{row['letter']} {row['text']}")
    for one in told:
        if one["voc_id"] not in matched:
            found.add("no", "yes", f"{one['contact_id']} {one['text']}")
    return [found, whose]


def _same(label: str, result: str) -> bool:
    """Tell whether one is most of the other, punctuation left out."""
    bare = [re.sub(r"[。、「」\s]", "", text) for text in (label, result)]
    shared = SequenceMatcher(None, *bare, autojunk=False).find_longest_match().size
    return shared >= _SHARED * min(len(text) for text in bare)


def write_kind_scores() -> None:
    """Count, for each order of the kinds' patterns, the labelled statements it decided, and those it decided rightly."""
    labelled = rows("statements", "dev") + rows("statements2", "dev") + rows("training", "train")
    voc = mined(labelled_pieces(labelled))[1].voc.sort("contact_id", "first_no").unique("contact_id", keep="first")
    labels = pl.DataFrame(labelled).select(contact_id="id", label="kind")
    found = first_match(voc["text"].unique(maintain_order=True), RULES.kinds).with_columns(
        pl.col("value").fill_null("other")
    )
    counts = (
        voc.select("contact_id", "text")
        .join(found, on="text", validate="m:1")
        .join(labels, on="contact_id", validate="1:1")
        .with_columns(pl.col("order").fill_null(0).cast(pl.Int64))
        .group_by("order", "value")
        .agg((pl.col("label") == pl.col("value").first()).sum().alias("right"), pl.len().alias("total"))
        .rename({"value": "kind"})
    )
    orders = pl.DataFrame([(0, "other"), *RULES.kinds.tiers("match")], schema=["order", "kind"], orient="row").unique()
    counted = orders.join(counts, on=["order", "kind"], how="left").fill_null(0).sort("order", "kind")
    told = "# How often each order of kinds.csv was right about labelled statements; written by python -m benchmarks.voice --scores.\n"
    KIND_SCORES.write_text(told + counted.write_csv(), "utf-8")


def _sign(value: float | None) -> str:
    return "0" if value is None or abs(value) < _FELT else "1" if value > 0 else "-1"


def main() -> None:
    """Print the scores of one half."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--half", choices=("dev", "held"), default="dev")
    asked.add_argument("--author", type=int, choices=(*FILES, 3), default=1)
    asked.add_argument("--show", default="")
    asked.add_argument("--scores", action="store_true")
    options = asked.parse_args()
    if options.scores:
        write_kind_scores()
        return
    if options.show and options.half == "held":
        asked.error("what is held back is not shown")
    if options.author in FILES:
        questions = (single_statements, whole_calls, whole_letters)
        scores = (score for question in questions for score in question(options.half, FILES[options.author]))
    else:
        scores = iter(proactive_scores(*proactive_answers(options.half, notes=True)))
    for score in scores:
        print("\n".join(score.lines(absent="no")))
        if options.show and options.show in score.name:
            print("\n".join(f"        {line}" for line in score.differences()))


if __name__ == "__main__":
    main()
