"""Write the report's folder whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from voc_mining.errors import UserError
from voc_mining.store.folders import workshop

_FOLDER, _FILE = 0o755, 0o644


def write_report(rendered: Iterable[tuple[str, str]], folder: Path) -> None:
    """Make the report beside its place and then put it there, in place of the old one with all its files.

    Parameters
    ----------
    rendered : iterable of (str, str)
        Path within the folder and text of each file.
    folder : Path
        The report's own folder; a failure before the last file leaves the old one as it was.

    Raises
    ------
    UserError
        If the folder cannot be written.
    """
    try:
        _write(rendered, folder)
    except OSError as trouble:
        raise UserError("error.unwritable", path=folder, problem=trouble) from trouble


def _write(rendered: Iterable[tuple[str, str]], folder: Path) -> None:
    with workshop(folder.parent) as place:
        making, old = place / "new", place / "old"
        making.mkdir()
        for path, text in rendered:
            file = making / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
            file.chmod(_FILE)
        for part in (making, *(found for found in making.rglob("*") if found.is_dir())):
            part.chmod(_FOLDER)
        _swap(making, folder, old)


def _swap(making: Path, folder: Path, old: Path) -> None:
    """Put the new folder in place; if that fails, the old one goes back."""
    if not folder.exists():
        making.rename(folder)
        return
    folder.rename(old)
    try:
        making.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old)
