"""The stage: recordings in, one transcript or one named failure each out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from voc_mining.contracts import LAKE_TABLES, VAULT_TABLES
from voc_mining.contracts.values import WORD
from voc_mining.errors import BadAudio, ContractBroken, EngineTrouble
from voc_mining.faults import Fault
from voc_mining.ids import digest
from voc_mining.transcribe import guards
from voc_mining.transcribe.audio import SAMPLE_RATE, Audio, Samples, leaked, level_db, sound_flaws
from voc_mining.transcribe.events import TONES, Soundscape, soundscape
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.speakers import SpeakerTurn, VoiceEncoder, speaker_turns
from voc_mining.transcribe.speech_runs import within
from voc_mining.transcribe.transcriber import Hearing, Recording, Transcriber
from voc_mining.transcribe.utterances import Utterance, by_speaker, utterances

_HEARD = pl.Schema(
    {
        "channel": pl.Int8(),
        "speaker": pl.Int8(),
        "start_s": pl.Float64(),
        "end_s": pl.Float64(),
        "text": pl.String(),
        "confidence": pl.Float64(),
        "no_speech": pl.Float64(),
        "level_db": pl.Float64(),
        "leaked": pl.Boolean(),
        "over_music": pl.Boolean(),
        "over_tone": pl.Boolean(),
        "words": pl.List(WORD),
    }
)

_WORD_FIELDS = tuple(field.name for field in WORD.fields)

# Words of no speaker on the line.
_NO_SPEAKER = (guards.IVR, guards.MUSIC, guards.SILENCE_TEXT, guards.TONE)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A recording that was heard to its end.

    Parameters
    ----------
    recording : Recording
        Which.
    utterances : DataFrame
        Rows of the vault's ``transcripts``; none where nobody speaks.
    transcription : DataFrame
        Its one row of the lake's ``transcriptions``.
    events : DataFrame
        Rows of the lake's ``sound_events``.
    """

    recording: Recording
    utterances: pl.DataFrame
    transcription: pl.DataFrame
    events: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that was not transcribed.

    Parameters
    ----------
    recording : Recording
        Which.
    fault : Fault
        Why.
    passing : bool
        Whether another try may succeed: the engine failed, not the recording.
    """

    recording: Recording
    fault: Fault
    passing: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A decoded recording whose channels are with the transcriber."""

    recording: Recording
    duration_s: float
    sounds: tuple[Samples, ...]
    flaws: list[str]


def transcriber_id(transcriber: Transcriber, params: TranscribeParams, encoder: VoiceEncoder | None = None) -> str:
    """Id under which transcripts are stored: the models, their options and how utterances are cut and flagged."""
    voices = () if encoder is None else (encoder.revision,)
    return digest("transcriber", transcriber.revision, params.key, *voices)


def transcribe(
    recordings: Iterable[Recording],
    transcriber: Transcriber,
    params: TranscribeParams,
    open_audio: Callable[[Recording], Audio],
    encoder: VoiceEncoder | None = None,
) -> Iterator[Transcript | Failure]:
    """Transcribe recordings, one result per recording, in order.

    Each channel is heard for itself, so the channel tells the speaker; of a stereo file with twice the
    same sound only channel 0 is. Where there is but one channel, two speakers are told apart by their voices
    and utterances end where the speaker changes. Nothing depends on a recording's neighbours.

    Parameters
    ----------
    recordings : iterable of Recording
        Taken lazily; at most as many are held in memory as the transcriber reads ahead.
    transcriber : Transcriber
        The engine.
    params : TranscribeParams
        How utterances are cut and flagged.
    open_audio : callable
        Decodes a recording, or raises :class:`~voc_mining.errors.BadAudio`.
    encoder : VoiceEncoder, optional
        Tells voices apart; without it nobody is told apart on one channel.

    Yields
    ------
    Transcript or Failure
        A bad recording or an engine's failure on one recording ends in a ``Failure`` of its own.
    """
    line: deque[_Waiting | Failure] = deque()

    def sounds() -> Iterator[Samples]:
        for recording in recordings:
            waiting = _open(recording, open_audio)
            line.append(waiting)
            if isinstance(waiting, _Waiting):
                yield from waiting.sounds

    identity = transcriber_id(transcriber, params, encoder)
    heard: list[Hearing | EngineTrouble] = []
    for hearing in transcriber.hear(sounds()):
        yield from _failures_ahead(line)
        heard.append(hearing)
        first = line[0]
        assert isinstance(first, _Waiting)
        if len(heard) == len(first.sounds):
            line.popleft()
            yield _finish(first, heard, params, identity, encoder)
            heard = []
    yield from _failures_ahead(line)
    if line:
        raise ContractBroken(f"the transcriber gave no result for {len(line)} recordings")


def _open(recording: Recording, open_audio: Callable[[Recording], Audio]) -> _Waiting | Failure:
    try:
        audio = open_audio(recording)
    except BadAudio as trouble:
        return Failure(recording, trouble.fault)
    return _Waiting(recording, audio.duration_s, audio.distinct(), sound_flaws(audio))


def _failures_ahead(line: deque[_Waiting | Failure]) -> Iterator[Failure]:
    """Take the failures at the head of the line, so that results keep the order of the recordings."""
    while line and isinstance(line[0], Failure):
        failure = line.popleft()
        assert isinstance(failure, Failure)
        yield failure


def _finish(
    waiting: _Waiting,
    heard: Sequence[Hearing | EngineTrouble],
    params: TranscribeParams,
    identity: str,
    encoder: VoiceEncoder | None,
) -> Transcript | Failure:
    hearings = []
    for hearing in heard:
        if isinstance(hearing, EngineTrouble):
            return Failure(waiting.recording, Fault("engine_trouble", found=str(hearing)), passing=True)
        hearings.append(hearing)
    scapes = [soundscape(sound, hearing.stretches) for sound, hearing in zip(waiting.sounds, hearings, strict=True)]
    cut = [utterances(hearing.segments, params) for hearing in hearings]
    flagged = _flagged(cut, waiting.sounds, scapes, params)
    if encoder is not None and len(waiting.sounds) == 1:
        try:
            turns = _turns(waiting.sounds[0], hearings[0], flagged, encoder, params)
        except EngineTrouble as trouble:
            return Failure(waiting.recording, Fault("engine_trouble", found=str(trouble)), passing=True)
        flagged = _flagged([by_speaker(cut[0], turns)], waiting.sounds, scapes, params)
    sha256 = waiting.recording.audio_sha256
    frame = flagged.drop("level_db", "leaked", "over_music", "over_tone").with_columns(
        audio_sha256=pl.lit(sha256), transcriber_id=pl.lit(identity)
    )
    transcription = pl.DataFrame(
        {
            "audio_sha256": sha256,
            "transcriber_id": identity,
            "channels": len(waiting.sounds),
            "n_utterances": frame.height,
            "n_flagged": frame.filter(pl.col("flags").list.len() > 0).height,
            "duration_s": round(waiting.duration_s, 2),
            "speech_s": round(sum(hearing.speech_s for hearing in hearings), 2),
            "flaws": [waiting.flaws],
        }
    )
    return Transcript(
        waiting.recording,
        VAULT_TABLES["transcripts"].conform(frame),
        LAKE_TABLES["transcriptions"].conform(transcription),
        _events(scapes).with_columns(audio_sha256=pl.lit(sha256), transcriber_id=pl.lit(identity)),
    )


def _turns(
    sound: Samples, hearing: Hearing, flagged: pl.DataFrame, encoder: VoiceEncoder, params: TranscribeParams
) -> tuple[SpeakerTurn, ...]:
    """Tell apart who speaks where words were heard, but for announcements, music and words that nobody said."""
    said = flagged.filter(pl.col("flags").list.set_intersection(list(_NO_SPEAKER)).list.len() == 0)
    spans = said.select("start_s", "end_s").sort("start_s", "end_s").rows()
    return speaker_turns(sound, within(hearing.stretches, spans), encoder, params.speakers)


def _flagged(
    cut: Sequence[Sequence[Utterance]],
    sounds: Sequence[Samples],
    scapes: Sequence[Soundscape],
    params: TranscribeParams,
) -> pl.DataFrame:
    """Utterances of all channels as rows, numbered within each and flagged."""
    rows = [row for channel, each in enumerate(cut) for row in _rows(channel, each, sounds, scapes[channel], params)]
    return guards.flag(_numbered(pl.DataFrame(rows, schema=_HEARD, orient="row")), params)


def _events(scapes: Sequence[Soundscape]) -> pl.DataFrame:
    """Events of all channels, numbered within each."""
    rows = [
        (channel, number, event.kind, event.start_s, event.end_s)
        for channel, scape in enumerate(scapes)
        for number, event in enumerate(scape.events)
    ]
    schema = {name: LAKE_TABLES["sound_events"].schema[name] for name in ("channel", "no", "kind", "start_s", "end_s")}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _rows(
    channel: int, cut: Sequence[Utterance], sounds: Sequence[Samples], scape: Soundscape, params: TranscribeParams
) -> Iterator[tuple[object, ...]]:
    """Rows of one channel; times stay within the sound, to a hundredth of a second."""
    length_s = len(sounds[channel]) / SAMPLE_RATE
    for utterance in cut:
        start = min(max(utterance.start_s, 0.0), length_s)
        end = min(max(utterance.end_s, start), length_s)
        under = [sound[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE) + 1] for sound in sounds]
        others = [stretch for number, stretch in enumerate(under) if number != channel]
        yield (
            channel,
            utterance.speaker,
            round(start, 2),
            round(end, 2),
            utterance.text,
            round(utterance.confidence, 4),
            round(utterance.no_speech, 4),
            level_db(under[channel]),
            any(leaked(under[channel], other) for other in others),
            scape.is_music(start, end, params.over_sound),
            scape.share(TONES, start, end) >= params.over_sound,
            [dict(zip(_WORD_FIELDS, word, strict=True)) for word in utterance.word_times],
        )


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort by channel and start, and number the utterances of each channel."""
    ordered = rows.sort("channel", "start_s", maintain_order=True)
    return ordered.with_columns(no=pl.int_range(pl.len(), dtype=pl.Int32).over("channel"))
