from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.fuzz_audio import DAMAGES, damaged_files, outcome, whole_files
from voc_mining.errors import BadAudio, EngineTrouble
from voc_mining.messages.catalogue import Messages
from voc_mining.transcribe import guarded_decoder as module
from voc_mining.transcribe.audio_engine import decode, probe
from voc_mining.transcribe.guarded_decoder import GuardedDecoder

_REAL = module._SERVE


@pytest.fixture
def decoder() -> Iterator[GuardedDecoder]:
    made = GuardedDecoder()
    yield made
    made.close()


@pytest.fixture
def call(tmp_path: Path, tones: Callable, encode: Callable) -> Path:
    return encode(tmp_path / "call.wav", tones(440, 1000), codec="pcm_mulaw")


def refusal(decoder: GuardedDecoder, path: Path) -> BadAudio:
    with pytest.raises(BadAudio) as caught:
        decoder.decode(path)
    assert Messages("ja").has(f"reject.{caught.value.fault.code}")
    return caught.value


def test_same_sound_as_in_process(decoder: GuardedDecoder, call: Path) -> None:
    here, there = decode(call), decoder.decode(call)
    assert there.info == here.info == probe(call) == decoder.probe(call)
    assert [np.array_equal(*pair) for pair in zip(here.channels, there.channels, strict=True)] == [True, True]
    there.channels[0][0] = 0.25  # whoever works on the samples may do so
    assert there.channels[0][0] == np.float32(0.25)


def test_no_files_are_left(
    decoder: GuardedDecoder, call: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    audio = decoder.decode(call)
    assert not list(room.iterdir())
    assert audio.duration_s == pytest.approx(2.0, abs=0.01)


def test_what_is_refused_in_process_is_refused_alike(decoder: GuardedDecoder, tmp_path: Path) -> None:
    path = tmp_path / "録音 \udcff.wav"  # a name that is no UTF-8
    path.write_bytes(b"no sound" * 100)
    told = refusal(decoder, path)
    with pytest.raises(BadAudio) as here:
        decode(path)
    assert (told.fault.code, told.fault.values) == (here.value.fault.code, here.value.fault.values)


@pytest.mark.parametrize(
    ("ending", "found"),
    [
        ("os.kill(os.getpid(), 11)", "exit -11"),
        ("os._exit(3)", "exit 3"),
        ("import signal, time; signal.alarm(1); time.sleep(60)", "timeout"),
    ],
)
def test_a_decoder_that_dies_costs_one_recording(
    decoder: GuardedDecoder, call: Path, monkeypatch: pytest.MonkeyPatch, ending: str, found: str
) -> None:
    deadly = call.with_name("deadly.wav")
    shutil.copyfile(call, deadly)
    lives = call.with_name("lives")
    fatal = f"""import os, sys
from voc_mining.transcribe import decoder_process
answer = decoder_process.answer
def answer_or_die(request):
    if "deadly" in request["path"]:
        open({str(lives)!r}, "a").write("x")
        {ending}
    return answer(request)
decoder_process.answer = answer_or_die
"""
    monkeypatch.setattr(module, "_SERVE", _REAL.replace("; from voc_mining", f"; exec({fatal!r}); from voc_mining"))
    assert decoder.decode(call).duration_s > 1
    told = refusal(decoder, deadly)
    assert (told.fault.code, told.fault.values) == ("decoder_failed", {"found": found})
    assert lives.read_text() == "xx", "tried once more by a fresh process"
    assert decoder.decode(call).duration_s > 1


def test_a_decoder_that_ended_meanwhile_is_replaced(decoder: GuardedDecoder, call: Path) -> None:
    decoder.probe(call)
    assert decoder._process is not None
    decoder._process.kill()
    decoder._process.wait()
    assert decoder.decode(call).duration_s > 1


def test_no_room_for_the_sound_is_no_fault_of_the_recording(
    decoder: GuardedDecoder, call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); "
    monkeypatch.setattr(module, "_SERVE", full + _REAL)
    with pytest.raises(EngineTrouble, match="decoding failed"):
        decoder.decode(call)


def test_memory_of_the_process_is_bounded() -> None:
    script = (
        "from voc_mining.transcribe.decoder_process import _bound_memory\n_bound_memory(100 << 20)\n"
        "try:\n    bytearray(400 << 20)\nexcept MemoryError:\n    print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "refused"


def test_process_ends_with_its_owner(call: Path) -> None:
    script = f"""
from pathlib import Path
from voc_mining.transcribe.guarded_decoder import guarded_decoder
guarded_decoder().probe(Path({str(call)!r}))
print(guarded_decoder()._process.pid, flush=True)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd())
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
    assert not done.stderr


def test_sound_lives_as_long_as_it_is_used(decoder: GuardedDecoder, call: Path) -> None:
    part = decoder.decode(call).channels[1][8000:16_000]
    gc.collect()
    assert float(np.abs(part).max()) == pytest.approx(0.3, abs=0.06)


def test_damaged_files_are_decoded_or_refused(decoder: GuardedDecoder, tmp_path: Path) -> None:
    found: Counter[str] = Counter()
    for damaged in damaged_files(len(whole_files()) * len(DAMAGES)):
        path = tmp_path / damaged.name
        path.write_bytes(damaged.content)
        told = outcome(path, decoder)
        found[told] += 1
        path.unlink()
    flaws = {
        told
        for told in found
        if {*told.split(", ")} <= {"decoded", "clipped", "damaged_part", "silent", "silent_channel"}
    }
    refused = {*found} - flaws
    assert "decoder_failed" not in refused
    assert all(Messages("ja").has(f"reject.{code}") for code in refused)
    assert found["decoded"] > 20
    assert sum(n for told, n in found.items() if told not in flaws) > 20
