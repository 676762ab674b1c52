"""Renewing what lies in a folder of the local file system, one writer at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = ".voc-"


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Give an empty folder within ``folder`` to make things in before they are moved to their place.

    Nobody else has one in the same folder meanwhile: other processes wait, and one that is killed leaves the
    way free. What it left half made is removed.

    Parameters
    ----------
    folder : Path
        Where the things shall be; made if need be.

    Yields
    ------
    Path
        The workshop; gone after the block, with what is left in it.

    Raises
    ------
    OSError
        If the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for left in folder.glob(f"{_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        place = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
    finally:
        os.close(handle)  # and with it the lock
