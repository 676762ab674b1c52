"""What is wrong with an input: a code and values, put into words in the language of whoever shows them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from errno import errorcode

from voc_mining.messages.catalogue import Messages

Value = str | Sequence[str]


class Fault:
    """Why an input, or a part of it, cannot be used.

    Parameters
    ----------
    code : str
        Name of the sentence in the section ``reject`` of the message catalogues; the name with ``_remedy`` says what
        to do.
    **values : str or sequence of str
        What the two sentences name, masked where it comes from a cell. Several words are listed. A value with words
        of its own in the section of its name (``found.no_track``) is told by them.
    """

    def __init__(self, code: str, /, **values: Value) -> None:
        self.code = code
        self.values = values

    def told(self, lang: str) -> str:
        """Say what is wrong and what to do.

        >>> Fault("missing_value", column="本文").told("en")
        'The required column “本文” is empty. Fill it in the source system.'
        """
        say = Messages(lang)
        if not say.has(f"reject.{self.code}"):
            return self.code
        values = {name: _in_words(name, value, say) for name, value in self.values.items()}
        problem, remedy = (say(f"reject.{key}", **values) for key in (self.code, f"{self.code}_remedy"))
        return say("reject.told", problem=problem, remedy=remedy)


def os_error(trouble: OSError) -> str:
    """Give the name of an error of the operating system, such as ``EACCES``: what a fault keeps of it."""
    return errorcode.get(trouble.errno or 0, trouble.strerror or type(trouble).__name__)


def as_stored(faults: Sequence[Fault]) -> str:
    """Write faults as ``rejects`` keep them: a JSON array of objects.

    >>> as_stored([Fault("missing_value", column="本文")])
    '[{"code": "missing_value", "column": "本文"}]'
    """
    return json.dumps([{"code": fault.code, **fault.values} for fault in faults], ensure_ascii=False)


def in_words(stored: str, lang: str) -> str:
    """Put what :func:`as_stored` wrote into words, fault after fault."""
    return " ".join(Fault(each.pop("code"), **each).told(lang) for each in json.loads(stored))


def _in_words(name: str, value: Value, say: Messages) -> str:
    if isinstance(value, str):
        return say.value(name, value)
    return say("summary.between").join(value)
