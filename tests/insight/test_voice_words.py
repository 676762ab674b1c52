from __future__ import annotations

import polars as pl

from tests.insight import worlds
from tests.insight.test_contrast import asked
from voc_mining.export.files import conform, csv_files
from voc_mining.insight.voice_words import KEYNESS_SCHEMA, voice_words


def words(statements: pl.DataFrame) -> pl.DataFrame:
    """Statements on A speak of Excel by a word and a pair, all have a word in common and a masked one."""
    on_a = pl.col("topic_id").fill_null("") == "A"
    return statements.select(
        "voc_id",
        pl.when(on_a).then(pl.lit(["Excel", "画面", "Excel"])).otherwise(pl.lit(["画面", "［氏名］"])).alias("terms"),
        pl.when(on_a).then(pl.lit(["Excel→写す"])).otherwise(pl.lit([], dtype=pl.List(pl.String))).alias("pairs"),
    )


def test_words_and_pairs_of_the_quiet_are_told_from_those_of_inquirers():
    statements = asked([["A"]] * 20 + [["none"]] * 30, [["A"]] * 2 + [["none"]] * 50)
    found = voice_words(statements, words(statements), worlds.profiles(), worlds.PARAMS)
    assert found.schema == KEYNESS_SCHEMA
    silence = {(row["group"], row["term"]): row for row in found.filter(group_by="silence").iter_rows(named=True)}
    assert {term for _, term in silence} == {"Excel", "画面", "Excel→写す"}
    quiet, inquirer = silence["quiet", "Excel→写す"], silence["inquirer", "Excel→写す"]
    assert (quiet["word_type"], quiet["n"], quiet["customers"], quiet["heard"], quiet["reach"]) == (
        "pair",
        20,
        20,
        50,
        0.4,
    )
    assert (inquirer["n"], inquirer["customers"], inquirer["heard"]) == (2, 2, 52)
    assert quiet["log_odds"] == -inquirer["log_odds"] > 0
    assert (quiet["ci_low"], quiet["ci_high"]) == (-inquirer["ci_high"], -inquirer["ci_low"])
    assert quiet["q_value"] == inquirer["q_value"] < 0.01
    assert silence["quiet", "画面"]["q_value"] > 0.5
    assert set(found.filter(group_by="origin")["group"]) == {"proactive", "reactive"}
    conform(found, csv_files().files["keyness"])


def test_too_few_are_counted_and_not_compared():
    statements = asked([["A"]] * 20, [["none"]] * 50)
    found = voice_words(statements, words(statements), worlds.profiles(), worlds.PARAMS)
    assert found["q_value"].null_count() == found.height > 0


def test_nothing_said_gives_no_words():
    nothing = worlds.said({"reactive": [], "proactive": []})
    assert voice_words(nothing, words(nothing), worlds.profiles(), worlds.PARAMS).is_empty()
