"""What becomes of damaged recordings: no crash, no hang, each decoded or refused with a reason.

    python -m benchmarks.fuzz_audio [--files 1000] [--seed 20261122]

makes sound files in the formats of call recorders, damages each in a way drawn from the seed (flipped bits, truncation,
noise or zeros in the header or the body, pieces left out or said twice, the end of another format spliced on), decodes it
as a run does, and prints a table of what became of them. Exit code 1 where any was neither decoded nor refused.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from voc_mining.errors import BadAudio
from voc_mining.transcribe.audio import sound_flaws
from voc_mining.transcribe.guarded_decoder import GuardedDecoder

SEED = 20261122
_NEITHER = "neither sound nor refusal"
_HEADER = 512
# Container and codec as FFmpeg names them, samples a second.
_FORMATS = {
    "pcm.wav": ("wav", "pcm_s16le", 8000),
    "mulaw.wav": ("wav", "pcm_mulaw", 8000),
    "alaw.wav": ("wav", "pcm_alaw", 8000),
    "mp3.mp3": ("mp3", "libmp3lame", 8000),
    "aac.m4a": ("ipod", "aac", 16000),
    "flac.flac": ("flac", "flac", 16000),
    "opus.ogg": ("ogg", "libopus", 48000),
    "opus.webm": ("webm", "libopus", 48000),
    "wma.wma": ("asf", "wmav2", 16000),
}


def whole_files(seconds: float = 3.0) -> dict[str, bytes]:
    """Make an undamaged stereo file of each format: a chirp and noise that comes and goes."""
    return {name: _encoded(*about, seconds) for name, about in _FORMATS.items()}


def _encoded(container: str, codec: str, rate: int, seconds: float) -> bytes:
    clock = np.arange(round(seconds * rate)) / rate
    chirp = 0.3 * np.sin(2 * np.pi * (200 + 300 * clock) * clock)
    bursts = np.random.default_rng(0).normal(0, 0.1, len(clock)) * (np.sin(4 * clock) > 0)
    frame = av.AudioFrame.from_ndarray(np.stack([chirp, bursts]).astype(np.float32), format="fltp", layout="stereo")
    frame.sample_rate = rate
    target = io.BytesIO()
    with av.open(target, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="stereo")
        context = stream.codec_context
        context.bit_rate = 64_000
        resampler = av.AudioResampler(
            format=context.format.name, layout="stereo", rate=rate, frame_size=context.frame_size or 1024
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            piece.pts = None
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return target.getvalue()


Damage = Callable[[bytearray, random.Random, bytes], None]


def _flip(content: bytearray, draws: random.Random, _: bytes) -> None:
    for _ in range(draws.choice((1, 10, 100, 1000))):
        content[draws.randrange(len(content))] ^= 1 << draws.randrange(8)


def _truncate(content: bytearray, draws: random.Random, _: bytes) -> None:
    del content[int(len(content) * draws.random() ** 2) :]


def _header_noise(content: bytearray, draws: random.Random, _: bytes) -> None:
    at, size = draws.randrange(_HEADER), draws.choice((1, 4, 16, 128))
    content[at : at + size] = draws.randbytes(size)


def _header_extremes(content: bytearray, draws: random.Random, _: bytes) -> None:
    at = draws.randrange(_HEADER)
    content[at : at + 4] = draws.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"))


def _hole(content: bytearray, draws: random.Random, _: bytes) -> None:
    at, size = draws.randrange(len(content)), draws.choice((16, 500, 5000))
    content[at : at + size] = bytes(size) if draws.random() < 0.5 else draws.randbytes(size)


def _left_out(content: bytearray, draws: random.Random, _: bytes) -> None:
    at = draws.randrange(len(content))
    del content[at : at + draws.choice((1, 7, 500, 5000))]


def _said_twice(content: bytearray, draws: random.Random, _: bytes) -> None:
    at = draws.randrange(len(content))
    content[at:at] = content[at : at + draws.choice((64, 1000, 10_000))] * draws.choice((1, 20))


def _spliced(content: bytearray, draws: random.Random, other: bytes) -> None:
    content[int(len(content) * draws.random()) :] = other[int(len(other) * draws.random()) :]


def _behind(content: bytearray, draws: random.Random, other: bytes) -> None:
    content[:0] = other[: draws.choice((8, 64, 1000, len(other)))]


DAMAGES: dict[str, Damage] = {
    "flipped bits": _flip,
    "truncated": _truncate,
    "noise in the header": _header_noise,
    "extreme numbers in the header": _header_extremes,
    "hole": _hole,
    "piece left out": _left_out,
    "piece repeated": _said_twice,
    "spliced with another format": _spliced,
    "behind the head of another format": _behind,
}


@dataclass(frozen=True, slots=True)
class Damaged:
    """A damaged file: how, and its content."""

    name: str
    damage: str
    content: bytes


def damaged_files(n: int, seed: int = SEED) -> Iterator[Damaged]:
    """Damage files, each format and each damage in turn; equal seeds give equal bytes for files of one encoder."""
    whole = whole_files()
    names = list(whole)
    for number in range(n):
        draws = random.Random(f"{seed}:{number}")
        name = names[number % len(names)]
        damage = list(DAMAGES)[number // len(names) % len(DAMAGES)]
        content = bytearray(whole[name])
        DAMAGES[damage](content, draws, whole[draws.choice(names)])
        yield Damaged(f"{number:04}-{name}", damage, bytes(content))


def outcome(path: Path, decoder: GuardedDecoder) -> str:
    """Decode a file: ``decoded``, what its sound is flagged as, or the reason why it was refused."""
    try:
        audio = decoder.decode(path, longest_s=600)
    except BadAudio as refusal:
        return refusal.fault.code
    sound = all(len(channel) and bool(np.isfinite(channel).all()) for channel in audio.channels)
    return ", ".join(sound_flaws(audio)) or "decoded" if sound else _NEITHER


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, default=1000)
    options.add_argument("--seed", type=int, default=SEED)
    given = options.parse_args()
    decoder = GuardedDecoder()
    found: dict[str, Counter[str]] = {damage: Counter() for damage in DAMAGES}
    took: list[float] = []
    unnamed = 0
    with tempfile.TemporaryDirectory() as folder:
        for damaged in damaged_files(given.files, given.seed):
            path = Path(folder) / damaged.name
            path.write_bytes(damaged.content)
            began = time.perf_counter()
            try:
                told = outcome(path, decoder)
            except Exception as trouble:  # noqa: BLE001 - what must not happen is counted
                told = f"{type(trouble).__name__}"
                unnamed += 1
            unnamed += told == _NEITHER
            took.append(time.perf_counter() - began)
            found[damaged.damage][told] += 1
            path.unlink()
    decoder.close()
    columns = sorted({told for counts in found.values() for told in counts})
    print("| damage | " + " | ".join(columns) + " |\n|---" + "|---" * len(columns) + "|")
    for damage, counts in found.items():
        print(f"| {damage} | " + " | ".join(str(counts[told] or "") for told in columns) + " |")
    child_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(
        f"\n{given.files} files: slowest {max(took):.2f} s, median {statistics.median(took) * 1000:.1f} ms; "
        f"memory of the decoder at most {child_mb:.0f} MB; crashes and hangs "
        f"{sum(counts['decoder_failed'] for counts in found.values())}; neither decoded nor refused {unnamed}."
    )
    return 1 if unnamed or max(took) > 2 * 60 else 0


if __name__ == "__main__":
    sys.exit(main())
