"""A new day on top of a small and of a large archive: does a night grow with the archive?

    python -m benchmarks.incremental FOLDER/8334 FOLDER/50000

Each folder has been through every stage (see ``benchmarks/size.py``). Its lake, vault and inbox are copied, the files
of the day after are added, and every stage runs again in a process of its own, several times over; the fastest run
counts. The table goes into ``benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.size import Measured, run_stage, write_section
from benchmarks.stages import STAGES

REPEATS = 3
_TO_ASSIGN = STAGES[:5]
Told = dict[str, dict[str, float]]


def night(folder: Path, scratch: Path) -> list[Measured]:
    """Add the new day to a copy of an archive and run every stage."""
    copy = scratch / folder.name
    for part in ("inbox", "lake", "lake-vault"):
        shutil.copytree(folder / part, copy / part)
    for file in sorted((folder / "day").iterdir()):
        shutil.copy2(file, copy / "inbox")
    if (folder.parent / "vectors.npz").exists():
        shutil.copy2(folder.parent / "vectors.npz", scratch)
    told = [run_stage(stage, copy) for stage in STAGES]
    shutil.rmtree(copy)
    (scratch / "vectors.npz").unlink(missing_ok=True)
    return told


def best(nights: list[list[Measured]]) -> Told:
    """Take the least of each part over the nights: ``stage: part`` to wall and processor time."""
    found: Told = {}
    for told in nights:
        for stage in told:
            for part in stage["seconds"]:
                name = stage["stage"] if part == stage["stage"] else f"{stage['stage']}: {part}"
                now = {"wall": stage["seconds"][part], "cpu": stage["cpu"][part]}
                before = found.get(name, now)
                found[name] = {kind: min(now[kind], before[kind]) for kind in now}
    return found


def total(told: Told, *, encode: bool) -> dict[str, float]:
    """Add up ingest to assign, with or without the encoder."""
    parts = [
        seconds
        for name, seconds in told.items()
        if name.split(":")[0] in _TO_ASSIGN and (encode or not name.endswith("encode"))
    ]
    return {kind: sum(part[kind] for part in parts) for kind in ("wall", "cpu")}


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]]
    nights: dict[Path, list[list[Measured]]] = {folder: [] for folder in folders}
    with tempfile.TemporaryDirectory(dir=folders[0].parent) as scratch:
        for _ in range(REPEATS):
            # In turn, so that what else the machine does falls on both.
            for folder in folders:
                nights[folder].append(night(folder, Path(scratch)))
                print(folder.name, nights[folder][-1], flush=True)
    results = [best(nights[folder]) for folder in folders]
    heads = [f"on {folder.name} inquiries: wall s | CPU s" for folder in folders]
    lines = [f"| part | {' | '.join(heads)} | wall ratio | CPU ratio |", "|---" * (2 * len(folders) + 3) + "|"]
    rows = [(name, [result[name] for result in results]) for name in results[0]]
    for encode, name in ((True, "**ingest … assign**"), (False, "**the same without the encoder**")):
        rows.append((name, [total(result, encode=encode) for result in results]))
    for name, parts in rows:
        cells = [f"{part['wall']:.2f} | {part['cpu']:.2f}" for part in parts]
        ratios = [f"{parts[-1][kind] / max(parts[0][kind], 0.01):.2f}" for kind in ("wall", "cpu")]
        lines.append(f"| {name} | {' | '.join(cells)} | {' | '.join(ratios)} |")
    print("\n".join(lines))
    write_section("incremental", "\n".join(lines))


if __name__ == "__main__":
    main()
