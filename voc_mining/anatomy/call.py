"""The figures of one call, from who talked when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from voc_mining.anatomy.intervals import Interval, common, gaps, longest, merged, seconds
from voc_mining.anatomy.rules import AnatomyRules

_LIVE = ("agent", "customer", "unknown")
_BEFORE_ANSWER = ("ring", "busy", "dtmf")
_SOUNDS = ("music", "ring", "busy", "dtmf", "tone")
# A hold may have some words of the other party in it, and hold music is not what an agent talks over.
_TALK_IN_HOLD = 0.2
_UTTERANCES_BACK = 2


@dataclass(frozen=True, slots=True)
class Talk:
    """An utterance: whose, on which channel, when, and whether it only listens, asks to wait or comes back."""

    role: str
    channel: int
    start_s: float
    end_s: float
    listens: bool = False
    asks_to_wait: bool = False
    comes_back: bool = False

    @property
    def interval(self) -> Interval:
        """Start and end."""
        return self.start_s, self.end_s


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of music or tones in a channel."""

    kind: str
    channel: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call with sound; ``talks`` and ``sounds`` in order of time."""

    duration_s: float
    channels: int
    agent_channel: int | None
    talks: tuple[Talk, ...]
    sounds: tuple[Sound, ...]

    def talk(self, *roles: str) -> list[Interval]:
        """Stretches in which some roles talk."""
        return merged(talk.interval for talk in self.talks if talk.role in roles)


def figures(call: Call, rules: AnatomyRules) -> Mapping[str, float | int | None]:
    """Measure a call; what cannot be known is None.

    Roles are known where at most a fifth of the talk has no speaker; two at once can only be told on two
    channels. Definitions: columns of the lake's ``anatomy``.
    """
    live = call.talk(*_LIVE)
    unknown = call.talk("unknown")
    known = bool(live) and seconds(unknown) <= rules.most_unknown * seconds(live)
    agent, customer = seconds(call.talk("agent")), seconds(call.talk("customer"))
    start, end = (live[0][0], live[-1][1]) if live else (0.0, 0.0)
    holds = _holds(call, rules, known=known) if live else []
    taken = merged(
        [*live, *call.talk("ivr"), *holds, *((s.start_s, s.end_s) for s in call.sounds if s.kind in _SOUNDS)]
    )
    silences = gaps(taken, start, end)
    dead = [silence for silence in silences if silence[1] - silence[0] >= rules.dead_air_s]
    wait = longest(gaps(_company(call), _answered(call, start), end)) if live else None
    hold = longest(holds)
    apart = known and call.channels > 1
    return {
        "conversation_s": end - start,
        "agent_talk_s": agent if known else None,
        "customer_talk_s": customer if known else None,
        "unknown_talk_s": seconds(unknown),
        "ivr_s": seconds(call.talk("ivr")),
        "agent_share": agent / (agent + customer) if known and agent + customer else None,
        "overlap_s": _overlap(call) if call.channels > 1 else None,
        "silence_s": seconds(silences),
        "dead_air_s": seconds(dead),
        "dead_air_share": seconds(dead) / (end - start) if end > start else None,
        "opening_s": _opening(call, start) if known else None,
        "longest_wait_s": _length(wait),
        "longest_wait_at_s": wait[0] if wait else None,
        "n_holds": len(holds),
        "hold_s": seconds(holds),
        "longest_hold_at_s": hold[0] if hold else None,
        "agent_interruptions": len(_interruptions(call, "agent", "customer", rules)) if apart else None,
        "customer_interruptions": len(_interruptions(call, "customer", "agent", rules)) if apart else None,
        "n_turns": _turns(call) if known else None,
    }


def _length(interval: Interval | None) -> float | None:
    return interval[1] - interval[0] if interval else None


def _answered(call: Call, start_s: float) -> float:
    """Second from which the caller can hear somebody: where the last ringing before the first words ends."""
    rung = [sound.end_s for sound in call.sounds if sound.kind in _BEFORE_ANSWER and sound.end_s <= start_s]
    return max(rung, default=0.0)


def _opening(call: Call, start_s: float) -> float | None:
    agent = call.talk("agent")
    return agent[0][0] - min(_answered(call, start_s), agent[0][0]) if agent else None


def _company(call: Call) -> list[Interval]:
    """When the customer is not left alone: the agent talks, or the customer does more than listen."""
    return merged(
        talk.interval for talk in call.talks if talk.role in _LIVE and not (talk.role == "customer" and talk.listens)
    )


def _overlap(call: Call) -> float:
    """Seconds in which both channels talk."""
    live = [talk for talk in call.talks if talk.role in _LIVE]
    one, other = (merged(talk.interval for talk in live if talk.channel == channel) for channel in (0, 1))
    return seconds(common(one, other))


def _turns(call: Call) -> int:
    """Count the changes of who speaks, and the first; listening is no turn."""
    speakers = [talk.role for talk in call.talks if talk.role in {"agent", "customer"} and not talk.listens]
    return len([speaker for speaker, _ in groupby(speakers)])


def _interruptions(call: Call, who: str, whom: str, rules: AnatomyRules) -> list[Interval]:
    """Talk of one that begins well inside the talk of the other and does more than listen.

    After Zimmerman and West, Sex roles, interruptions and silences in conversation (1975): an interruption
    begins away from a possible end of the other's turn, other overlaps are near it. They count syllables;
    here it is seconds. Listeners' words (相づち) are left out, for they take no turn (Maynard 1986).
    """
    others = merged(call.talk(whom), rules.turn_gap_s)
    substance = [talk.interval for talk in call.talks if talk.role == who and not talk.listens]
    found = []
    for start, end in merged(call.talk(who), rules.turn_gap_s):
        says = seconds(common([(start, end)], merged(substance)))
        into = any(
            low + rules.interrupted_after_s <= start <= high - rules.interrupted_before_s for low, high in others
        )
        if into and says >= rules.interruption_s:
            found.append((start, end))
    return found


def _holds(call: Call, rules: AnatomyRules, *, known: bool) -> list[Interval]:
    """Stretches in which the caller was put on hold: music after the first words, or a wait that was asked for."""
    roles = ("agent",) if known else _LIVE
    speaking = call.talk(*roles)
    if not speaking:
        return []
    own = call.agent_channel if known and call.channels > 1 else None
    music = merged(
        (
            (sound.start_s, sound.end_s)
            for sound in call.sounds
            if sound.kind == "music" and own in {None, sound.channel} and sound.start_s >= speaking[0][0]
        ),
        rules.hold_gap_s,
    )
    holds = [hold for hold in music if _left_alone(hold, speaking)]
    others = merged(talk.interval for talk in call.talks if talk.role == "customer" and not talk.listens)
    lines = [talk for talk in call.talks if talk.role in roles]
    holds += [
        silence
        for silence in gaps(speaking, speaking[0][0], speaking[-1][1])
        if silence[1] - silence[0] >= rules.hold_silence_s
        and (not known or _left_alone(silence, others))
        and _announced(silence, lines)
    ]
    return merged(holds)


def _left_alone(stretch: Interval, talk: Sequence[Interval]) -> bool:
    return seconds(common([stretch], list(talk))) <= _TALK_IN_HOLD * (stretch[1] - stretch[0])


def _announced(silence: Interval, lines: Sequence[Talk]) -> bool:
    """Whether the agent asked to wait just before, or comes back with an apology."""
    before = [line for line in lines if line.end_s <= silence[0]][-_UTTERANCES_BACK:]
    after = [line for line in lines if line.start_s >= silence[1]][:_UTTERANCES_BACK]
    return any(line.asks_to_wait for line in before) or any(line.comes_back for line in after)
