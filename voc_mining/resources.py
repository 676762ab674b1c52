"""Files that come with the program."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def bundled(wheel_name: str, checkout_name: str) -> Path:
    """Path of a file or folder that a wheel carries in ``bundled/`` and a checkout at its top level.

    Raises
    ------
    FileNotFoundError
        If neither is there; the installation is broken.
    """
    for candidate in (_PACKAGE / "bundled" / wheel_name, _PACKAGE.parent / checkout_name):
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"{wheel_name} is missing from the installation; install the package again")
