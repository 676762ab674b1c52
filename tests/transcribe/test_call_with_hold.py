"""A whole call with ringing, an announcement and hold music, heard by the real model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import resample_poly

from tests.transcribe import call_sounds as made
from voc_mining.transcribe.audio import Audio, AudioInfo
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.stage import Transcript, transcribe
from voc_mining.transcribe.transcriber import Recording

pytestmark = pytest.mark.models


def test_only_people_are_heard_as_people(say: Callable, whisper_folder: Path) -> None:
    from voc_mining.transcribe.whisper_engine import WhisperOptions, WhisperTranscriber

    def speak(text: str, half_tones: float = 0.0) -> made.Wave:
        return np.asarray(resample_poly(say(text, half_tones), 2, 1), dtype=np.float32)

    asked = speak("請求書が届かないので、送ってもらえますか。", -4.0)
    agent = [
        made.ring(2),
        speak("この通話は、録音させていただきます。料金の方は、1を押してください。"),
        made.silence(3),
        speak("お電話ありがとうございます。佐藤でございます。"),
        made.silence(len(asked) / made.RATE + 1),
        speak("少々お待ちください。"),
        made.music(15.0)["piano"],
        speak("お待たせいたしました。本日お送りします。"),
    ]
    before = sum(map(len, agent[:4]))
    whole = np.concatenate(agent)
    customer = np.concatenate([made.silence(before / made.RATE + 0.5), asked, made.silence(120)])[: len(whole)]
    sounds = tuple(
        sound + made.noise(len(whole) / made.RATE, 1e-3, seed) for seed, sound in enumerate((whole, customer))
    )
    engine = WhisperTranscriber(WhisperOptions(str(whisper_folder)))
    audio = Audio(AudioInfo(2, 8000, "pcm_s16le", None), sounds)
    (heard,) = transcribe([Recording("call", ("call.wav",))], engine, TranscribeParams(), lambda _: audio)
    assert isinstance(heard, Transcript)
    kinds = heard.events.filter(~heard.events["kind"].is_in(["speech", "silence"])).select("channel", "kind").rows()
    assert kinds == [(0, "ring"), (0, "music")]
    answered = (before - len(agent[3])) / made.RATE
    lines = [(row["start_s"] < answered - 1, row["flags"]) for row in heard.utterances.iter_rows(named=True)]
    assert any("ivr" in flags for _, flags in lines)
    assert all(early == ("ivr" in flags) for early, flags in lines if "ivr" in flags)
    assert all(set(flags) <= {"low_confidence"} for early, flags in lines if not early)
