"""The three failures and their fates.

A bad row or file never raises past its stage: it becomes a row of ``rejects``. What is raised is
either the user's to mend (:class:`UserError`), worth another try (:class:`EngineTrouble`), or a
broken promise of the program itself (:class:`ContractBroken`), which stops the run.
"""

from __future__ import annotations


class VocError(Exception):
    """Base of every failure this program names itself."""


class UserError(VocError):
    """Something the user can mend: a missing folder, a wrong option, a model not installed.

    Parameters
    ----------
    problem : str
        What is wrong, with what was found.
    remedy : str
        What to do about it.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class EngineTrouble(VocError):
    """An engine or a store failed in a way that may pass; the flow retries it."""


class ContractBroken(VocError):
    """A table does not keep its contract; nothing is written and the run stops."""


class BadAudio(VocError):
    """A recording that cannot be decoded; the transcribe step turns it into a reject.

    Parameters
    ----------
    detail : str
        What was found and what to do.
    reason : str
        Code of the reason, as in ``rejects``.
    found : str
        What was found alone, such as ``3 ch``: ``rejects`` tell the rest in Japanese.
    """

    def __init__(self, detail: str, reason: str = "bad_audio", found: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = reason
        self.found = found
