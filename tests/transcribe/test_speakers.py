from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voc_mining.transcribe.audio import Audio, AudioInfo
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.speakers import SpeakerParams, SpeakerTurn, speaker_turns
from voc_mining.transcribe.stage import Transcript, transcribe, transcriber_id
from voc_mining.transcribe.transcriber import Hearing, Recording, Segment, Word
from voc_mining.transcribe.utterances import Utterance, by_speaker

RATE = 16_000
PARAMS = SpeakerParams()


class ByLoudness:
    """An encoder to which quiet and loud are two opposite voices, and what lies between is neither's."""

    revision = "by loudness"

    def __init__(self) -> None:
        self.windows = 0

    def encode(self, samples: NDArray[np.float32], windows: Sequence[tuple[int, int]]) -> NDArray[np.float32]:
        self.windows += len(windows)
        loud = np.array([float(np.sqrt(np.mean(samples[start:end] ** 2))) for start, end in windows])
        wobble = 0.2 * np.random.default_rng(len(windows)).normal(size=len(windows))
        angle = np.clip(loud, 0, 0.5) * 2 * np.pi + wobble
        return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def sound(*pieces: tuple[float, float]) -> NDArray[np.float32]:
    """Noise of (seconds, loudness); 0 is silence."""
    draws = np.random.default_rng(1)
    parts = [
        loud * np.sign(draws.normal(size=round(s * RATE))) + 1e-5 * draws.normal(size=round(s * RATE))
        for s, loud in pieces
    ]
    return np.concatenate(parts).astype(np.float32)


def test_two_voices_are_told_apart_and_numbered_by_who_speaks_first() -> None:
    samples = sound((4, 0.45), (0.5, 0), (3, 0.05), (0.5, 0), (3, 0.45), (3, 0.05))
    turns = speaker_turns(samples, [(0.0, 14.0)], ByLoudness(), PARAMS)
    assert [turn.speaker for turn in turns] == [0, 1, 0, 1]
    assert [turn.start_s for turn in turns] == pytest.approx([0.0, 4.25, 7.75, 11.0], abs=0.5)


def test_turns_cover_the_stretches_and_nothing_else() -> None:
    samples = sound((4, 0.45), (2, 0), (3, 0.05), (2, 0), (3, 0.45))
    stretches = [(0.0, 4.2), (5.8, 9.1), (10.9, 14.0)]
    turns = speaker_turns(samples, stretches, ByLoudness(), PARAMS)
    for (begin, finish), speaker in zip(stretches, [0, 1, 0], strict=True):
        inside = [turn for turn in turns if begin <= turn.start_s < finish]
        assert (inside[0].start_s, inside[-1].end_s) == (begin, finish)
        assert {turn.speaker for turn in inside} == {speaker}
        assert all(before.end_s == after.start_s for before, after in pairwise(inside))


def test_one_voice_is_one_speaker() -> None:
    samples = sound(*[(2, 0.2), (0.6, 0)] * 6)
    turns = speaker_turns(samples, [(0.0, 15.0)], ByLoudness(), PARAMS)
    assert turns == (SpeakerTurn(0.0, 15.0, 0),)


def test_too_little_speech_tells_nothing() -> None:
    encoder = ByLoudness()
    assert speaker_turns(sound((1.5, 0.45), (1.5, 0.05)), [(0.0, 3.0)], encoder, PARAMS) == ()
    assert speaker_turns(sound((9, 0)), [], encoder, PARAMS) == ()
    assert speaker_turns(sound((0.001, 0.4)), [(0.0, 0.001)], encoder, PARAMS) == ()
    assert encoder.windows == 0


def test_what_fits_neither_voice_stays_undecided() -> None:
    samples = sound((4, 0.49), (0.6, 0), (4, 0.01), (0.6, 0), (1.2, 0.25), (0.6, 0), (4, 0.49), (0.6, 0), (4, 0.01))
    turns = speaker_turns(samples, [(0.0, len(samples) / RATE)], ByLoudness(), SpeakerParams(least_margin=0.5))
    assert [turn.speaker for turn in turns if turn.start_s <= 9.8 < turn.end_s] == [None]
    assert {turn.speaker for turn in turns} == {0, 1, None}


def words(*told: tuple[float, str]) -> Utterance:
    return Utterance(tuple(Word(at, at + 0.4, text, 0.9) for at, text in told), 0.1)


@pytest.mark.parametrize(
    ("said", "turns", "pieces"),
    [
        ([(0.0, "はい"), (0.5, "そうです")], [(0, 2, 1)], [("はいそうです", 1)]),
        ([(0.0, "できますか"), (0.5, "はい")], [(0, 0.5, 0), (0.5, 2, 1)], [("できますか", 0), ("はい", 1)]),
        ([(0.0, "でき"), (0.4, "ますか？"), (0.8, "はい"), (1.2, "でき"), (1.6, "ます")], [(0, 1.2, 0), (1.2, 3, 1)],
         [("できますか？", 0), ("はいできます", 1)]),
        ([(0.0, "困って"), (0.4, "います"), (1.4, "はい"), (1.8, "承知")], [(0, 1.2, 1), (1.2, 3, 0)],
         [("困っています", 1), ("はい承知", 0)]),
        ([(0.0, "はい")], [(0, 1, None)], [("はい", None)]),
        ([(5.0, "はい")], [(0, 1, 0)], [("はい", None)]),
        ([(0.0, "ええ"), (0.4, "まあ")], [(0, 0.1, 1), (0.1, 3, 0)], [("ええまあ", 0)]),
        ([(0.0, "はい")], [], [("はい", None)]),
    ],
    ids=["one speaker", "at a change", "at a sentence's end", "at a pause", "undecided", "no turn", "at an edge",
         "nothing told"],
)  # fmt: skip
def test_utterances_end_where_the_speaker_changes(
    said: list[tuple[float, str]], turns: list[tuple[float, float, int | None]], pieces: list[tuple[str, int | None]]
) -> None:
    told = by_speaker([words(*said)], [SpeakerTurn(*turn) for turn in turns])
    assert [(piece.text, piece.speaker) for piece in told] == pieces
    assert tuple(word for piece in told for word in piece.words) == words(*said).words


class Announced:
    """Hears an announcement and two people on one channel."""

    revision = "announced"

    def hear(self, sounds: object) -> object:
        for _ in sounds:
            lines = [
                (0.2, "サービスについては1を押してください。"), (5.0, "お電話ありがとうございます。"), (9.0, "解約したいです。"),
                (13.0, "かしこまりました。"), (17.0, "お願いします。"),
            ]  # fmt: skip
            segments = tuple(Segment((Word(at, at + 3.4, text, 0.9),), 0.01) for at, text in lines)
            yield Hearing(segments, tuple((at, at + 3.4) for at, _ in lines))


def heard(channels: int, encoder: ByLoudness | None) -> Transcript:
    one = sound((4.5, 0.3), (0.5, 0), (3.5, 0.45), (0.5, 0), (3.5, 0.05), (0.5, 0), (3.5, 0.45), (0.5, 0), (3.5, 0.05))
    sounds = (one, sound((20.5, 0.2)))[:channels]
    recording = Recording("sha", ("a.wav",))
    audio = Audio(AudioInfo(channels, 8000, "pcm_s16le", None), sounds)
    (result,) = transcribe([recording], Announced(), TranscribeParams(), lambda _: audio, encoder)
    assert isinstance(result, Transcript)
    return result


def test_a_mono_transcript_says_who_speaks_but_not_for_announcements() -> None:
    assert heard(1, ByLoudness()).utterances["speaker"].to_list() == [None, 0, 1, 0, 1]
    assert heard(1, None).utterances["speaker"].null_count() == 5


def test_on_two_channels_the_channel_tells() -> None:
    encoder = ByLoudness()
    assert heard(2, encoder).utterances["speaker"].null_count() == 10
    assert encoder.windows == 0


def test_the_id_tells_whether_and_how_voices_were_told_apart() -> None:
    plain, told = (transcriber_id(Announced(), TranscribeParams(), encoder) for encoder in (None, ByLoudness()))
    other = TranscribeParams(speakers=SpeakerParams(hop_s=0.4))
    assert len({plain, told, transcriber_id(Announced(), other, ByLoudness())}) == 3


@pytest.mark.models
def test_real_voices_are_told_apart(speaker_folder: Path, say: object) -> None:
    from voc_mining.transcribe.speaker_engine import ResemblyzerEncoder

    lines = ["お電話ありがとうございます、サポート窓口です。", "先月の料金が二回引き落とされているのですが。"] * 4
    pieces, ends = [], [0.0]
    for number, text in enumerate(lines):
        wave = np.repeat(say(text, -7.0 - 8.0 * (number % 2)), 2)
        pieces += [wave, np.zeros(RATE // 2, dtype=np.float32)]
        ends.append(ends[-1] + len(wave) / RATE + 0.5)
    samples = np.concatenate(pieces).astype(np.float32)
    samples += 1e-3 * np.random.default_rng(0).normal(size=len(samples)).astype(np.float32)
    encoder = ResemblyzerEncoder(speaker_folder)
    turns = speaker_turns(samples, [(0.0, ends[-1])], encoder, PARAMS)
    middles = [(start + end) / 2 for start, end in pairwise(ends)]
    said = [next(turn.speaker for turn in turns if turn.start_s <= at < turn.end_s) for at in middles]
    assert said == [0, 1] * 4
    again = speaker_turns(samples, [(0.0, ends[-1])], ResemblyzerEncoder(speaker_folder), PARAMS)
    assert again == turns
