"""How well speakers on one channel are told apart, and the agent among them found.

    python -m benchmarks.speakers CLIPS [--calls 24] [--made 6] [--half 1]

CLIPS is a folder of read speech by several people with ``transcripts.tsv`` (file, speaker). Half 0 of the speakers and
of the made calls is the one that parameters were chosen on. Scores are shares of the time in which somebody speaks,
where two speak at once either is right.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from faster_whisper.vad import VadOptions, get_speech_timestamps

from benchmarks.mono_calls import PAIRS, MonoCall, lone_calls, made_call, read_voices, real_calls
from pipelines import engines
from pipelines.settings import Settings
from pipelines.steps.mine import PIECE_COLUMNS
from voc_mining.sample.phrasebook import read_phrasebook
from voc_mining.text.stage import to_utterances
from voc_mining.transcribe.audio import SAMPLE_RATE, Audio, AudioInfo, Samples
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.roles import RoleRules, with_roles
from voc_mining.transcribe.speakers import VoiceEncoder, speaker_turns
from voc_mining.transcribe.stage import Transcript, transcribe
from voc_mining.transcribe.transcriber import Recording
from voc_mining.voice.stage import statements

SEED = 20261122
LONGER = 4
_MONTH = "2026-11"
Span = tuple[float, float, int | None]


def stretches(samples: Samples) -> list[tuple[float, float]]:
    """Find speech as the transcriber does."""
    options = VadOptions(threshold=0.3, min_silence_duration_ms=500, speech_pad_ms=400)
    found = get_speech_timestamps(samples, options)
    return [(each["start"] / SAMPLE_RATE, each["end"] / SAMPLE_RATE) for each in found]


def shares(call: MonoCall, spans: Iterable[Span], *, named: bool = False) -> np.ndarray:
    """Shares of speaking time: wrong, undecided, not covered; without names, under the better naming of the two."""
    said = np.full(len(call.speaking), -1)
    for start, end, who in spans:
        said[int(start * 100) : int(end * 100)] = 2 if who is None else who
    speaking = call.speaking.any(axis=1)
    tries = []
    for swap in (0,) if named else (0, 1):
        told = (said == 0) | (said == 1)
        right = np.zeros(len(said), dtype=bool)
        for who in (0, 1):
            right |= (said == (who ^ swap)) & call.speaking[:, who]
        counted = [(told & ~right), said == 2, said == -1]
        tries.append([float((each & speaking).sum() / speaking.sum()) for each in counted])
    return np.array(min(tries))


def line(name: str, scores: Sequence[np.ndarray], extra: str = "") -> None:
    mean = np.mean(scores, axis=0) * 100
    print(f"| {name} | {len(scores)} | {mean[0]:.1f} % | {mean[1]:.1f} % | {mean[2]:.1f} % | {extra} |", flush=True)


def told_apart(calls: Sequence[MonoCall], encoder: VoiceEncoder, name: str) -> None:
    """Score the turns alone, without a transcript."""
    params = TranscribeParams().speakers
    scores, one = [], 0
    spent = 0.0
    for call in calls:
        speech = stretches(call.samples)
        began = time.process_time()
        turns = speaker_turns(call.samples, speech, encoder, params)
        spent += time.process_time() - began
        one += len({turn.speaker for turn in turns} - {None}) < 2
        scores.append(shares(call, [(turn.start_s, turn.end_s, turn.speaker) for turn in turns]))
    length = sum(len(call.samples) for call in calls) / SAMPLE_RATE
    wrong = np.array([score[0] for score in scores])
    line(
        name,
        scores,
        f"median {np.median(wrong):.0%}, worst {wrong.max():.0%}; one voice heard in {one}; {spent / length:.4f} core s per s",
    )


def transcripts(calls: Sequence[MonoCall], encoder: VoiceEncoder | None) -> pl.DataFrame:
    """Transcribe the calls as mono recordings; the columns that roles are decided on."""
    by_id = {f"{number:03}": call for number, call in enumerate(calls)}

    def audio(recording: Recording) -> Audio:
        return Audio(AudioInfo(1, 8000, "pcm_mulaw", None), (by_id[recording.audio_sha256].samples,))

    results = transcribe(
        [Recording(number, (number,)) for number in by_id],
        engines.transcriber(Settings()),
        TranscribeParams(),
        audio,
        encoder,
    )
    return pl.concat([result.utterances for result in results if isinstance(result, Transcript)]).with_columns(
        pl.col("audio_sha256").alias("contact_id"),
        pl.lit(None, pl.String).alias("direction"),
        pl.lit(None, pl.Int8).alias("agent_channel"),
        pl.lit(1, pl.Int8).alias("channels"),
        pl.lit(_MONTH).alias("month"),
        pl.lit("audio").alias("part"),
        pl.lit(None, pl.String).alias("question"),
    )


def spans_of(rows: pl.DataFrame, number: int, who: Callable[[dict], int | None]) -> list[Span]:
    mine = rows.filter(pl.col("contact_id") == f"{number:03}").sort("start_s")
    return [(row["start_s"], row["end_s"], who(row)) for row in mine.iter_rows(named=True)]


def voice(calls: Sequence[MonoCall], rows: pl.DataFrame, name: str) -> None:
    """Count the agents' turns that became a customer's statement, and the customers' that became none."""
    utterances = to_utterances(rows.select(PIECE_COLUMNS), engines.tokenizer(), engines.text_rules())
    contacts = rows.select("contact_id", "month").unique().sort("contact_id").with_columns(input_key=pl.lit(""))
    nothing = lambda texts: [[] for _ in texts]  # noqa: E731 - terms do not matter here
    voc = statements(utterances, contacts, engines.voice_rules(), nothing, nothing).voc
    counted = voc.filter("counts")
    agent = missed = agents = customers = 0
    for number, call in enumerate(calls):
        spans = counted.filter(pl.col("contact_id") == f"{number:03}").select("start_s", "end_s").rows()
        for who, start, end, _ in call.words:
            middle = [
                (first, last) for first, last in spans if min(end, last) - max(start, first) > 0.5 * (end - start)
            ]
            if who == 0:
                agents, agent = agents + 1, agent + bool(middle)
            else:
                customers, missed = customers + 1, missed + (not middle)
    print(f"| {name} | {agent} of {agents} | {customers - missed} of {customers} | {counted.height} |", flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("clips", type=Path)
    asked.add_argument("--calls", type=int, default=24)
    asked.add_argument("--made", type=int, default=6, help="made calls of each pair of voices")
    asked.add_argument("--half", type=int, default=1, choices=(0, 1))
    given = asked.parse_args()
    encoder = engines.voice_encoder(Settings())
    assert encoder is not None, "voc models install"
    voices = read_voices(given.clips)
    print("| turns | calls | wrong | undecided | not covered | |\n|---|---|---|---|---|---|")
    told_apart(real_calls(voices, given.half, given.calls, SEED), encoder, "two real voices")
    told_apart(real_calls(voices, given.half, given.calls, SEED, LONGER), encoder, "two real voices, longer calls")
    told_apart(lone_calls(voices, given.half, SEED), encoder, "one real voice")
    told_apart(lone_calls(voices, given.half, SEED, LONGER), encoder, "one real voice, longer calls")
    book = read_phrasebook()
    first = 1000 * (1 + given.half)
    made = {
        pair: [made_call(first + 10 * place + n, pair, book, SEED) for n in range(given.made)]
        for place, pair in enumerate(PAIRS)
    }
    for pair, calls in made.items():
        told_apart(calls, encoder, f"made voices, {pair}")
    print("\n| by utterance | calls | wrong | undecided | without words | |\n|---|---|---|---|---|---|")
    roles = {"agent": 0, "customer": 1}
    everything: list[MonoCall] = []
    for pair, calls in made.items():
        rows = with_roles(transcripts(calls, encoder), RoleRules())
        speakers = [shares(call, spans_of(rows, n, lambda row: row["speaker"])) for n, call in enumerate(calls)]
        line(f"speaker, {pair}", speakers)
        named = [
            shares(call, spans_of(rows, n, lambda row: roles.get(row["role"])), named=True)
            for n, call in enumerate(calls)
        ]
        decided = rows.filter(pl.col("role").is_in(list(roles)))["contact_id"].n_unique()
        line(f"role, {pair}", named, f"agent named in {decided} of {len(calls)}")
        everything += calls
    rows = transcripts(everything, encoder)
    print("\n| roles | agents' turns counted as voice | customers' turns counted | statements |\n|---|---|---|---|")
    voice(everything, rows.with_columns(role=pl.lit("unknown")), "nobody told apart")
    voice(everything, with_roles(rows, RoleRules()), "by voice and phrases")
    voice(everything, rows.with_columns(role=_true_roles(everything, rows)), "as it was")


def _true_roles(calls: Sequence[MonoCall], rows: pl.DataFrame) -> pl.Series:
    """Role by who speaks most under each utterance."""
    told = []
    for row in rows.iter_rows(named=True):
        under = (
            calls[int(row["contact_id"])].speaking[int(row["start_s"] * 100) : int(row["end_s"] * 100) + 1].sum(axis=0)
        )
        told.append("agent" if under[0] >= under[1] else "customer")
    return pl.Series(told)


if __name__ == "__main__":
    main()
