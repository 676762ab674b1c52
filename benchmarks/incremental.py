"""A new day on top of archives of several sizes: does a night grow with the archive?

    python -m benchmarks.incremental FOLDER/8334 FOLDER/50000

Each folder has been through every stage (see ``benchmarks/size.py``). Its lake, vault and inbox are copied; a night in
which nothing comes leaves them as nights leave them (work noted as done, small files joined); then the files of the day
after are added. Ingest to assign run in one process, with the real encoder; insight and export run
apart. All is done several times over, the archives in turn; the fastest of each part counts. The table goes into
``benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.size import Measured, run_stage, write_section

REPEATS = 2
_NIGHT = ("night", "insight", "export")
Told = dict[str, dict[str, float]]


def night(folder: Path, scratch: Path) -> list[Measured]:
    """Add the new day to a copy of an archive and run a night."""
    copy = scratch / folder.name
    for part in ("inbox", "lake", "lake-vault"):
        shutil.copytree(folder / part, copy / part)
    if (folder / "stand_in").exists():  # its topics are those of the stand-in: the day's vectors must be too
        (copy / "stand_in").touch()
    run_stage("night", copy)
    for file in sorted((folder / "day").iterdir()):
        shutil.copy2(file, copy / "inbox")
    told = []
    for stage in _NIGHT:
        start = time.perf_counter()
        told.append(run_stage(stage, copy))
        if stage == "night":
            told[-1]["seconds"]["process"] = round(time.perf_counter() - start, 2)
    shutil.rmtree(copy)
    (scratch / "vectors.npz").unlink(missing_ok=True)
    return told


def best(nights: list[list[Measured]]) -> Told:
    """Take the least of each part over the nights, and the sum of the parts without the encoder."""
    found: Told = {}
    for told in nights:
        for stage in told:
            for part in stage["seconds"]:
                now = {"wall": stage["seconds"][part], "cpu": stage["cpu"][part]}
                before = found.get(part, now)
                found[part] = {kind: min(now[kind], before[kind]) for kind in now}
    apart = ("encode", "process", "insight", "export")
    summed = [seconds for part, seconds in found.items() if part not in apart]
    found["all but encode"] = {kind: sum(part[kind] for part in summed) for kind in ("wall", "cpu")}
    return found


def table(folders: list[Path], results: list[Told], counts: list[dict[str, float]]) -> str:
    """Lay the parts out, each archive after the first with its ratio to the first."""
    heads = [f"{folder.name} inquiries: wall s | CPU s" for folder in folders]
    ratios = [f"{folder.name}: wall ratio | CPU ratio" for folder in folders[1:]]
    lines = [f"| part | {' | '.join(heads + ratios)} |", "|---" * (1 + 2 * len(heads) + 2 * len(ratios)) + "|"]
    for part in results[0]:
        first = results[0][part]
        cells = [f"{result[part]['wall']:.2f} | {result[part]['cpu']:.2f}" for result in results]
        cells += [
            " | ".join(f"{result[part][kind] / max(first[kind], 0.01):.2f}" for kind in ("wall", "cpu"))
            for result in results[1:]
        ]
        lines.append(f"| {part} | {' | '.join(cells)} |")
    new = ", ".join(f"{count['embed.new']:.0f}" for count in counts)
    return "\n".join([*lines, "", f"New distinct texts of the day (all encoded): {new}."])


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]]
    nights: dict[Path, list[list[Measured]]] = {folder: [] for folder in folders}
    with tempfile.TemporaryDirectory(dir=folders[0].parent) as scratch:
        for _ in range(REPEATS):
            # In turn, so that what else the machine does falls on all.
            for folder in folders:
                nights[folder].append(night(folder, Path(scratch)))
                print(folder.name, nights[folder][-1], flush=True)
    results = [best(nights[folder]) for folder in folders]
    content = table(folders, results, [nights[folder][0][0]["counts"] for folder in folders])
    print(content)
    write_section("incremental", content)


if __name__ == "__main__":
    main()
