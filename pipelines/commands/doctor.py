"""`voc doctor`: look at what a run needs, and say what to do where something is missing."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement
from pydantic import ValidationError
from rich.console import Console

from pipelines import engines
from pipelines.commands.arguments import check_writable, language
from pipelines.request import aims_of
from pipelines.settings import Settings
from voc_mining.errors import UserError
from voc_mining.ingest.inbox import list_inbox
from voc_mining.ingest.sources import FILE_NAME, default_sources, read_sources
from voc_mining.messages.catalogue import Messages
from voc_mining.model_files.install import damaged_files
from voc_mining.store.delta import DeltaStore, open_lake

SOUND, TO_MEND = 0, 1
_PACKAGE = "voc-mining"
_PYTHONS = ((3, 11), (3, 12))
_PRIVATE = 0o700
_SCARCE_GB, _TOO_LITTLE_GB = 5.0, 1.0
_SIGNS = {"ok": ("✓", "green"), "note": ("!", "yellow"), "bad": ("✗", "red")}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    check : str
        Code of the check.
    state : {"ok", "note", "bad"}
        A note does not keep a run from working.
    found : str
        What was found.
    remedy : str
        What to do; empty where nothing is.
    """

    check: str
    state: Literal["ok", "note", "bad"]
    found: str
    remedy: str = ""


def examine(inbox: Path | None, lake: str | None, *, as_json: bool, lang: str | None) -> int:
    """Print what was found.

    Returns
    -------
    int
        0 if a run can work, 1 if something must be mended first.
    """
    say, settings, trouble = _settings(lang)
    findings = list(_installation(say))
    if settings is None:
        findings.append(Finding("settings", "bad", trouble, say("doctor.settings_remedy")))
    else:
        findings.append(Finding("settings", "ok", _settings_shown(settings)))
        findings += [*_models(settings, say), *_secret(settings, say), *_places(settings, inbox, lake, say)]
    bad = sum(finding.state == "bad" for finding in findings)
    if as_json:
        content = {"ok": not bad, "checks": [asdict(finding) for finding in findings]}
        print(json.dumps(content, ensure_ascii=False, indent=1))  # noqa: T201 - the command's output
    else:
        _show(findings, bad, say)
    return TO_MEND if bad else SOUND


def _show(findings: list[Finding], bad: int, say: Messages) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for finding in findings:
        sign, style = _SIGNS[finding.state]
        console.print(f"{sign} {say(f'doctor.check_{finding.check}')}: {finding.found}", style=style, markup=False)
        if finding.remedy:
            console.print(f"    → {finding.remedy}", markup=False)
    console.print(say("doctor.bad", n=bad) if bad else say("doctor.good"), style="bold")


def _settings(lang: str | None) -> tuple[Messages, Settings | None, str]:
    """Read the settings; where they are wrong, the sentence that says so, in the language asked for."""
    try:
        settings = Settings()
    except ValidationError as wrong:
        problems = [f"VOC_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']} ({e['input']!r})" for e in wrong.errors()]
        return Messages(lang or "ja"), None, "; ".join(problems)
    return Messages(language(lang, settings)), settings, ""


def _settings_shown(settings: Settings) -> str:
    shown = (settings.whisper_model, settings.embedding_model, f"{settings.device} × {settings.threads}")
    return ", ".join(shown)


def _installation(say: Messages) -> Iterator[Finding]:
    here = sys.version_info[:2]
    found = ".".join(map(str, sys.version_info[:3]))
    if here in _PYTHONS:
        yield Finding("python", "ok", found)
    else:
        yield Finding("python", "bad", found, say("doctor.python_remedy"))
    yield _packages(say)
    yield _codecs(say)


def _packages(say: Messages) -> Finding:
    """Hold the installed versions to what the package asks for."""
    try:
        wanted = [Requirement(text) for text in requires(_PACKAGE) or ()]
    except PackageNotFoundError:
        return Finding("packages", "bad", f"{_PACKAGE}: –", say("doctor.packages_remedy"))
    needed = [each for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    wrong = [problem for each in needed if (problem := _unfit(each))]
    if wrong:
        return Finding("packages", "bad", ", ".join(wrong), say("doctor.packages_remedy"))
    return Finding("packages", "ok", say("doctor.packages_found", n=len(needed)))


def _unfit(wanted: Requirement) -> str:
    try:
        there = version(wanted.name)
    except PackageNotFoundError:
        return f"{wanted}: –"
    return "" if wanted.specifier.contains(there, prereleases=True) else f"{wanted}: {there}"


def _codecs(say: Messages) -> Finding:
    try:
        from voc_mining.transcribe.audio_engine import missing_decoders  # noqa: PLC0415 - PyAV may be what is broken
    except ImportError as trouble:
        return Finding("codecs", "bad", str(trouble), say("doctor.codecs_remedy"))
    missing = missing_decoders()
    if missing:
        found = say("doctor.codecs_missing", names=", ".join(missing))
        return Finding("codecs", "bad", found, say("doctor.codecs_remedy"))
    return Finding("codecs", "ok", say("doctor.codecs_found"))


def _models(settings: Settings, say: Messages) -> Iterator[Finding]:
    for locate in (engines.whisper_model, engines.embedding_model, engines.speaker_model):
        try:
            model = locate(settings)
        except UserError as trouble:
            trouble.lang = say.lang
            if locate is engines.speaker_model and trouble.code == "models.not_installed":
                yield Finding("models", "note", say("doctor.no_speakers"), say("doctor.no_speakers_remedy"))
            else:
                yield Finding("models", "bad", trouble.problem, trouble.remedy)
            continue
        folder = Path(model.reference)
        if model.revision is not None or not folder.is_dir():
            yield Finding("models", "note", f"{model.identity}: {say('doctor.models_hub')}")
        elif damaged := damaged_files(folder):
            found = f"{model.name}: {say('doctor.models_damaged', names=', '.join(damaged))}"
            yield Finding("models", "bad", found, say("doctor.models_damaged_remedy", folder=folder))
        else:
            yield Finding("models", "ok", f"{model.identity} ({folder})")
            if locate is engines.embedding_model:
                yield _embedding(settings, say)


def _embedding(settings: Settings, say: Messages) -> Finding:
    """Whether vectors are computed in 8 bits, which takes half the time, and if not, why."""
    embedder = engines.embedder(settings)
    state = embedder.eight_bits()
    found = say(f"doctor.embedding_{state}", folder=embedder.converted, device=settings.device)
    if state == "at_first_use" and not os.access(_nearest(settings.cache_dir), os.W_OK):
        found = say("doctor.embedding_closed", folder=settings.cache_dir)
        return Finding("embedding", "note", found, say("doctor.embedding_closed_remedy"))
    if state == "unusable":
        return Finding("embedding", "note", found, say("doctor.embedding_unusable_remedy", folder=embedder.converted))
    return Finding("embedding", "ok", found)


def _secret(settings: Settings, say: Messages) -> Iterator[Finding]:
    if settings.phone_secret:
        yield Finding("secret", "ok", say("doctor.secret_set"))
    else:
        yield Finding("secret", "note", say("doctor.secret_found"), say("doctor.secret_remedy"))


def _places(settings: Settings, inbox: Path | None, lake: str | None, say: Messages) -> Iterator[Finding]:
    folders = [settings.models_dir, *([Path(lake)] if lake is not None and "://" not in lake else [])]
    disks = {folder.stat().st_dev: folder for folder in map(_nearest, reversed(folders))}
    yield from (_disk(folder, say) for folder in disks.values())
    if inbox is not None:
        yield from _inbox(inbox, say, settings)
    if lake is not None:
        yield _lake(lake, say)
        yield from _vault(settings.vault_of(lake), say)


def _disk(place: Path, say: Messages) -> Finding:
    free = shutil.disk_usage(place).free / 1e9
    found = say("doctor.disk_found", path=place, free=free)
    if free >= _SCARCE_GB:
        return Finding("disk", "ok", found)
    return Finding("disk", "note" if free >= _TOO_LITTLE_GB else "bad", found, say("doctor.disk_remedy"))


def _nearest(path: Path) -> Path:
    """Return the folder itself, or the nearest one above it that is there."""
    return next(each for each in (path.absolute(), *path.absolute().parents) if each.is_dir())


def _inbox(inbox: Path, say: Messages, settings: Settings) -> Iterator[Finding]:
    if not inbox.is_dir() or not os.access(inbox, os.R_OK | os.X_OK):
        yield Finding("inbox", "bad", say("doctor.inbox_missing", path=inbox), say("doctor.inbox_missing_remedy"))
        return
    sources = default_sources()
    try:
        sources = read_sources(inbox / FILE_NAME, phone_secret=settings.phone_secret)
    except UserError as trouble:
        trouble.lang = say.lang
        yield Finding("sources", "bad", str(trouble), say("doctor.sources_remedy"))
        return
    there = (inbox / FILE_NAME).exists()
    yield Finding("sources", "ok", say("doctor.sources_found" if there else "doctor.sources_none"))
    try:
        aims = aims_of(inbox)
    except UserError as trouble:
        trouble.lang = say.lang
        yield Finding("objectives", "bad", str(trouble), say("doctor.sources_remedy"))
    else:
        own = bool(aims.objectives)
        yield Finding("objectives", "ok", say("doctor.objectives_found" if own else "doctor.objectives_none"))
    files = list_inbox(inbox, sources)
    kinds = Counter(file.kind for file in files if file.kind is not None)
    if not kinds:
        yield Finding("inbox", "note", say("doctor.inbox_empty"), say("doctor.inbox_empty_remedy"))
    else:
        listed = ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items()))
        yield Finding("inbox", "ok", say("doctor.inbox_found", n=kinds.total(), kinds=listed))
    closed = [file.path for file in files if not os.access(inbox / file.path, os.R_OK)]
    if closed:
        found = say("doctor.inbox_closed", names=", ".join(closed[:10]))
        yield Finding("inbox", "note", found, say("doctor.inbox_closed_remedy"))
    if unknown := [file.path for file in files if file.kind is None and file.path not in closed]:
        found = say("doctor.inbox_unknown", names=", ".join(unknown[:10]))
        yield Finding("inbox", "note", found, say("doctor.inbox_unknown_remedy"))


def _lake(uri: str, say: Messages) -> Finding:
    """Look at a lake without writing: its tables can be opened, and a local folder can be written to."""
    if "://" not in uri:
        try:
            check_writable(Path(uri))
        except UserError as trouble:
            trouble.lang = say.lang
            return Finding("lake", "bad", trouble.problem, say("doctor.lake_remedy"))
    store: DeltaStore = open_lake(uri)
    try:
        tables = store.versions()
    # The store's library raises what the place gives it: a refused connection, a missing right, a broken log.
    except Exception as trouble:  # noqa: BLE001 - shown with what to do
        found = say("doctor.lake_trouble", uri=uri, problem=trouble)
        return Finding("lake", "bad", found, say("doctor.lake_remedy"))
    if not tables:
        return Finding("lake", "ok", say("doctor.lake_new", uri=uri))
    return Finding("lake", "ok", say("doctor.lake_found", uri=uri, n=len(tables)))


def _vault(uri: str, say: Messages) -> Iterator[Finding]:
    if "://" in uri:
        yield Finding("vault", "note", say("doctor.vault_remote", uri=uri))
        return
    folder = Path(uri)
    if not folder.exists():
        yield Finding("vault", "ok", say("doctor.lake_new", uri=uri))
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode == _PRIVATE:
        yield Finding("vault", "ok", say("doctor.vault_found", uri=uri))
    else:
        found = say("doctor.vault_mode", uri=uri, mode=f"{mode:o}")
        yield Finding("vault", "bad", found, say("doctor.vault_mode_remedy", uri=uri))
