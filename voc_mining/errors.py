"""The three failures and their fates.

A bad row or file never raises past its stage: it becomes a row of ``rejects``. What is raised is
either the user's to mend (:class:`UserError`), worth another try (:class:`EngineTrouble`), or a
broken promise of the program itself (:class:`ContractBroken`), which stops the run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from errno import errorcode
from functools import partial
from typing import ClassVar

from voc_mining.faults import Fault
from voc_mining.messages.catalogue import Messages


class VocError(Exception):
    """Base of every failure this program names itself.

    Attributes
    ----------
    lang : {"en", "ja"}
        Language of ``problem`` and ``remedy``; whoever shows the error sets it.
    """

    lang = "en"
    _key: ClassVar[str] = "error.failed"

    @property
    def problem(self) -> str:
        """What is wrong, with what was found."""
        return Messages(self.lang)(self._key, problem=self)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return Messages(self.lang)(f"{self._key}_remedy")

    def as_json(self) -> str:
        """Tell a program: the code of the error, what is wrong and what to do, as a JSON object."""
        code = getattr(self, "code", self._key)
        return json.dumps({"error": code, "problem": self.problem, "remedy": self.remedy}, ensure_ascii=False)


class UserError(VocError):
    """Something the user can mend: a missing folder, a wrong option, a model not installed.

    Parameters
    ----------
    code : str
        Key of the sentence in the message catalogues; the key with ``_remedy`` says what to do.
    **values : object
        What the two sentences name. Several words are listed, and an error of the operating system is told in the
        sentence's own language.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def __reduce__(self) -> tuple[partial[UserError], tuple[()]]:
        """Pickle the values too: a task may run in another process."""
        return partial(type(self), self.code, **self.values), ()

    @property
    def problem(self) -> str:
        """What is wrong, with what was found."""
        return self._told(self.code)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self._told(f"{self.code}_remedy")

    def __str__(self) -> str:
        """Say what is wrong and what to do."""
        return f"{self.problem} {self.remedy}"

    def _told(self, key: str) -> str:
        say = Messages(self.lang)
        return say(key, **{name: in_words(value, say) for name, value in self.values.items()})


class EngineTrouble(VocError):
    """An engine or a store failed in a way that may pass; the flow retries it."""

    _key = "error.engine_trouble"


class ContractBroken(VocError):
    """A table does not keep its contract; nothing is written and the run stops."""

    _key = "error.contract_broken"


class BadAudio(VocError):
    """A recording that cannot be decoded; it becomes a reject.

    Parameters
    ----------
    code : str
        Code of the reason, as in ``rejects``.
    **values : str
        What its sentences name.
    """

    def __init__(self, code: str, /, **values: str) -> None:
        super().__init__(code)
        self.fault = Fault(code, **values)

    def __str__(self) -> str:
        """Say what is wrong and what to do."""
        return self.fault.told(self.lang)


@contextmanager
def spoken_in(lang: str) -> Iterator[None]:
    """Let the errors of a block speak a language."""
    try:
        yield
    except VocError as trouble:
        trouble.lang = lang
        raise


def in_words(value: object, say: Messages) -> object:
    """Put a value of a sentence into words: several as a list, an error of the operating system by its name.

    >>> in_words(["a", "b"], Messages("ja")), in_words(PermissionError(13, "Permission denied"), Messages("ja"))
    ('a、b', '権限がありません')
    """
    if isinstance(value, OSError):
        key = f"os_error.{errorcode.get(value.errno or 0)}"
        return say(key) if say.has(key) else value.strerror or str(value)
    if isinstance(value, list | tuple):
        return say("summary.between").join(map(str, value))
    return value
