"""What is raised for the user to mend has words in both languages, with values for all they name."""

from __future__ import annotations

import ast
import pickle
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from voc_mining.errors import ContractBroken, EngineTrouble, UserError, VocError, spoken_in
from voc_mining.messages.catalogue import LANGUAGES, _sentences

ROOT = Path(__file__).resolve().parents[2]
SOURCES = "voc_mining/ingest/toml_reader.py"
"""Puts the file and the key into the errors that its method ``wrong`` makes."""


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Place, code and names of values of every error of the user's that is made."""
    for path in sorted(path for top in ("voc_mining", "pipelines") for path in (ROOT / top).rglob("*.py")):
        here = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            made = isinstance(node.func, ast.Name) and node.func.id == "UserError"
            wrong = isinstance(node.func, ast.Attribute) and node.func.attr == "wrong"
            if made and not (here == SOURCES and isinstance(node.args[0], ast.JoinedStr)):
                yield f"{here}:{node.lineno}", ast.literal_eval(node.args[0]), {str(each.arg) for each in node.keywords}
            elif wrong:
                names = {"file", "key", *(str(each.arg) for each in node.keywords)}
                yield f"{here}:{node.lineno}", f"sources.{ast.literal_eval(node.args[0])}", names


RAISED = list(raised())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_has_words_for_what_happened_and_what_to_do(lang: str):
    sentences = _sentences(lang)
    wrong = []
    for place, code, values in RAISED:
        told = [sentences.get(key, "{nothing}") for key in (code, f"{code}_remedy")]
        named = {name for text in told for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        if not named <= values:
            wrong.append((place, code, sorted(named - values)))
    assert wrong == []
    assert len(RAISED) > 60


def test_no_words_are_left_of_errors_that_nobody_makes():
    codes = {code for _, code, _ in RAISED} | {each._key for each in (VocError, EngineTrouble, ContractBroken)}
    sections = {"error", "store", "sources", "export", "usage"}
    told = {key.removesuffix("_remedy") for key in _sentences("en") if key.split(".")[0] in sections}
    assert told - codes == {"error.label"}


def test_an_error_speaks_the_language_it_is_told():
    trouble = UserError("error.unreadable", path="a.csv", problem=PermissionError(13, "Permission denied"))
    assert str(trouble) == "a.csv cannot be read (Permission denied). Check where it is and its permissions."
    with pytest.raises(UserError, match=r"a\.csv を開けません（権限がありません）"), spoken_in("ja"):
        raise trouble
    assert trouble.remedy == "ファイルの場所と権限を確かめてください。"


@pytest.mark.parametrize(
    ("trouble", "said"), [(EngineTrouble("disk gone"), "voc doctor"), (ContractBroken("x"), "誤り")]
)
def test_troubles_of_the_program_say_what_to_do_too(trouble: VocError, said: str):
    trouble.lang = "ja"
    assert str(trouble) in trouble.problem
    assert said in trouble.remedy


def test_an_error_passes_between_processes():
    trouble = pickle.loads(pickle.dumps(UserError("error.no_inbox", path="inbox")))
    assert str(trouble) == str(UserError("error.no_inbox", path="inbox"))
