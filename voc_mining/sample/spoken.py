"""The spoken calls: their log rows, and where in the sound each turn lies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np

from voc_mining.sample.calendar import JST
from voc_mining.sample.calls import CallPlan, call
from voc_mining.sample.draws import Draws
from voc_mining.sample.line_sounds import hold_music, ring_back
from voc_mining.sample.planned import PersonalValue, PlannedContact, Statement
from voc_mining.sample.speech import RATE, Samples, SpeechEngine, Voice, telephone
from voc_mining.sample.truth import TrueCall
from voc_mining.sample.wording import Wording
from voc_mining.sample.world import SampleCustomer

_LEAD_S = 0.5
_GAP_S = 0.45
_NOISE = 3e-4
_QUOTE = re.compile("「(.+?)」")
_EXTENSIONS = {"pcm": "wav", "ulaw": "wav"}
# Characters a second of unhurried speech: enough for a log's talking time.
_PACE = 6.5
# What a turn begins with, beside the sounds of the line: who speaks, or that the next turn cuts in.
_PEOPLE = ("a", "c")
_ROLES = {"a": "agent", "c": "customer", "i": "ivr"}
_CUT = "cut"
_LINE_SOUNDS: Mapping[str, Callable[[Any], Samples]] = {"ring": ring_back, "queue": hold_music, "hold": hold_music}


@dataclass(frozen=True, slots=True)
class Turn:
    """Words of one speaker: where they are in the sound and what they are about."""

    role: str
    text: str
    topic: str
    kind: str
    channel: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class LineSound:
    """A sound of the line: ``ring``, or music while in the ``queue`` or on ``hold``."""

    kind: str
    channel: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class SpokenCall:
    """A call with sound.

    Parameters
    ----------
    key : str
        Key of the script.
    path : str
        Recording, relative to ``recordings/``.
    copy : str
        Second name of the same recording; empty where there is none.
    codec : str
        pcm, ulaw, flac, mp3, m4a or ogg.
    samples : ndarray, shape (n_channels, n_samples)
        The sound at 8 kHz.
    turns : tuple of Turn
        In order of time.
    sounds : tuple of LineSound
        In order of time.
    """

    key: str
    path: str
    copy: str
    codec: str
    samples: Samples
    turns: tuple[Turn, ...]
    sounds: tuple[LineSound, ...] = ()


def recording_path(script: Mapping[str, Any]) -> str:
    """Name of the recording, relative to ``recordings/``."""
    if "path" in script:
        return str(script["path"])
    at = str(script["at"])
    return f"{at[:4]}/{at[5:7]}/{script['key']}.{_EXTENSIONS.get(script['codec'], script['codec'])}"


def log_row(
    script: Mapping[str, Any], customers: list[SampleCustomer], seed: int, *, with_sound: bool
) -> PlannedContact:
    """Make the log row of a spoken call; without sound it names no recording but a missing one."""
    customer = customers[script["customer"] - 1] if script["customer"] else None
    note = script.get("note", "")
    said = [turn for turn in script["turns"] if turn[0] in _PEOPLE]
    topics = [turn for turn in said if len(turn) > 2]
    topic = topics[0][2] if topics else ""
    quotes = tuple(Statement(quote, topic, topics[0][3] if topics else "") for quote in _QUOTE.findall(note))
    codes = script.get("codes", ["", "", ""])
    plan = CallPlan(
        call_id=script["key"],
        at=datetime.fromisoformat(script["at"]).replace(tzinfo=JST),
        direction=script.get("direction", "inbound"),
        disposition="answered",
        queue=script["queue"],
        customer_id=customer.customer_id if customer else "",
        phone=customer.phone if customer else "",
        campaign=script.get("campaign", ""),
        purpose=script.get("purpose", ""),
        codes=(codes[0], codes[1], codes[2]),
        talk_s=max(20, round(sum(len(turn[1]) for turn in said) / _PACE) + len(said)),
        hold_s=sum(turn[1] for turn in script["turns"] if turn[0] == "hold"),
        expect=script.get("expect", "reactive"),
    )
    made = call(plan, Wording(note, quotes), Draws(seed, f"spoken {script['key']}"))
    gone = script.get("log") == "gone"
    sound = {"recording": recording_path(script)} if with_sound or gone else {}
    if sound and script["form"] != "mono":
        sound["agent_channel"] = script["form"].removeprefix("stereo")
    personal = tuple(PersonalValue("spoken", value) for value in script.get("personal", ()) if with_sound)
    return replace(made, row=dict(made.row) | sound, recording=script["key"], personal=personal)


def speak_call(script: Mapping[str, Any], speech: SpeechEngine, seed: int) -> SpokenCall:
    """Speak a script, turn after turn; on two channels each speaker has one, and machines speak on the agent's."""
    form = script["form"]
    agent = 0 if form == "mono" else int(form.removeprefix("stereo"))
    channel_of = {"c": 0 if form == "mono" else 1 - agent}
    number = int(script["key"][1:])
    turns: list[Turn] = []
    sounds: list[LineSound] = []
    pieces: list[tuple[int, int, Samples]] = []
    position = _LEAD_S
    for who, what, *about in script["turns"]:
        if who == _CUT:
            position -= what + _GAP_S
            continue
        channel = channel_of.get(who, agent)
        if who in _ROLES:
            voice = Voice(is_agent=who != "c", variant=number, is_machine=who == "i")
            sound = telephone(speech.speak(what, voice))
            topic, kind = about or ("", "")
            turns.append(Turn(_ROLES[who], what, topic, kind, channel, position, position + len(sound) / RATE))
        else:
            sound = _LINE_SOUNDS[who](what)
            sounds.append(LineSound(who, channel, position, position + len(sound) / RATE))
        pieces.append((channel, round(position * RATE), sound))
        position += len(sound) / RATE + _GAP_S
    noise = np.random.default_rng([seed, number]).normal(
        0.0, _NOISE, (1 if form == "mono" else 2, round(position * RATE))
    )
    samples = noise.astype(np.float32)
    for channel, start, sound in pieces:
        samples[channel, start : start + len(sound)] += sound
    path = recording_path(script)
    copy = f"backup/{script['key']} (1).wav" if script.get("copy") else ""
    return SpokenCall(script["key"], path, copy, script["codec"], samples, tuple(turns), tuple(sounds))


def statements_of(spoken: SpokenCall) -> tuple[Statement, ...]:
    """Tell what the customer says in the sound, with its seconds."""
    return tuple(
        Statement(turn.text, turn.topic, turn.kind, round(turn.start_s, 2), round(turn.end_s, 2), turn.channel)
        for turn in spoken.turns
        if turn.role == "customer"
    )


def true_call(spoken: SpokenCall, contact_id: str) -> TrueCall:
    """Tell how a call goes: its holds, from word to word; its announcements; how often the customer cuts in."""
    holds = [
        min(turn.start_s for turn in spoken.turns if turn.start_s > sound.start_s)
        - max(turn.end_s for turn in spoken.turns if turn.end_s < sound.start_s)
        for sound in spoken.sounds
        if sound.kind == "hold"
    ]
    menus = [turn.end_s - turn.start_s for turn in spoken.turns if turn.role == "ivr"]
    cut_in = [other.role == "customer" and other.start_s < one.end_s for one, other in pairwise(spoken.turns)]
    return TrueCall(contact_id, len(holds), round(sum(holds), 2), round(sum(menus), 2), sum(cut_in))
