"""The models that models.toml lists."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voc_mining.errors import UserError
from voc_mining.ids import digest
from voc_mining.resources import bundled

KINDS = ("whisper", "embedding", "speaker")
SOURCES = ("packages", "hub", "folder")
RECIPES = ("copy", "dequantize-e5")
_NEEDED = {"packages": ("recipe", "files"), "hub": ("hub", "revision"), "folder": ("folder",)}
_COMMIT_CHARS = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside an installed Python package."""

    package: str
    path: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file taken from packages: its parts joined in order, with the size in bytes and SHA-256 it must have."""

    name: str
    size: int
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model.

    Parameters
    ----------
    name : str
        Name in the configuration and folder under the models folder.
    kind : {"whisper", "embedding", "speaker"}
        Which engine loads it.
    source : {"packages", "hub", "folder"}
        Where it comes from.
    licence, note : str
        Licence, and when to choose it.
    recipe : {"copy", "dequantize-e5"} or None
        What becomes of the files of packages.
    files : tuple of ModelFile
        What is taken from packages.
    hub, revision : str or None
        Name on the hub and the pinned commit.
    folder : str or None
        A folder of the operator's own.
    dimensions : int or None
        Width of an embedding model's vectors.
    prompt : str
        What an embedding model wants before each text.
    optional : bool
        Whether the program works without it: where its package is missing it is left out.
    aliases : tuple of str
        Further names it can be asked for by.
    """

    name: str
    kind: str
    source: str
    licence: str
    note: str
    recipe: str | None = None
    files: tuple[ModelFile, ...] = ()
    hub: str | None = None
    revision: str | None = None
    folder: str | None = None
    dimensions: int | None = None
    prompt: str = ""
    optional: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """Name and a digest of what decides the results: the content, or the commit on the hub."""
        if self.source == "hub":
            return f"{self.hub}@{(self.revision or '')[:12]}"
        content = [value for file in self.files for value in (file.name, file.sha256)]
        return f"{self.name}@{digest('model', self.recipe, *content)[:12]}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All models by name, in the order of the file."""

    models: Mapping[str, ModelEntry]

    def find(self, name: str) -> ModelEntry | None:
        """Find a model by its name or an alias; None where the list knows none."""
        return self.models.get(name) or next((each for each in self.models.values() if name in each.aliases), None)

    def embedded(self) -> tuple[ModelEntry, ...]:
        """Models that are put together from installed packages."""
        return tuple(entry for entry in self.models.values() if entry.source == "packages")

    def of_kind(self, kind: str) -> tuple[ModelEntry, ...]:
        """Models that the engine of this kind loads."""
        return tuple(entry for entry in self.models.values() if entry.kind == kind)


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read the list of models.

    Parameters
    ----------
    path : Path, optional
        A ``models.toml``; by default the one that comes with the program.

    Raises
    ------
    UserError
        If the file cannot be read, or an entry lacks something; the message names file and entry.
    """
    file = path or bundled("models.toml", "models/models.toml")
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as trouble:
        raise UserError("models.unreadable_list", file=file, problem=trouble) from trouble
    entries = [_entry(raw, file) for raw in content.get("model", [])]
    names = [name for entry in entries for name in (entry.name, *entry.aliases)]
    if len(set(names)) != len(names):
        raise UserError("models.listed_twice", file=file, names=sorted(names))
    return Catalogue({entry.name: entry for entry in entries})


def _entry(raw: Mapping[str, Any], file: Path) -> ModelEntry:
    """Read one entry."""
    files = tuple(_model_file(each) for each in raw.get("files", []))
    fields = {**raw, "files": files, "aliases": tuple(raw.get("aliases", ()))}
    try:
        entry = ModelEntry(**fields)
    except TypeError as trouble:
        raise UserError("models.entry_fields", file=file, model=raw.get("name", "?"), problem=trouble) from trouble
    _check(entry, file)
    return entry


def _check(entry: ModelEntry, file: Path) -> None:
    """Accept an entry whose values fit.

    Raises
    ------
    UserError
        If one does not.
    """
    words = {"kind": KINDS, "source": SOURCES, "recipe": (*RECIPES, None)}
    for name, allowed in words.items():
        if (value := getattr(entry, name)) not in allowed:
            known = [word for word in allowed if word is not None]
            raise UserError("models.entry_value", file=file, model=entry.name, field=name, value=value, known=known)
    missing = [field for field in _NEEDED[entry.source] if not getattr(entry, field)]
    if missing:
        raise UserError("models.entry_lacks", file=file, model=entry.name, source=entry.source, missing=missing)
    if entry.revision is not None and not _is_commit(entry.revision):
        raise UserError("models.entry_commit", file=file, model=entry.name, revision=entry.revision, n=_COMMIT_CHARS)


def _is_commit(revision: str) -> bool:
    """Whether a revision is a full commit id: a branch or a tag can move."""
    return len(revision) == _COMMIT_CHARS and all(letter in "0123456789abcdef" for letter in revision)


def _model_file(raw: Mapping[str, Any]) -> ModelFile:
    """Read one file of an entry."""
    parts = tuple(Part(*part.split(":", 1)) for part in raw["parts"])
    return ModelFile(raw["name"], raw["size"], raw["sha256"], parts)
