"""The inbox: what is in it, and which kind of input each file is."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from voc_mining.errors import UserError
from voc_mining.ingest.kinds import catalogue
from voc_mining.ingest.sources import Feed, Sources

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A file of the inbox; ``path`` is relative to it, with forward slashes."""

    path: str
    size_bytes: int
    mtime_ns: int


class Inbox(Protocol):
    """A place that files are delivered to: a local folder, or a prefix of an object store."""

    def entries(self) -> list[Entry]:
        """List every file, in the order of paths."""
        ...

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading."""
        ...


class LocalInbox:
    """A folder on this machine.

    Parameters
    ----------
    root : Path
        The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def entries(self) -> list[Entry]:
        """List every file, in the order of paths; a file that vanishes meanwhile is left out.

        Linked folders are followed, each folder once. A folder that cannot be read stands for its files.

        Raises
        ------
        UserError
            If the folder does not exist.
        """
        if not self.root.is_dir():
            raise UserError("error.no_inbox", path=self.root)
        closed: list[str] = []
        files: list[Path] = []
        seen: set[Path] = set()
        walk = os.walk(self.root, followlinks=True, onerror=lambda trouble: closed.append(str(trouble.filename)))
        for folder, folders, names in walk:
            real = Path(folder).resolve()
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            folders.sort()
            files += [Path(folder) / name for name in names]
        found = [Entry(self._named(Path(folder)), 0, 0) for folder in closed]
        for file in files:
            try:
                about = file.stat()
            except FileNotFoundError:
                continue
            found.append(Entry(self._named(file), about.st_size, about.st_mtime_ns))
        return sorted(found)

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading."""
        return (self.root / path).open("rb")

    def _named(self, file: Path) -> str:
        """Path within the inbox, such that any store can hold it."""
        return file.relative_to(self.root).as_posix().encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file of the inbox and how it is read; ``feed`` is None where no feed claims it."""

    entry: Entry
    feed: Feed | None

    @property
    def path(self) -> str:
        """Path within the inbox."""
        return self.entry.path

    @property
    def kind(self) -> str | None:
        """Kind of input; None where no feed claims the file."""
        return None if self.feed is None else self.feed.kind


def list_inbox(inbox: Inbox | Path, sources: Sources) -> list[InboxFile]:
    """List the files of an inbox in the order of paths, each with the feed it belongs to.

    Hidden and temporary files and ``sources.toml`` are left out. Where several feeds claim a file, the one
    whose pattern names it most precisely (the most characters other than wildcards) takes it, then the earlier.

    Raises
    ------
    UserError
        If the folder does not exist.
    """
    place = LocalInbox(inbox) if isinstance(inbox, Path) else inbox
    found = []
    for entry in place.entries():
        if is_ignored(entry.path):
            continue
        claims = [
            (max(len(re.sub(r"[*?]", "", pattern)) for pattern in fitting), -number)
            for number, feed in enumerate(sources.feeds)
            if (fitting := [pattern for pattern in feed.files if matches(entry.path, pattern)])
        ]
        found.append(InboxFile(entry, sources.feeds[-max(claims)[1]] if claims else None))
    return found


def is_ignored(path: str) -> bool:
    """Whether a file is hidden, temporary, or ``sources.toml``: never an input.

    >>> is_ignored("recordings/.cache/a.wav"), is_ignored("~$inquiries.csv"), is_ignored("inquiries.csv")
    (True, True, False)
    """
    *folders, name = path.lower().split("/")
    names = catalogue()
    return any(fnmatch(name, pattern) for pattern in names.ignored_names) or any(
        fnmatch(folder, pattern) for folder in folders for pattern in names.ignored_folders
    )


def matches(path: str, pattern: str) -> bool:
    """Whether a path fits a pattern: ``*`` and ``?`` stop at a folder, ``**`` does not; case does not matter.

    >>> matches("2026/04/Inquiries_1.csv", "**/inquiries*.csv"), matches("a/b.csv", "*.csv")
    (True, False)
    """
    return _compiled(pattern).fullmatch(path) is not None


def sha256_of(inbox: Inbox, path: str) -> str:
    """SHA-256 of a file, in hexadecimal."""
    summed = hashlib.sha256()
    with inbox.open(path) as file:
        while block := file.read(_BLOCK):
            summed.update(block)
    return summed.hexdigest()


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    tokens = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    return re.compile("".join(parts.get(token) or re.escape(token) for token in tokens), re.IGNORECASE | re.DOTALL)
