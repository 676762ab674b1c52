"""How a call went, on calls written down by hand."""

from __future__ import annotations

import polars as pl
import pytest

from voc_mining.anatomy.rules import AnatomyRules
from voc_mining.anatomy.stage import anatomy
from voc_mining.contracts import LAKE_TABLES

RULES = AnatomyRules()
EVENTS = ("audio_sha256", "channel", "kind", "start_s", "end_s")


def token(surface: str, reading: str) -> dict[str, str]:
    return {"surface": surface, "lemma": surface, "pos": "名詞", "reading": reading}


def say(role: str, start: float, end: float, text: str = "説明です", **more: object) -> dict[str, object]:
    channel = {"agent": 0, "customer": 1}.get(role, 0)
    row = {"part": "audio", "channel": channel, "role": role, "start_s": start, "end_s": end, "text": text}
    return row | {"tokens": [], "flags": [], "masked_spans": []} | more


def measured(
    *said: dict[str, object], events: list[tuple] = (), channels: int = 2, agent: int | None = 0, length: float = 60.0
) -> dict[str, object]:
    contract = LAKE_TABLES["utterances"]
    rows = [{"contact_id": "c", "no": no, "month": "2026-10"} | each for no, each in enumerate(said)]
    utterances = contract.conform(pl.DataFrame(rows, schema=contract.schema))
    sounds = pl.DataFrame(
        {"contact_id": "c", "month": "2026-10", "audio_sha256": "s", "agent_channel": agent}
        | {"channels": channels, "duration_s": length},
        schema_overrides={"agent_channel": pl.Int8, "channels": pl.Int8},
    )
    schema = {name: LAKE_TABLES["sound_events"].schema[name] for name in EVENTS}
    heard = pl.DataFrame([("s", *event) for event in events], schema=schema, orient="row")
    return anatomy(utterances, sounds, heard, RULES).row(0, named=True)


CALL = (
    say("agent", 2.0, 6.0, "お電話ありがとうございます。"),
    say("customer", 7.0, 15.0),
    say("agent", 10.0, 10.5, "はい", flags=["filler"]),
    say("agent", 14.0, 18.0, "確認いたします、少々お待ちください。"),
    say("customer", 18.5, 18.9, "はい", flags=["filler"]),
    say("agent", 48.0, 50.0, "お待たせいたしました。"),
    say("customer", 51.0, 52.0, flags=["low_confidence"]),
)


def test_talk_overlap_and_silence_are_seconds_of_the_clock() -> None:
    call = measured(*CALL)
    assert (call["agent_talk_s"], call["customer_talk_s"]) == (10.5, 9.4)
    assert call["agent_share"] == round(10.5 / 19.9, 4)
    assert call["overlap_s"] == 1.5
    assert call["conversation_s"] == 50.0
    # 6-7 and 50-51; the stretch from 18.9 to 48 is a hold.
    assert call["silence_s"] == 2.0
    assert call["dead_air_s"] == 0.0
    assert call["opening_s"] == 2.0


def test_a_listeners_word_ends_no_wait_and_takes_no_turn() -> None:
    call = measured(*CALL)
    assert (call["longest_wait_s"], call["longest_wait_at_s"]) == (30.0, 18.0)
    assert call["n_turns"] == 4


def test_a_wait_that_was_asked_for_is_a_hold() -> None:
    call = measured(*CALL)
    assert (call["n_holds"], call["hold_s"], call["longest_hold_at_s"]) == (1, 30.0, 18.0)
    unasked = measured(say("agent", 0, 5), say("agent", 40, 45))
    assert (unasked["n_holds"], unasked["dead_air_s"], unasked["longest_hold_at_s"]) == (0, 35.0, None)


def test_music_on_the_agents_side_after_the_first_words_is_a_hold() -> None:
    queue, hold, more = (0, "music", 0.0, 20.0), (0, "music", 31.0, 40.0), (0, "music", 44.0, 50.0)
    call = measured(say("agent", 25, 30), say("agent", 52, 55), events=[queue, hold, more])
    assert (call["n_holds"], call["hold_s"], call["longest_hold_at_s"]) == (1, 19.0, 31.0)
    assert (call["longest_wait_s"], call["longest_wait_at_s"]) == (25.0, 0.0)
    assert measured(say("agent", 25, 30), say("agent", 52, 55), events=[(1, "music", 31.0, 50.0)])["n_holds"] == 0


def test_somebody_who_talks_is_not_on_hold() -> None:
    asked = say("agent", 0, 5, "少々お待ちください。")
    assert measured(asked, say("customer", 6, 18), say("agent", 20, 25))["n_holds"] == 0


@pytest.mark.parametrize(
    ("start", "end", "flags", "found"),
    [
        (5.0, 8.0, [], 1),  # well into the turn
        (0.5, 3.0, [], 0),  # right after its beginning
        (9.8, 12.0, [], 0),  # at its end
        (5.0, 5.6, [], 0),  # too short
        (5.0, 6.8, ["filler"], 0),  # listening
    ],
)
def test_an_interruption_begins_inside_the_others_turn(start: float, end: float, flags: list, found: int) -> None:
    call = measured(say("customer", 0.0, 10.0), say("agent", start, end, flags=flags))
    assert (call["agent_interruptions"], call["customer_interruptions"]) == (found, 0)


def test_nothing_is_said_about_speakers_that_are_not_known() -> None:
    by_speaker = ("agent_talk_s", "customer_talk_s", "agent_share", "opening_s", "n_turns", "agent_interruptions")
    mono = measured(say("unknown", 1, 5), say("unknown", 20, 25), channels=1, agent=None)
    assert [mono[name] for name in (*by_speaker, "overlap_s")] == [None] * 7
    assert (mono["unknown_talk_s"], mono["dead_air_s"], mono["longest_wait_s"]) == (9.0, 15.0, 15.0)
    stereo = measured(say("unknown", 1, 5), say("unknown", 4, 6, channel=1), agent=None)
    assert [stereo[name] for name in by_speaker] == [None] * 6
    assert stereo["overlap_s"] == 1.0


def test_two_speakers_told_apart_on_one_channel_have_times_but_no_overlap() -> None:
    call = measured(say("agent", 1, 5), say("customer", 6, 8, channel=0), channels=1, agent=None)
    assert (call["agent_talk_s"], call["customer_talk_s"], call["overlap_s"]) == (4.0, 2.0, None)


def test_a_call_in_which_nobody_speaks_has_no_waits() -> None:
    call = measured()
    assert (call["conversation_s"], call["silence_s"], call["n_holds"]) == (0.0, 0.0, 0)
    assert [call[name] for name in ("longest_wait_s", "dead_air_share", "agent_share")] == [None] * 3


def test_invented_words_and_machines_are_nobodys() -> None:
    call = measured(
        say("agent", 1, 4, flags=["ivr"]),
        say("customer", 5, 9, flags=["silence_text"]),
        say("agent", 10, 13, flags=["music"]),
        say("agent", 20, 22),
    )
    assert (call["ivr_s"], call["agent_talk_s"], call["customer_talk_s"]) == (3.0, 2.0, 0.0)
    assert (call["opening_s"], call["longest_wait_s"]) == (20.0, 20.0)


def test_waiting_begins_when_the_ringing_ends() -> None:
    call = measured(say("agent", 9, 12), events=[(0, "ring", 0.0, 7.0)])
    assert (call["opening_s"], call["longest_wait_s"], call["longest_wait_at_s"]) == (2.0, 2.0, 7.0)


def test_rates_are_morae_of_sure_unmasked_words() -> None:
    kyou = [token("今日", "キョー"), token("、", ""), token("行っ", "イッ"), token("た", "タ")]
    long = say("agent", 0, 5, tokens=kyou * 6)
    masked = say("agent", 6, 9, tokens=kyou, masked_spans=[{"start": 0, "end": 2, "type": "phone"}])
    unread = say("agent", 10, 14, tokens=[token("Zoom", "")])
    call = measured(long, masked, unread, say("customer", 20, 23, tokens=kyou))
    assert call["agent_morae_per_s"] == round(5 * 6 / 5, 2)
    assert call["customer_morae_per_s"] is None


def test_rules_change_the_key() -> None:
    assert AnatomyRules().key == RULES.key
    assert AnatomyRules(dead_air_s=4.0).key != RULES.key
