"""Typed reading of a TOML table, with errors that name the key and what is allowed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voc_mining.errors import UserError


def read_settings(path: Path) -> str | None:
    """Read the text of a file of settings; None where there is none.

    Raises
    ------
    UserError
        If it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as trouble:
        raise UserError("sources.unreadable", file=path, problem=trouble) from trouble


@dataclass(frozen=True, slots=True)
class TomlReader:
    """A table of a TOML file.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    path : str
        Dotted name of the table; empty at the top.
    values : mapping
        The table.
    """

    file: str
    path: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, text: str, file: str) -> TomlReader:
        """Parse the text of a file.

        Raises
        ------
        UserError
            If it is not TOML.
        """
        try:
            return cls(file, "", tomllib.loads(text))
        except tomllib.TOMLDecodeError as trouble:
            raise UserError("sources.not_toml", file=file, problem=trouble) from trouble

    def wrong(self, code: str, key: str, **values: object) -> UserError:
        """Make the error ``sources.<code>`` about ``key``; ``values`` go into its sentences."""
        name = f"{self.path}.{key}" if self.path else key
        return UserError(f"sources.{code}", file=self.file, key=name, **values)

    def only(self, keys: Sequence[str]) -> None:
        """Accept no other keys than these.

        Raises
        ------
        UserError
            If there is another.
        """
        for key in self.values:
            if key not in keys:
                raise self.wrong("key", key, allowed=keys)

    def table(self, key: str) -> TomlReader:
        """Return the table under ``key``; an absent one is empty."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong("table", key, value=value)
        return TomlReader(self.file, f"{self.path}.{key}".lstrip("."), value)

    def tables(self, key: str) -> list[TomlReader]:
        """Return the table, or the array of tables, under ``key``."""
        value = self.values.get(key, [])
        several = value if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in several):
            raise self.wrong("tables", key, value=value)
        return [TomlReader(self.file, key, item) for item in several]

    def text(self, key: str, default: str | None) -> str | None:
        """Return a text."""
        value = self.values.get(key, default)
        if value is not None and not isinstance(value, str):
            raise self.wrong("text", key, value=value)
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts; one text alone is a list of one."""
        value = self.values.get(key, default)
        return self._texts(key, value)

    def flag(self, key: str) -> bool:
        """Return true or false; false where absent."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong("flag", key, value=value)
        return value

    def whole(self, key: str, default: int) -> int:
        """Return a whole number of at least 0."""
        return self._whole(key, self.values.get(key, default))

    def whole_or_none(self, key: str) -> int | None:
        """Return a whole number of at least 0, or None where absent."""
        return None if key not in self.values else self.whole(key, 0)

    def whole_map(self, key: str) -> dict[str, int]:
        """Return a table of whole numbers."""
        return {name: self._whole(f"{key}.{name}", value) for name, value in self._sub(key).items()}

    def text_map(self, key: str, names: Sequence[str] | None, allowed: Sequence[str] | None = None) -> dict[str, str]:
        """Return a table of texts, with these names and of these values where they are given."""
        found = {}
        for name, value in self._sub(key, names).items():
            if not isinstance(value, str):
                raise self.wrong("text", f"{key}.{name}", value=value)
            if allowed is not None and value not in allowed:
                raise self.wrong("choice", f"{key}.{name}", value=value, allowed=allowed)
            found[name] = value
        return found

    def text_lists(self, key: str, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return a table whose values are a text or a list of texts."""
        return {name: self._texts(f"{key}.{name}", value) for name, value in self._sub(key, names).items()}

    def text_maps(self, key: str, names: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return a table of tables of texts."""
        tables = TomlReader(self.file, f"{self.path}.{key}".lstrip("."), self._sub(key, names))
        return {name: tables.text_map(name, None) for name in tables.values}

    def _sub(self, key: str, names: Sequence[str] | None = None) -> dict[str, Any]:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong("inline_table", key, value=value)
        for name in value:
            if names is not None and name not in names:
                raise self.wrong("column", f"{key}.{name}", allowed=names)
        return value

    def _texts(self, key: str, value: object) -> tuple[str, ...]:
        several = [value] if isinstance(value, str) else value
        if not isinstance(several, list | tuple) or not all(isinstance(item, str) for item in several):
            raise self.wrong("texts", key, value=value)
        return tuple(several)

    def _whole(self, key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.wrong("whole", key, value=value)
        return value
