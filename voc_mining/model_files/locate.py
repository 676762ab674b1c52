"""Where a model is: a folder, or a name on a hub at a pinned revision."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from voc_mining.errors import UserError
from voc_mining.model_files.catalogue import Catalogue, ModelEntry

MANIFEST = "installed.json"
_MUST_HAVE = {"whisper": ("model.bin", "config.json"), "embedding": ("config.json",), "speaker": ("pretrained.pt",)}
_END_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Located:
    """A model that an engine can load.

    Parameters
    ----------
    name : str
        What it was asked for as.
    reference : str
        Path of its folder, or its name on the hub.
    revision : str or None
        Commit on the hub; None for a folder.
    identity : str
        Name and digest of the content: equal for the same weights wherever the folder lies, so that results
        made with them are found again.
    prompt : str or None
        Prompt of a listed embedding model; None where the list does not know the model.
    """

    name: str
    reference: str
    revision: str | None
    identity: str
    prompt: str | None = None


def locate(model: str, kind: str, models_dir: Path, catalogue: Catalogue) -> Located:
    """Find a model by its listed name, its folder, or its name on the hub with a commit.

    A folder under ``models_dir`` comes before the hub, so a downloaded copy is used without a network.

    Parameters
    ----------
    model : str
        Listed name or an alias of it, name of a folder under ``models_dir``, path of a folder, or ``owner/name@commit``.
    kind : {"whisper", "embedding", "speaker"}
        What it is wanted for.
    models_dir : Path
        Folder of the installed models.
    catalogue : Catalogue
        The listed models.

    Raises
    ------
    UserError
        If it is unknown, of another kind, not installed or not complete.
    """
    entry = catalogue.find(model)
    if entry is not None and entry.kind != kind:
        known = [each.name for each in catalogue.of_kind(kind)]
        raise UserError("models.other_kind", model=model, found=entry.kind, kind=kind, known=known)
    folders = [models_dir / model, Path(model).expanduser()]
    if entry is not None:
        folders.insert(0, models_dir / entry.name)
    for folder in folders:
        if folder.is_dir():
            return _in_folder(model, kind, folder, entry)
    if entry is not None:
        return _listed(entry, kind, models_dir)
    hub, _, revision = model.partition("@")
    if hub.count("/") == 1 and not hub.startswith((".", "/", "~")):
        if not revision:
            raise UserError("models.no_revision", model=model)
        return Located(model, hub, revision, f"{hub}@{revision[:12]}")
    known = [each.name for each in catalogue.of_kind(kind)]
    raise UserError("models.unknown", model=model, known=known)


def _listed(entry: ModelEntry, kind: str, models_dir: Path) -> Located:
    """Locate a listed model that has no folder under the models folder."""
    if entry.source == "hub":
        assert entry.hub is not None
        return Located(entry.name, entry.hub, entry.revision, entry.identity, entry.prompt)
    if entry.source == "folder":
        folder = Path(entry.folder or "").expanduser()
        if not folder.is_dir():
            raise UserError("models.no_folder", folder=folder, model=entry.name)
        return _in_folder(entry.name, kind, folder, entry)
    raise UserError("models.not_installed", model=entry.name, folder=models_dir)


def _in_folder(name: str, kind: str, folder: Path, entry: ModelEntry | None) -> Located:
    """Locate a model in its folder, checking that it is whole."""
    manifest = folder / MANIFEST
    if manifest.is_file():
        facts = json.loads(manifest.read_text(encoding="utf-8"))
        broken = [each["name"] for each in facts["files"] if _size(folder / each["name"]) != each["size"]]
        identity = str(facts["identity"])
    else:
        broken = [each for each in _MUST_HAVE[kind] if not (folder / each).is_file()]
        identity = "" if broken else f"{folder.resolve().name}@{fingerprint(folder)}"
    if broken:
        raise UserError("models.incomplete", folder=folder, missing=broken)
    return Located(name, str(folder), None, identity, entry.prompt if entry is not None else None)


def fingerprint(folder: Path) -> str:
    """Digest of a model folder: names, sizes, and the first and last megabyte of every file.

    Weights run to gigabytes; reading their ends tells models apart at no cost on every start.
    """
    running = hashlib.blake2b(digest_size=6)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        relative = file.relative_to(folder)
        if any(part.startswith(".") for part in relative.parts):
            continue  # a version control's or a download's own records
        size = file.stat().st_size
        running.update(f"{relative.as_posix()}\x1f{size}\x1f".encode())
        with file.open("rb") as stream:
            running.update(stream.read(_END_BYTES))
            stream.seek(max(0, size - _END_BYTES))
            running.update(stream.read(_END_BYTES))
    return running.hexdigest()


def _size(file: Path) -> int:
    """Size in bytes; -1 where there is no such file."""
    return file.stat().st_size if file.is_file() else -1
