"""How much of what machines say at the beginning of calls is told from what people say there.

    python -m benchmarks.announcements FOLDER

The announcements and the people's sentences of ``data/announcements`` are spoken into calls on two channels at 8 kHz, µ-law:
an announcement, an agent's opening and a customer's request; or people alone, whose sentences sound alike. Each call goes
through transcription and the deciding of roles as in a run. Counted are characters in utterances, by who speaks there and
whether they got the role ``ivr``. ``dev`` was looked at while the templates were chosen; of ``held`` only these counts.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines import engines
from pipelines.settings import Settings
from voc_mining.sample.sound_engine import write_sound
from voc_mining.sample.speech import RATE, Samples, Voice, telephone
from voc_mining.sample.speech_engine import OpenJTalkSpeech
from voc_mining.text.tokens import reading
from voc_mining.transcribe.audio_engine import decode
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.phrases import bare
from voc_mining.transcribe.roles import RoleRules, with_roles
from voc_mining.transcribe.stage import Transcript, transcribe
from voc_mining.transcribe.transcriber import Recording

SENTENCES = Path(__file__).parent / "data" / "announcements" / "announcements.csv"
_BETWEEN = "｜"
_GAP_S, _ANSWER_S = 0.5, 1.5
_NOISE = 3e-4
_OPENING = "お電話ありがとうございます。サポート窓口の佐藤でございます。"
_REQUEST = "先月の請求書が届かないのですが。"


@dataclass(frozen=True, slots=True)
class Call:
    """A call made of one row: its file, its part, and until when which row's speaker speaks alone."""

    path: Path
    part: str
    who: str
    start_s: float
    end_s: float
    channel: int


def speak_calls(folder: Path) -> list[Call]:
    """Speak every row into a call of its own; the same words are not spoken twice."""
    lines = [line for line in SENTENCES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    engine = OpenJTalkSpeech()
    calls = []
    for number, row in enumerate(csv.DictReader(lines)):
        said = row["text"].split(_BETWEEN)
        opening = [] if row["who"] == "agent" else [("agent", _OPENING)]
        own = [(row["who"], sentence) for sentence in said]
        turns = own + opening if row["who"] == "machine" else opening + own
        turns += [] if row["who"] == "customer" else [("customer", _REQUEST)]
        pieces: list[tuple[int, float, Samples]] = []
        position, spans = _GAP_S, []
        for place, (who, sentence) in enumerate(turns):
            voice = Voice(is_agent=who != "customer", variant=number, is_machine=who == "machine")
            sound = telephone(engine.speak(sentence, voice))
            changes = place > 0 and turns[place - 1][0] != who
            position += _ANSWER_S if changes else 0.0
            pieces.append((int(who == "customer"), position, sound))
            if (who, sentence) in own:
                spans.append((position, position + len(sound) / RATE))
            position += len(sound) / RATE + _GAP_S
        samples = (
            np.random.default_rng(number).normal(0.0, _NOISE, (2, round((position + 1) * RATE))).astype(np.float32)
        )
        for channel, start, sound in pieces:
            samples[channel, round(start * RATE) : round(start * RATE) + len(sound)] += sound
        path = folder / f"{row['set']}-{number:02d}-{row['who']}.wav"
        write_sound(path, samples, "ulaw")
        calls.append(Call(path, row["set"], row["who"], spans[0][0], spans[-1][1], int(row["who"] == "customer")))
    return calls


def heard(calls: list[Call], kept: Path) -> pl.DataFrame:
    """Utterances of the calls with their flags; what is kept from an earlier run is taken."""
    if not kept.exists():
        recordings = [Recording(call.path.stem, (str(call.path),)) for call in calls]
        transcriber = engines.transcriber(Settings())
        results = transcribe(recordings, transcriber, TranscribeParams(), lambda r: decode(Path(r.paths[0])))
        pl.concat(result.utterances for result in results if isinstance(result, Transcript)).write_parquet(kept)
    return pl.read_parquet(kept)


def decided(utterances: pl.DataFrame, *, by_sound: bool) -> pl.DataFrame:
    """Add the roles that a run would decide on, with announcements known by their sound or by their words alone."""
    rows = utterances.with_columns(
        pl.col("audio_sha256").alias("contact_id"),
        pl.lit(None, pl.String).alias("direction"),
        pl.lit(0, pl.Int8).alias("agent_channel"),
        pl.lit(2, pl.Int8).alias("channels"),
    )
    return with_roles(rows, RoleRules(), (lambda text: reading(text, engines.tokenizer())) if by_sound else None)


def main() -> None:
    """Print characters by part, speaker and whether they were taken for a machine's."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--show", action="store_true", help="print what was heard of the dev part")
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    calls = speak_calls(given.folder)
    utterances = heard(calls, given.folder / "heard.parquet")
    print("| set | who speaks | calls | known by | characters taken for a machine's | calls with any |")
    print("|---|---|---|---|---|---|")
    for by_sound in (False, True):
        for (part, who), (n, taken, total, touched) in counted(calls, decided(utterances, by_sound=by_sound)).items():
            known_by = "words and sound" if by_sound else "words"
            print(
                f"| {part} | {who} | {n} | {known_by} | {taken} / {total} ({taken / max(1, total):.0%}) | {touched} |"
            )
    if given.show:
        shown = decided(utterances, by_sound=True).filter(pl.col("audio_sha256").str.starts_with("dev"))
        for row in shown.sort("audio_sha256", "start_s").select("audio_sha256", "role", "text").iter_rows():
            print(*row)


def counted(calls: list[Call], rows: pl.DataFrame) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """Calls, characters taken for a machine's, all characters and calls with any, by part and speaker."""
    found: dict[tuple[str, str], tuple[int, int, int, int]] = {}
    middle = (pl.col("start_s") + pl.col("end_s")) / 2
    for call in calls:
        own = rows.filter(
            pl.col("audio_sha256") == call.path.stem,
            pl.col("channel") == call.channel,
            middle.is_between(call.start_s - _GAP_S, call.end_s + _GAP_S),
        )
        machine = own.filter(pl.col("role") == "ivr")
        taken, total = (sum(len(bare(text)) for text in part["text"]) for part in (machine, own))
        before = found.get((call.part, call.who), (0, 0, 0, 0))
        this = (1, taken, total, int(not machine.is_empty()))
        found[call.part, call.who] = tuple(map(sum, zip(before, this, strict=True)))  # type: ignore[assignment]
    return found


if __name__ == "__main__":
    main()
