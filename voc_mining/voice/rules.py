"""Parameters of the stage: its lexicons and the few numbers beside them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import partial

from voc_mining.ids import digest
from voc_mining.voice.lexicon import Lexicon, bundled_lexicon
from voc_mining.voice.turn_model import TurnModel, bundled_turn_model

# Counts changes of the code that change results, so that stored statements are made again.
_RULES_VERSION = 5


@dataclass(frozen=True, slots=True)
class VoiceRules:
    """What makes a statement, and what its words say.

    Parameters
    ----------
    kinds, polarity, urgency, endings, excluded, quotes, writer, outcome_closing, outcome_agent : Lexicon
    outcome_note, critical, emotions, experience, reasons, turns, circumstances : Lexicon
        Patterns; those that come with the program where none are given.
    turn_model : TurnModel
        Weighs turns of a conversation that no pattern knows.
    max_pause_s : float
        Pieces of speech further apart than this are never one statement, seconds.
    weak_pause_s : float
        Pause after which a weak ending (〜けど、〜た) ends a statement, seconds.
    max_pieces : int
        Pieces of speech joined at most.
    received_pause_s : float
        The same where the agent only said はい in between, seconds.
    answer_turns : int
        The customer's turns after a question of the agent's that may answer it.
    answer_chars : int
        An answer is no longer than this.
    reaction_chars : int
        A turn that only reacts to the agent is no longer than this.
    weighed_chars : int
        Longer turns are never left out by the model of turns.
    matter_chars : int
        A turn of the customer's that is at least as long may have told the matter.
    closing_turns : int
        The customer's last turns that are asked how the call ended.
    last_turns : int
        The agent's last turns that are asked where these tell nothing, and the customer's beside them.
    long_hold_s : float
        A conversation of this length with a sign of harassment is a long hold, seconds.
    """

    kinds: Lexicon = field(default_factory=partial(bundled_lexicon, "kinds"))
    polarity: Lexicon = field(default_factory=partial(bundled_lexicon, "polarity"))
    urgency: Lexicon = field(default_factory=partial(bundled_lexicon, "urgency"))
    endings: Lexicon = field(default_factory=partial(bundled_lexicon, "endings"))
    excluded: Lexicon = field(default_factory=partial(bundled_lexicon, "excluded"))
    quotes: Lexicon = field(default_factory=partial(bundled_lexicon, "quotes"))
    writer: Lexicon = field(default_factory=partial(bundled_lexicon, "writer"))
    outcome_closing: Lexicon = field(default_factory=partial(bundled_lexicon, "outcome_closing"))
    outcome_agent: Lexicon = field(default_factory=partial(bundled_lexicon, "outcome_agent"))
    outcome_note: Lexicon = field(default_factory=partial(bundled_lexicon, "outcome_note"))
    critical: Lexicon = field(default_factory=partial(bundled_lexicon, "critical"))
    emotions: Lexicon = field(default_factory=partial(bundled_lexicon, "emotions"))
    experience: Lexicon = field(default_factory=partial(bundled_lexicon, "experience"))
    reasons: Lexicon = field(default_factory=partial(bundled_lexicon, "reasons"))
    turns: Lexicon = field(default_factory=partial(bundled_lexicon, "turns"))
    circumstances: Lexicon = field(default_factory=partial(bundled_lexicon, "circumstances"))
    turn_model: TurnModel = field(default_factory=bundled_turn_model)
    max_pause_s: float = 0.7
    weak_pause_s: float = 0.3
    max_pieces: int = 6
    received_pause_s: float = 2.5
    answer_turns: int = 2
    answer_chars: int = 24
    reaction_chars: int = 28
    weighed_chars: int = 40
    matter_chars: int = 8
    closing_turns: int = 6
    last_turns: int = 2
    long_hold_s: float = 3600.0

    @classmethod
    def bundled(cls) -> VoiceRules:
        """Rules that come with the program."""
        return cls()

    @property
    def key(self) -> str:
        """Digest of the rules: statements made under another key are made again."""
        values = (getattr(self, field.name) for field in fields(self))
        return digest("voice", _RULES_VERSION, *(v.key if isinstance(v, Lexicon | TurnModel) else v for v in values))
