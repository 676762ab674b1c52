"""How well sounds that are no speech are told from speech, and what that costs.

    python -m benchmarks.sound_events --speech FOLDER [--music FOLDER]

takes every sound file of a folder of speech and, if there is one, of a folder of music; tones and simple music are made
from formulas. Everything is judged as it is and over a simulated telephone. Printed are seconds of false events in
speech, the share of music and tones that is found, words over music that are flagged, speech before background music
that is flagged though it should not be, and seconds of one core per second of sound.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from tests.transcribe import call_sounds as made
from tests.transcribe.call_sounds import Wave
from voc_mining.transcribe.audio import SAMPLE_RATE
from voc_mining.transcribe.audio_engine import decode
from voc_mining.transcribe.events import soundscape
from voc_mining.transcribe.params import TranscribeParams

CARRIED: Mapping[str, Callable[[Wave], Wave]] = {"as it is": lambda wave: wave, "telephone": made.by_telephone}
NO_SPEECH = ("music", "ring", "busy", "dtmf", "tone")
OVER_SOUND = TranscribeParams().over_sound
LOUDER_DB = (30, 20, 10, 5, 0)


def sounds(folder: Path) -> dict[str, Wave]:
    """Decode the first channel of every file of a folder."""
    return {path.name: decode(path).channels[0] for path in sorted(folder.iterdir()) if path.is_file()}


def seconds_of(wave: Wave, kinds: tuple[str, ...]) -> Counter[str]:
    """Seconds of events of some kinds."""
    found: Counter[str] = Counter()
    for event in soundscape(wave, []).events:
        if event.kind in kinds:
            found[event.kind] += event.end_s - event.start_s
    return found


def tones() -> dict[str, tuple[Wave, str]]:
    """Tones with what they are, on a line with a little noise."""
    bare = {
        "ring": (made.ring(4), "ring"),
        "one ring": (made.ring(1), "ring"),
        "busy": (made.busy(10), "busy"),
        "keys": (made.keys("0312345678#*"), "dtmf"),
        "short keys": (made.keys("159", on_s=0.07, off_s=0.07), "dtmf"),
        "beep": (made.beep(1400, 0.8), "tone"),
        "dial tone": (made.beep(400, 5.0), "tone"),
        "fax": (made.beep(1100, 3.0), "tone"),
    }
    return {name: (wave + made.noise(len(wave) / made.RATE, 1e-3), kind) for name, (wave, kind) in bare.items()}


def words_over_music(music: Wave, seed: int) -> Iterator[bool]:
    """Whether stretches of a second to five, anywhere in music, would be flagged if words were heard there."""
    random = np.random.default_rng(seed)
    for _ in range(4):
        start = random.uniform(1, len(music) / SAMPLE_RATE - 7)
        end = start + random.uniform(1, 5)
        yield soundscape(music, [(start - 0.4, end + 0.4)]).is_music(start, end, OVER_SOUND)


def voice_before_music(voice: Wave, music: Wave, louder_db: float, carry: Callable[[Wave], Wave]) -> bool:
    """Whether a voice that much louder than the music around it would be flagged."""
    around = 2 * SAMPLE_RATE
    background = np.resize(music, len(voice) + 2 * around)
    power = np.mean(voice**2) / np.mean(background**2) / 10 ** (louder_db / 10)
    mixed = background * np.sqrt(power)
    mixed[around : around + len(voice)] += voice
    end = 2 + len(voice) / SAMPLE_RATE
    scape = soundscape(carry(mixed.astype(np.float32)), [(1.7, end + 0.3)])
    return scape.is_music(2.3, end - 0.3, OVER_SOUND)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--speech", type=Path, required=True)
    arguments.add_argument("--music", type=Path)
    given = arguments.parse_args()
    speech = sounds(given.speech)
    music = made.music(20.0) if given.music is None else sounds(given.music)
    print("| what | " + " | ".join(CARRIED) + " |\n|---|" + "---|" * len(CARRIED))
    rows: dict[str, list[str]] = {}

    def tell(what: str, value: str) -> None:
        rows.setdefault(what, []).append(value)

    for carry in CARRIED.values():
        carried = {name: carry(wave) for name, wave in speech.items()}
        length = sum(map(len, carried.values())) / SAMPLE_RATE
        started = time.process_time()
        false = sum((seconds_of(wave, NO_SPEECH) for wave in carried.values()), Counter())
        cost = (time.process_time() - started) / length
        tell(f"{len(speech)} files of speech ({length:.0f} s): seconds of false events", f"{sum(false.values()):.1f}")
        shares = {}
        for name, wave in music.items():
            played = carry(wave)
            shares[name] = seconds_of(played, ("music",))["music"] / (len(played) / SAMPLE_RATE)
        worst = min(shares, key=shares.__getitem__)
        tell(f"{len(music)} pieces of music: share found", f"{np.mean(list(shares.values())):.3f}")
        tell("… the worst piece", f"{shares[worst]:.2f} ({worst})")
        right = 0
        for wave, kind in tones().values():
            found = seconds_of(carry(wave), NO_SPEECH)
            right += set(found) == {kind}
        tell("tones told rightly", f"{right} / {len(tones())}")
        over = [flag for seed, wave in enumerate(music.values()) for flag in words_over_music(carry(wave), seed)]
        tell("words over music flagged", f"{sum(over)} / {len(over)}")
        pairs = list(zip(list(speech.values())[:40], list(music.values()) * 40, strict=False))
        for louder in LOUDER_DB:
            flagged = sum(voice_before_music(voice, other, louder, carry) for voice, other in pairs)
            tell(f"speech {louder} dB above music wrongly flagged", f"{flagged} / {len(pairs)}")
        tell("seconds of one core per second of sound", f"{cost:.4f}")
    for what, values in rows.items():
        print(f"| {what} | " + " | ".join(values) + " |")


if __name__ == "__main__":
    main()
