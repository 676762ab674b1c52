"""Decoding windows with Whisper (CTranslate2): many at once, each as if it were alone."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, takewhile
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens, merge_punctuations
from numpy.typing import NDArray

from voc_mining.transcribe.audio import SAMPLE_RATE, Samples
from voc_mining.transcribe.repetition import loops
from voc_mining.transcribe.transcriber import Segment, Word
from voc_mining.transcribe.windows import CONTEXT_S, Window

if TYPE_CHECKING:
    from ctranslate2 import StorageView  # type: ignore[attr-defined]
    from ctranslate2.models import WhisperGenerationResult  # type: ignore[attr-defined]

_FRAMES_PER_SECOND = 100
_MOST_TOKENS = 448
_FIRST_TIMESTAMP = 50
# What the prompt takes is lacking for the words of a window: 30 seconds of fast speech are some 270 tokens.
_MOST_TOLD_TOKENS = 160
# A told word was not said but repeated from the prompt where the model is less sure than this of it, or of speech. Speech
# at 8 kHz had at least -0.37 and at most 0.06; words repeated over noise, tones and silence at most -0.53, at least 0.41.
_LEAST_SURE_TOLD = -0.5
_MOST_NO_SPEECH_TOLD = 0.2
# Whisper's own bounds of a failed decoding (Radford et al. 2022, 4.5).
_LEAST_LOG_PROBABILITY = -1.0
_MOST_COMPRESSION = 2.4
_LONGEST_WORD_S = 0.7
_OPENERS = "\"'“¿([{-「『（"
_CLOSERS = "\"'.。,，!！?？:：”)]}、」』）"
# A sentence keeps the model talking as people do: after a bare list it spells ordinary words as names, too.
_BETWEEN_TOLD = "、"
_FRAME = ("この通話では、", "について話しています。")


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What the model wrote for a window."""

    tokens: tuple[int, ...]
    text: str
    log_probability: float
    no_speech: float

    @property
    def failed(self) -> bool:
        """Whether the model was stuck or guessed."""
        raw = self.text.encode()
        dense = bool(raw) and len(raw) / len(zlib.compress(raw)) > _MOST_COMPRESSION
        return dense or loops(self.text) or self.log_probability < _LEAST_LOG_PROBABILITY


class WindowDecoder:
    """Decodes windows; the same window gives the same words, alone or in a batch.

    Parameters
    ----------
    model : WhisperModel
        As loaded.
    language : str
        Language spoken.
    beam_size : int
        Hypotheses followed.
    hotwords : sequence of str
        Words that the prompt of each window names, the first ones, as many as it has room for. What is written
        with them counts only if one of them is among it, and somebody speaks; else the window is decoded without,
        so that they are not spoken over silence and do nothing to ordinary words.
    """

    def __init__(self, model: WhisperModel, language: str, beam_size: int, hotwords: Sequence[str] = ()) -> None:
        self.model = model
        self.language = language
        self.beam_size = beam_size
        self.hotwords = tuple(hotwords)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        multilingual = bool(self.model.model.is_multilingual)
        return Tokenizer(
            self.model.hf_tokenizer, multilingual, task="transcribe", language=self.language if multilingual else "en"
        )

    @cached_property
    def _suppressed(self) -> list[int] | None:
        return get_suppressed_tokens(self._tokenizer, [-1])  # type: ignore[arg-type] # a list, as its own callers pass

    @cached_property
    def told(self) -> tuple[str, ...]:
        """Words named in the prompt."""
        lengths = accumulate(len(self._tokenizer.encode(f"{_BETWEEN_TOLD}{word}")) for word in self.hotwords)
        fitting = takewhile(lambda length: length <= _MOST_TOLD_TOKENS, lengths)
        return tuple(word for word, _ in zip(self.hotwords, fitting, strict=False))

    def _prompt_of(self, told: Sequence[str]) -> list[int]:
        prompt: list[int] = self.model.get_prompt(
            self._tokenizer,
            [],
            without_timestamps=True,
            hotwords=_BETWEEN_TOLD.join(told).join(_FRAME) if told else None,
        )
        return prompt

    @cached_property
    def _prompt(self) -> list[int]:
        return self._prompt_of(self.told)

    @cached_property
    def _prompt_alone(self) -> list[int]:
        return self._prompt_of(())

    def _told_or_alone(self, encoded: StorageView, n_windows: int) -> list[_Decoded]:
        """Decode windows with the told words, and again without where these did no good."""
        told = self._generate(encoded, n_windows, self._prompt)
        if not self.told or all(map(self._served, told)):
            return told
        alone = self._generate(encoded, n_windows, self._prompt_alone)
        return [one if self._served(one) else other for one, other in zip(told, alone, strict=True)]

    def _served(self, decoded: _Decoded) -> bool:
        """Whether told words were heard, by what can be known of it."""
        spoken = decoded.no_speech <= _MOST_NO_SPEECH_TOLD and decoded.log_probability >= _LEAST_SURE_TOLD
        repeated = any(part.strip("、。") in decoded.text for part in _FRAME)
        return spoken and not decoded.failed and not repeated and any(word in decoded.text for word in self.told)

    def decode(self, windows: Sequence[tuple[Samples, Window]]) -> list[list[Segment]]:
        """Decode windows of equal context, each with its channel's samples; those that fail once more, with care.

        Returns
        -------
        list of list of Segment
            Per window, in order of time; empty where the model wrote nothing.
        """
        context_s = windows[0][1].context_s()
        sounds = [window.sound(samples) for samples, window in windows]
        encoded = self._encode(sounds, context_s)
        decoded = self._told_or_alone(encoded, len(windows))
        again = [
            list(self._carefully(samples, window, first)) if first.failed else []
            for (samples, window), first in zip(windows, decoded, strict=True)
        ]
        if all(again):
            return again
        aligned = self._align(encoded, decoded, [window for _, window in windows])
        return [one or _segments(words, first) for one, words, first in zip(again, aligned, decoded, strict=True)]

    def _carefully(self, samples: Samples, window: Window, first: _Decoded) -> Iterator[Segment]:
        """Decode a window that failed in halves and in full context; nothing if that fails no less."""
        pieces = window.halves()
        results = []
        for piece in pieces:
            encoded = self._encode([piece.sound(samples)], CONTEXT_S)
            results.append((piece, encoded, self._generate(encoded, 1, self._prompt_alone)[0]))
        sure = sum(decoded.log_probability * piece.length for piece, _, decoded in results) / window.length
        if any(decoded.failed for *_, decoded in results) and sure <= first.log_probability:
            return
        for piece, encoded, decoded in results:
            (words,) = self._align(encoded, [decoded], [piece])
            yield from _segments(words, decoded)

    def _encode(self, sounds: Sequence[Samples], context_s: float) -> StorageView:
        frames = round(context_s * _FRAMES_PER_SECOND)
        features = np.stack([self._features(sound, frames) for sound in sounds])
        encoded: StorageView = self.model.encode(features)
        return encoded

    def _features(self, sound: Samples, frames: int) -> NDArray[np.float32]:
        """Log-mel features, shape (mels, frames): the sound, then silence."""
        length = frames * SAMPLE_RATE // _FRAMES_PER_SECOND
        padded = np.zeros(length, dtype=np.float32)
        padded[: len(sound)] = sound[:length]
        features: NDArray[np.float32] = self.model.feature_extractor(padded)
        return features[:, :frames]

    def _generate(self, encoded: StorageView, n_windows: int, prompt: list[int]) -> list[_Decoded]:
        results = self.model.model.generate(
            encoded,
            [prompt] * n_windows,
            beam_size=self.beam_size,
            max_length=_MOST_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=self._suppressed,
            max_initial_timestamp_index=_FIRST_TIMESTAMP,
        )
        return [self._read(result) for result in results]

    def _read(self, result: WhisperGenerationResult) -> _Decoded:
        ids = result.sequences_ids[0]
        # The score is the mean over the tokens; the end of the text counts as one more.
        sure = result.scores[0] * len(ids) / (len(ids) + 1)
        tokens = tuple(token for token in ids if token < self._tokenizer.eot)
        return _Decoded(tokens, self._tokenizer.decode(list(tokens)).strip(), sure, result.no_speech_prob)

    def _align(
        self, encoded: StorageView, decoded: Sequence[_Decoded], windows: Sequence[Window]
    ) -> list[tuple[tuple[Word, ...], ...]]:
        """Words of each window with their seconds in the channel, by stretch of speech."""
        frames = [window.length * _FRAMES_PER_SECOND // SAMPLE_RATE for window in windows]
        # Its annotations tell of one window; it takes and gives a list of them, as its own batched mode does.
        align: Any = self.model.find_alignment
        alignments = align(self._tokenizer, [list(one.tokens) for one in decoded], encoded, frames)
        return [
            _placed(alignment, window) or _unplaced(one, window)
            for alignment, one, window in zip(alignments, decoded, windows, strict=True)
        ]


def _placed(alignment: list[dict[str, Any]], window: Window) -> tuple[tuple[Word, ...], ...]:
    """Words with their seconds in the channel, one tuple per stretch of speech in which there are any.

    The alignment gives pauses to the words beside them; a first or last word of a stretch much longer
    than its fellows is cut to twice their median, on the side of the pause.
    """
    merge_punctuations(alignment, _OPENERS, _CLOSERS)
    words = [raw for raw in alignment if raw["word"]]
    lengths = [length for raw in words if (length := raw["end"] - raw["start"]) > 0]
    longest_s = 2 * min(_LONGEST_WORD_S, float(median(lengths))) if lengths else 0.0
    stretches: dict[int, list[Word]] = {}
    for raw in words:
        start, end, number = window.place(float(raw["start"]), float(raw["end"]))
        stretches.setdefault(number, []).append(Word(start, end, raw["word"], float(raw["probability"])))
    return tuple(_trimmed(stretch, longest_s) for stretch in stretches.values())


def _unplaced(decoded: _Decoded, window: Window) -> tuple[tuple[Word, ...], ...]:
    """Place what was written but not found in the sound over the whole of the first stretch, in doubt."""
    if not decoded.text:
        return ()
    start, end = window.stretches[0]
    return ((Word(start / SAMPLE_RATE, end / SAMPLE_RATE, decoded.text, 0.0),),)


def _trimmed(words: list[Word], longest_s: float) -> tuple[Word, ...]:
    """Words of a stretch whose first starts later and whose last ends earlier where they are too long."""
    first, last = words[0], words[-1]
    if first.end_s - first.start_s > longest_s:
        words[0] = Word(first.end_s - longest_s, first.end_s, first.text, first.probability)
    if len(words) > 1 and last.end_s - last.start_s > longest_s:
        words[-1] = Word(last.start_s, last.start_s + longest_s, last.text, last.probability)
    return tuple(words)


def _segments(stretches: tuple[tuple[Word, ...], ...], decoded: _Decoded) -> list[Segment]:
    return [Segment(words, decoded.no_speech) for words in stretches]
