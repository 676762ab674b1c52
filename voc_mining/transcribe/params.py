"""Parameters of the stage: how utterances are cut and when they are suspected."""

from __future__ import annotations

from dataclasses import dataclass, field

from voc_mining.ids import digest
from voc_mining.transcribe.announcements import AnnouncementPhrases, announcement_phrases
from voc_mining.transcribe.phrases import StockPhrases, stock_phrases
from voc_mining.transcribe.speakers import SpeakerParams

_EDITION = 5  # raised whenever the same parameters would give other utterances, times of words, flags or sound events


@dataclass(frozen=True, slots=True)
class TranscribeParams:
    """How utterances are cut and when they are suspected.

    Parameters
    ----------
    pause_s : float, default 0.6
        Silence between two words that ends an utterance, seconds.
    comma_pause_s : float, default 1.0
        The same after 、, where the sentence goes on.
    longest_s : float, default 15.0
        An utterance longer than this is cut at its longest pause, seconds.
    least_confidence : float, default 0.5
        Mean token probability below which an utterance is flagged ``low_confidence``, 0-1.
    most_no_speech : float, default 0.6
        Probability of no speech above which an utterance is flagged ``silence_text``, 0-1. With Whisper
        base, read speech stayed below 0.55, text invented over noise, tones and ringing lay at 0.7-0.96.
    doubtful_no_speech : float, default 0.3
        The same for a phrase that Whisper likes to write over silence.
    quiet_db : float, default -80.0
        Level below which there is nothing to hear, decibels of full scale. Real speakers are found down
        to -60.
    over_sound : float, default 0.6
        Share of an utterance that music or tones must take for its words to be flagged ``music`` or
        ``tone``, 0-1.
    phrases : StockPhrases
        What Whisper writes where nobody speaks.
    announcements : AnnouncementPhrases
        What voice menus and answering machines say.
    speakers : SpeakerParams
        How two speakers on one channel are told apart.
    """

    pause_s: float = 0.6
    comma_pause_s: float = 1.0
    longest_s: float = 15.0
    least_confidence: float = 0.5
    most_no_speech: float = 0.6
    doubtful_no_speech: float = 0.3
    quiet_db: float = -80.0
    over_sound: float = 0.6
    phrases: StockPhrases = field(default_factory=stock_phrases)
    announcements: AnnouncementPhrases = field(default_factory=announcement_phrases)
    speakers: SpeakerParams = field(default_factory=SpeakerParams)

    @property
    def key(self) -> str:
        """Digest of everything that changes the stored rows."""
        numbers = (
            *(self.pause_s, self.comma_pause_s, self.longest_s),
            *(self.least_confidence, self.most_no_speech, self.doubtful_no_speech, self.quiet_db),
            self.over_sound,
        )
        words = (*self.phrases.key, *self.announcements.key)
        return digest("transcribe-params", _EDITION, *numbers, *words, *self.speakers.key)
