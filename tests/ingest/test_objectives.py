from __future__ import annotations

import pytest

from voc_mining.contracts.objectives import Aims, Cohort, ContactRules, Objective
from voc_mining.errors import UserError
from voc_mining.ingest.objectives import OBJECTIVES_FILE, parse_aims, read_aims

WHOLE = """
[[objective]]
name = "大口を守る"
horizon_days = 180
required = ["contracts.outcome"]

[[objective.cohort]]
name = "上位10%"
where = "value_top_share <= 0.1"

[contact]
most = 1
within_days = 30
"""


def test_objectives_and_rules_of_contact_are_read():
    assert parse_aims(WHOLE) == Aims(
        (
            Objective(
                "大口を守る",
                (Cohort("上位10%", "value_top_share <= 0.1"),),
                horizon_days=180,
                required=("contracts.outcome",),
            ),
        ),
        ContactRules(most=1, within_days=30),
    )


def test_without_a_file_the_built_in_ones_apply(tmp_path):
    assert read_aims(tmp_path / OBJECTIVES_FILE) == Aims()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[[objective", "sources.not_toml"),
        ("[[goal]]\nname = 'a'", "sources.key"),
        ("[[objective]]\nname = 'a'", "sources.lacking"),
        ("[[objective]]\n[[objective.cohort]]\nname = 'c'", "sources.lacking"),
        ("[[objective]]\nname = 'a'\n[[objective.cohort]]\nwhere = 'x'", "sources.lacking"),
        ("[[objective]]\nname = 'a'\nmetric = 'love'\n[[objective.cohort]]\nname = 'c'", "sources.choice"),
        ("[[objective]]\nname = 'a'\nhorizon_days = -1\n[[objective.cohort]]\nname = 'c'", "sources.whole"),
        ("[[objective]]\nname='a'\n[[objective.cohort]]\nname='c'\n[[objective.cohort]]\nname='c'", "sources.twice"),
        (f"{WHOLE}\n[[objective]]\nname='大口を守る'\n[[objective.cohort]]\nname='c'", "sources.twice"),
        ("[contact]\nper_day = 3", "sources.key"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(text, code):
    with pytest.raises(UserError) as trouble:
        parse_aims(text)
    assert trouble.value.code == code
    assert trouble.value.remedy
