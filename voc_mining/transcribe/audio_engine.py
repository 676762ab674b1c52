"""Decoding recordings with PyAV: every format a call recorder writes, one array per channel."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from voc_mining.errors import BadAudio
from voc_mining.faults import os_error
from voc_mining.transcribe.audio import SAMPLE_RATE, Audio, AudioInfo, Samples
from voc_mining.transcribe.headers import mp3_states_length, wav_data_end
from voc_mining.transcribe.protection import protection

MOST_CHANNELS = 2
LONGEST_S = 6 * 3600.0
"""Longest recording taken, in seconds."""

# Playlists and other formats that open further files or addresses have no place in an inbox.
_FORMATS = "wav,w64,aiff,au,mp3,aac,mov,ogg,flac,matroska,webm,asf,amr,caf"
# Bytes of a packet of WAV: a second of a stereo call. By default it is an eighth of that, and each packet has its price.
_WAV_PACKET = "16384"
# Formats whose header states the length exactly; others estimate it from the size.
_EXACT_FORMATS = {"flac", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "caf"}
_FLAC_SHORTFALL_S = 0.01  # FFmpeg leaves damaged frames out of lossless sound without a word
_SHORTFALL = 0.02
_SHORTFALL_S = 0.5
_LARGEST_GAP_S = 0.1
_LONGEST_GAP_S = 1800.0  # beyond any hold: the times themselves are damaged
_MOST_DAMAGED = 0.05

_DECODERS = {
    "PCM": "pcm_s16le",
    "G.711 µ-law": "pcm_mulaw",
    "G.711 A-law": "pcm_alaw",
    "MP3": "mp3",
    "AAC": "aac",
    "FLAC": "flac",
    "Opus": "opus",
}


def missing_decoders() -> list[str]:
    """Name the formats of call recorders that this build of FFmpeg cannot decode."""
    return [name for name, codec in _DECODERS.items() if codec not in av.codecs_available]


def probe(path: Path) -> AudioInfo:
    """Read what a file says about its sound, without decoding it.

    Raises
    ------
    BadAudio
        If the file cannot be read, is empty, is no recording, or has more than two channels.
    """
    with _opened(path) as (container, _):
        return _info(container)


def decode(path: Path, *, longest_s: float = LONGEST_S) -> Audio:
    """Decode a recording to one 16 kHz array per channel, in this process.

    FFmpeg is native code that reads whatever was delivered: a run decodes in a process of its own, by
    :mod:`voc_mining.transcribe.guarded_decoder`.

    Parameters
    ----------
    path : Path
        The file.
    longest_s : float, default 6 hours
        Longest sound accepted, in seconds, since it is held in memory (64 kB a second and channel).

    Raises
    ------
    BadAudio
        As :func:`decode_into`.
    """
    pieces: list[Samples] = []
    info, damaged = decode_into(path, pieces.append, longest_s=longest_s)
    return Audio(info, tuple(np.concatenate(channel) for channel in zip(*pieces, strict=True)), damaged)


def decode_into(
    path: Path, take: Callable[[Samples], object], *, longest_s: float = LONGEST_S
) -> tuple[AudioInfo, int]:
    """Decode a recording piece by piece.

    Seconds stay true: pauses that a recorder left out of the stream, and damaged packets, become
    silence.

    Parameters
    ----------
    path : Path
        The file.
    take : callable
        Takes each piece: float32, shape (channels, samples), at 16 kHz, in order. What it got counts only if no
        error follows.
    longest_s : float, default 6 hours
        Longest sound accepted, in seconds.

    Returns
    -------
    AudioInfo
        What the file says about itself.
    int
        Packets that were damaged amid good ones: so few that the recording is worth hearing.

    Raises
    ------
    BadAudio
        If the file cannot be read, is empty, no recording, copy-protected, truncated or damaged, has more than two
        channels, no sound, or is longer than ``longest_s``.
    """
    heard = 0
    packets = _Packets()
    with _opened(path) as (container, file):
        info = _info(container)
        _refuse_cut_wav(container, file, path)
        try:
            for piece in _pieces(container, longest_s, packets):
                take(piece)
                heard += piece.shape[1]
        except (av.FFmpegError, ValueError, OverflowError, MemoryError) as trouble:
            raise BadAudio("damaged", found=_words(trouble)) from trouble
        lossless = container.format.name == "flac"
        exact = container.format.name in _EXACT_FORMATS or (container.format.name == "mp3" and mp3_states_length(file))
    if not heard:
        raise BadAudio("no_sound", found="no_samples")
    duration_s = heard / SAMPLE_RATE
    if exact and info.duration_s is not None:
        missing = info.duration_s - duration_s
        if missing > _SHORTFALL_S + _SHORTFALL * info.duration_s:
            raise _truncated(f"{duration_s:.1f} s / {info.duration_s:.1f} s")
        if lossless and missing > _FLAC_SHORTFALL_S:
            return info, packets.amid + 1
    return info, packets.amid


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, BinaryIO]]:
    """Open a file's container, as a file object so that its name is never taken for an address."""
    try:
        file = path.open("rb")
    except OSError as trouble:
        raise _unreadable(trouble) from trouble
    with file:
        if not file.read(1):
            raise BadAudio("empty_file")
        file.seek(0)
        if mark := protection(file):
            raise BadAudio("protected", found=mark)
        try:
            container = av.open(file, "r", options={"format_whitelist": _FORMATS, "max_size": _WAV_PACKET})
        except (av.FFmpegError, ValueError, OverflowError) as trouble:
            raise _no_recording(_words(trouble)) from trouble
        except OSError as trouble:
            raise (_no_recording(_words(trouble)) if _led_astray(trouble) else _unreadable(trouble)) from trouble
        with container:
            yield container, file


def _info(container: InputContainer) -> AudioInfo:
    if not container.streams.audio:
        raise BadAudio("no_sound", found="no_track")
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None:
        raise BadAudio("not_audio", found="unknown_codec")
    channels, rate = context.channels, context.sample_rate
    if channels < 1 or rate < 1:
        raise BadAudio("damaged", found="no_channels")
    if channels > MOST_CHANNELS:
        raise _too_many(channels)
    length = None
    if stream.duration is not None and stream.time_base is not None:
        length = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        length = container.duration / av.time_base
    return AudioInfo(channels, rate, context.name, length if length is None or length >= 0 else None)


@dataclass(slots=True)
class _Packets:
    """Packets of a stream: all, those that are damaged, and of these the ones amid good ones."""

    total: int = 0
    damaged: int = 0
    amid: int = 0
    _since_good: int | None = None

    def good(self) -> None:
        """Count a packet that was decoded."""
        self.total += 1
        self.amid += self._since_good or 0
        self._since_good = 0

    def bad(self) -> None:
        """Count a damaged packet; the first and the last ones of a stream are often cut, and matter little."""
        self.total += 1
        self.damaged += 1
        if self._since_good is not None:
            self._since_good += 1


def _pieces(container: InputContainer, longest_s: float, packets: _Packets) -> Iterator[Samples]:
    """Decode all frames of the first sound track and resample them, channel by channel."""
    channels = 0
    for piece in _resampled_frames(container, longest_s, packets):
        # The decoder knows better than the header: parametric stereo announces itself as mono.
        channels = channels or len(piece)
        if len(piece) != channels:
            raise BadAudio("damaged", found="channels_change")
        if channels > MOST_CHANNELS:
            raise _too_many(channels)
        yield piece


def _resampled_frames(container: InputContainer, longest_s: float, packets: _Packets) -> Iterator[Samples]:
    """Resample frame by frame, with silence where the times of the frames leave a gap."""
    resampler: AudioResampler | None = None
    origin: float | None = None
    heard_s = 0.0
    for frame in _frames(container, container.streams.audio[0], packets):
        start = frame.time
        if origin is None:
            origin = start or 0.0
        gap_s = 0.0 if start is None else max(start - origin - heard_s, 0.0)
        if gap_s > _LONGEST_GAP_S:
            raise BadAudio("damaged", found=f"+{gap_s:.0f} s")
        if heard_s + gap_s > longest_s:
            raise BadAudio("too_long", found=f"> {longest_s / 3600:g} h")
        if gap_s > _LARGEST_GAP_S:
            yield from _resampled(resampler, None)
            yield np.zeros((frame.layout.nb_channels, round(gap_s * SAMPLE_RATE)), dtype=np.float32)
            resampler = None
            heard_s += gap_s
        if resampler is None:
            resampler = AudioResampler(format="fltp", layout=frame.layout, rate=SAMPLE_RATE)
        heard_s += frame.samples / frame.sample_rate
        frame.pts = None
        yield from _resampled(resampler, frame)
    yield from _resampled(resampler, None)


def _too_many(channels: int) -> BadAudio:
    return BadAudio("too_many_channels", found=f"{channels} ch")


def _no_recording(said: str) -> BadAudio:
    return BadAudio("not_audio", found=said)


def _unreadable(trouble: OSError) -> BadAudio:
    return BadAudio("unreadable_file", os_error=os_error(trouble))


def _led_astray(trouble: OSError) -> bool:
    """Whether the system refused a place that only a damaged header can name, as before the file's beginning."""
    return isinstance(trouble, av.FFmpegError) or trouble.errno == errno.EINVAL


def _truncated(found: str) -> BadAudio:
    return BadAudio("truncated", found=found)


def _frames(container: InputContainer, stream: AudioStream, packets: _Packets) -> Iterator[AudioFrame]:
    """Decode frame by frame; a damaged packet is passed over, many of them are an error."""
    packet_stream = container.demux(stream)
    while True:
        try:
            packet = next(packet_stream, None)
        except (av.FFmpegError, OSError) as trouble:
            if isinstance(trouble, OSError) and not _led_astray(trouble):
                raise _unreadable(trouble) from trouble
            packets.bad()  # the container breaks off: what comes after cannot be found
            break
        if packet is None:
            break
        try:
            frames = packet.decode()
        except av.FFmpegError:
            packets.bad()
            continue
        if packet.is_corrupt or any(frame.is_corrupt for frame in frames):
            packets.bad()
        else:
            packets.good()
        yield from (frame for frame in frames if isinstance(frame, AudioFrame) and frame.samples and frame.sample_rate)
    if packets.damaged > 1 and packets.damaged > _MOST_DAMAGED * packets.total:
        raise BadAudio("damaged", found=f"{packets.damaged} / {packets.total} packets")


def _resampled(resampler: AudioResampler | None, frame: AudioFrame | None) -> list[Samples]:
    """Resample a frame, or flush the resampler for None."""
    if resampler is None:
        return []
    return [np.nan_to_num(out.to_ndarray()).astype(np.float32, copy=False) for out in resampler.resample(frame)]


def _refuse_cut_wav(container: InputContainer, file: BinaryIO, path: Path) -> None:
    """Refuse a WAV file that is shorter than its header says; FFmpeg would read on without a word."""
    if container.format.name != "wav":
        return
    position = file.tell()
    try:
        declared = wav_data_end(file)
    finally:
        file.seek(position)
    size = path.stat().st_size
    if declared is not None and declared - size > _SHORTFALL * declared:
        raise _truncated(f"{size} / {declared} bytes")


def _words(trouble: Exception) -> str:
    """Say what FFmpeg says, without its numbers."""
    return getattr(trouble, "strerror", None) or str(trouble)
