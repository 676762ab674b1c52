"""Arguments of the command line as values."""

from __future__ import annotations

import os
from datetime import date
from errno import EACCES, ENOTDIR
from pathlib import Path

from deltalake.exceptions import DeltaError

from pipelines.settings import Settings
from voc_mining.errors import UserError
from voc_mining.store.delta import DeltaStore, open_lake


def language(given: str | None, settings: Settings | None = None) -> str:
    """Language of messages: as given, as configured, else by locale."""
    return given or (settings or Settings()).language


def day(given: str | None) -> date | None:
    """Date of an option.

    Raises
    ------
    UserError
        If it is not written as YYYY-MM-DD.
    """
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UserError("error.bad_date", value=given) from None


def lake_with_data(uri: str) -> DeltaStore:
    """Open the lake that a run has made: a mistyped place must not pass for a lake without topics.

    Raises
    ------
    UserError
        If there is none, or it cannot be reached.
    """
    lake = open_lake(uri)
    try:
        made = bool(lake.versions())
    except (DeltaError, OSError) as trouble:
        raise UserError("error.lake_trouble", uri=uri, problem=trouble) from trouble
    if not made:
        raise UserError("error.no_lake", uri=uri)
    return lake


def check_writable(folder: Path) -> None:
    """Accept a folder that is there and can be written to, or can be made.

    Raises
    ------
    UserError
        If it cannot: better now than when hours of work are to be written.
    """
    near = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    if not near.is_dir():
        raise UserError("error.unwritable", path=folder, problem=OSError(ENOTDIR, os.strerror(ENOTDIR)))
    if not os.access(near, os.W_OK | os.X_OK):
        raise UserError("error.unwritable", path=folder, problem=OSError(EACCES, os.strerror(EACCES)))
