"""Ids depend on what makes a thing the same thing, and on nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_mining import ids


@given(st.lists(st.text(), min_size=2, max_size=4))
def test_parts_never_run_into_each_other(parts):
    joined = ["".join(parts)]
    if parts != joined and "\x1f" not in "".join(parts):
        assert ids.digest(*parts) != ids.digest(*joined)


def test_nothing_is_not_an_empty_text():
    assert ids.digest(None) != ids.digest("")


@given(st.lists(st.text(min_size=1), min_size=1, unique=True))
def test_a_topic_is_founded_by_its_texts_in_any_order(texts):
    assert ids.topic_id(texts) == ids.topic_id(reversed(texts))


def test_the_same_words_twice_in_a_contact_are_two_statements():
    assert ids.voc_id("c", "phone", "つながらない", 0) != ids.voc_id("c", "phone", "つながらない", 1)


@pytest.mark.parametrize(
    ("source_id", "expected"), [("C303", "o6603387830260423946"), ("C6424", "p5454956234e90327544")]
)
def test_an_id_that_people_see_is_never_a_number(source_id, expected):
    assert ids.contact_id("call", source_id) == expected


def test_ids_stay_distinct_where_a_digit_gives_way_to_a_letter():
    assert len({ids.as_word(f"{digit}1e5") for digit in range(10)}) == 10


def test_a_phone_number_is_another_pseudonym_under_another_secret():
    assert ids.phone_key("+819012345678") != ids.phone_key("+819012345678", "秘密" * 40)
