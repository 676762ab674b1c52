"""Recordings with known words, for the transcription benchmark: made telephone calls, and read speech.

    python -m benchmarks.spoken_calls FOLDER [--calls 120] [--read CLIPS] [--seed 20261122]

writes ``FOLDER/<set>/*.wav`` and ``FOLDER/<set>.json``, the words of every channel, for the sets

- ``calls``: two speakers on two channels at 8 kHz, µ-law, well under a minute each. What customers say comes from the
  sample's phrasebook, what agents say from ``data/call_frames_ja.toml``; speakers differ in pitch, speed and level,
  lines in noise, and listeners say はい while the other one speaks;
- ``clean`` and ``telephone``, with ``--read``: clips of read speech, a folder with ``transcripts.tsv`` (file, text),
  as they are, and through a simulated telephone line (300-3400 Hz, 8 kHz, noise, µ-law).

The same seed makes the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyopenjtalk
from scipy.signal import resample_poly

from voc_mining.sample.draws import Draws
from voc_mining.sample.phrasebook import Phrasebook, read_phrasebook
from voc_mining.sample.sound_engine import write_sound
from voc_mining.sample.speech import RATE, Samples, telephone
from voc_mining.sample.wording import Author
from voc_mining.transcribe.audio_engine import decode

SEED = 20261122
CALLS = 120
_FRAMES = Path(__file__).parent / "data" / "call_frames_ja.toml"
_DAY = date(2026, 6, 1)
_SPEECH_RATE = 48_000
_FULL_SCALE = 32_768.0
_LEAD_S = 0.5
# Half tones and speed of agents and customers: what one voice can be bent to and still sound like a person.
_PITCH = {"a": (-1.0, 3.0), "c": (-6.0, 2.0)}
_SPEED = {"a": (1.0, 1.25), "c": (0.85, 1.2)}
_LEVEL_DB = (-18.0, 0.0)
_NOISE_DB = (-66.0, -42.0)
_PAUSE_S = (0.2, 1.0)
_HOLD_SHARE, _HOLD_S = 0.06, (4.0, 10.0)
_NOD_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Line:
    """Words of one speaker: agent ``a`` or customer ``c``."""

    who: str
    text: str


def script(number: int, seed: int, book: Phrasebook) -> list[Line]:
    """Write what is said in one call."""
    frames = tomllib.loads(_FRAMES.read_text(encoding="utf-8"))
    draws = Draws(seed, f"script {number}")
    author = Author(book, draws)
    inbound = draws.chance(0.75)
    topic = author.topic(_DAY, "reactive", "both") if inbound else author.asked_topic(_DAY)
    said = [statement.text for statement in author.sentences(topic, draws.between(1, 2), "quoted")]

    def frame(kind: str) -> str:
        return book.fill(draws.one_of(frames[kind]), draws, echo=topic.title)

    lines = [Line("a", frame("openings" if inbound else "outbound")), Line("c", frame("greetings"))]
    for statement in said:
        lines += [Line("c", statement), Line("a", frame("questions")), Line("c", frame("answers"))]
    lines += [Line("a", frame("actions")), Line("c", frame("replies")), Line("a", frame("closings"))]
    return lines


def speak(lines: list[Line], number: int, seed: int) -> tuple[Samples, list[str]]:
    """Speak a call: its two channels at 8 kHz, and the words of each; the agent's channel changes from call to call."""
    nods = tomllib.loads(_FRAMES.read_text(encoding="utf-8"))["nods"]
    draws = np.random.default_rng([seed, number])
    agent = int(draws.integers(2))
    channel = {"a": agent, "c": 1 - agent}
    pitch, speed = ({who: draws.uniform(*span[who]) for who in "ac"} for span in (_PITCH, _SPEED))
    level = {who: 10 ** (draws.uniform(*_LEVEL_DB) / 20) for who in "ac"}

    def voiced(who: str, text: str) -> Samples:
        wide, _ = pyopenjtalk.tts(text, speed=speed[who], half_tone=pitch[who])
        narrow = resample_poly(np.asarray(wide) / _FULL_SCALE, 1, _SPEECH_RATE // RATE)
        return telephone(np.asarray(narrow, dtype=np.float32)) * np.float32(level[who])

    words: list[list[str]] = [[], []]
    pieces: list[tuple[int, int, Samples]] = []
    clock = _LEAD_S
    for before, line in zip([None, *lines[:-1]], lines, strict=True):
        if before is not None and before.who != line.who and draws.random() < _HOLD_SHARE:
            clock += draws.uniform(*_HOLD_S)
        sound = voiced(line.who, line.text)
        pieces.append((channel[line.who], round(clock * RATE), sound))
        words[channel[line.who]].append(line.text)
        length = len(sound) / RATE
        if length > 3 and draws.random() < _NOD_SHARE:
            listener = "c" if line.who == "a" else "a"
            nod = nods[int(draws.integers(len(nods)))]
            at = clock + draws.uniform(0.4, 0.7) * length
            pieces.append((channel[listener], round(at * RATE), voiced(listener, nod)))
            words[channel[listener]].append(nod)
        clock += length + draws.uniform(*_PAUSE_S)
    longest = max(start + len(sound) for _, start, sound in pieces)
    noise = np.array([10 ** (draws.uniform(*_NOISE_DB) / 20) for _ in range(2)])
    samples = draws.normal(0.0, 1.0, (2, longest + RATE // 2)) * noise[:, None]
    for place, start, sound in pieces:
        samples[place, start : start + len(sound)] += sound
    return np.clip(samples, -1.0, 1.0).astype(np.float32), ["".join(each) for each in words]


def on_the_telephone(samples: Samples, number: int, seed: int) -> Samples:
    """Send 16 kHz speech through a simulated line: band, level, noise; returns one channel at 8 kHz."""
    draws = np.random.default_rng([seed, number])
    narrow = telephone(np.asarray(resample_poly(samples, 1, 2), dtype=np.float32))
    level, noise = (10 ** (draws.uniform(*span) / 20) for span in (_LEVEL_DB, _NOISE_DB))
    line = narrow * level + draws.normal(0.0, noise, len(narrow))
    return np.clip(line, -1.0, 1.0).astype(np.float32)[None]


def write_calls(folder: Path, calls: int, seed: int) -> None:
    """Write the set ``calls``."""
    book = read_phrasebook()
    listed: list[dict[str, Any]] = []
    for number in range(calls):
        samples, words = speak(script(number, seed, book), number, seed)
        path = folder / "calls" / f"call{number:03}.wav"
        write_sound(path, samples, "ulaw")
        listed.append({"file": path.name, "seconds": samples.shape[1] / RATE, "words": words})
    _list(folder, "calls", listed)


def write_read_speech(folder: Path, clips: Path, seed: int) -> None:
    """Write the sets ``clean`` and ``telephone`` from a folder of clips."""
    with (clips / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    sets: dict[str, list[dict[str, Any]]] = {"clean": [], "telephone": []}
    for number, row in enumerate(rows):
        source = clips / row["file"]
        (samples,) = decode(source).channels
        clean = folder / "clean" / source.name
        clean.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, clean)
        line = folder / "telephone" / f"{source.stem}.wav"
        write_sound(line, on_the_telephone(samples, number, seed), "ulaw")
        for name, path in (("clean", clean), ("telephone", line)):
            sets[name].append({"file": path.name, "seconds": len(samples) / 16_000, "words": [row["text"]]})
    for name, listed in sets.items():
        _list(folder, name, listed)


def _list(folder: Path, name: str, listed: list[dict[str, Any]]) -> None:
    (folder / f"{name}.json").write_text(json.dumps(listed, ensure_ascii=False, indent=0), encoding="utf-8")
    seconds, characters = sum(each["seconds"] for each in listed), sum(len("".join(each["words"])) for each in listed)
    print(f"{name}: {len(listed)} recordings, {seconds:.0f} s, {characters} characters")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--calls", type=int, default=CALLS)
    options.add_argument("--read", type=Path, help="folder of read clips with transcripts.tsv")
    options.add_argument("--seed", type=int, default=SEED)
    given = options.parse_args()
    write_calls(given.folder, given.calls, given.seed)
    if given.read is not None:
        write_read_speech(given.folder, given.read, given.seed)


if __name__ == "__main__":
    main()
