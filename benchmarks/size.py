"""Wall time, processor time and peak memory of every stage on archives of growing size.

    python -m benchmarks.size FOLDER 50000 250000

makes the archives where they are not there yet, runs each stage that has not been measured in a process of its own,
and writes the table into ``benchmarks/RESULTS.md``. Delete ``FOLDER/<n>`` to measure a size again. Archives of 200,000
inquiries and more get vectors from a stand-in for the encoder (see ``benchmarks/stages.py``).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.archive import write_archive
from benchmarks.stages import STAGES

RESULTS = Path(__file__).parent / "RESULTS.md"
STAND_IN_FROM = 200_000
Measured = dict[str, Any]


def run_stage(stage: str, folder: Path) -> Measured:
    """Run a stage in a process of its own; return what it measured."""
    command = [sys.executable, "-m", "benchmarks.stages", stage, str(folder)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured: Measured = json.loads(told.splitlines()[-1])
    return measured


def measure(folder: Path, n_inquiries: int) -> dict[str, Measured]:
    """Measure every stage on an archive; what was measured before is kept."""
    file = folder / "measured.json"
    if not (folder / "inbox").exists():
        archive = write_archive(folder, n_inquiries)
        file.write_text(json.dumps({"archive": archive}))
        if n_inquiries >= STAND_IN_FROM:
            (folder / "stand_in").touch()
    measured: dict[str, Measured] = json.loads(file.read_text())
    for stage in STAGES:
        if stage not in measured:
            measured[stage] = run_stage(stage, folder)
            print(measured[stage], flush=True)
            file.write_text(json.dumps(measured, indent=1))
    return measured


def table(sizes: list[int], results: list[dict[str, Measured]]) -> str:
    """Lay the measures out as a table, each size after the first with its ratio of processor time to the first."""
    heads = [f"{n:,}: wall s | CPU s | peak MiB" for n in sizes] + [f"{n:,}: CPU ratio" for n in sizes[1:]]
    lines = [f"| stage | {' | '.join(heads)} |", "|---" * (4 * len(sizes)) + "|"]
    for stage in STAGES:
        for part in results[0][stage]["seconds"]:
            first = results[0][stage]["cpu"][part]
            cells, ratios = [], []
            for result in results:
                told = result.get(stage)
                cpu = told["cpu"][part] if told else None
                cells.append(f"{told['seconds'][part]:.1f} | {cpu:.1f} | {told['peak_mib']:,}" if told else "– | – | –")
                ratios.append("–" if cpu is None else f"{cpu / max(first, 0.01):.1f}")
            name = stage if part == stage else f"{stage}: {part}"
            lines.append(f"| {name} | {' | '.join([*cells, *ratios[1:]])} |")
    return "\n".join(lines)


def counts(sizes: list[int], results: list[dict[str, Measured]]) -> str:
    """Say how many there were of everything."""
    lines = [
        "| inquiries | contacts | statements drawn | distinct of these | texts with a vector | encoded now | topics |"
    ]
    lines.append("|---" * 7 + "|")
    for n, result in zip(sizes, results, strict=True):
        drawn = result["archive"]
        cells = [n, drawn["contacts"], drawn["statements"], drawn["distinct"]]
        embed = result.get("embed", {"counts": {}})["counts"]
        cells += [
            embed.get("texts"),
            embed.get("encoded"),
            result.get("topics", {"counts": {}})["counts"].get("topics"),
        ]
        lines.append("| " + " | ".join("–" if cell is None else f"{cell:,}" for cell in cells) + " |")
    return "\n".join(lines)


def write_section(name: str, content: str) -> None:
    """Put a table between its two marks in the results; the words around stay."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else f"{begin}\n{end}\n"
    if begin not in text:
        text += f"\n{begin}\n{end}\n"
    before, rest = text.split(begin, 1)
    after = rest.split(end, 1)[1]
    RESULTS.write_text(f"{before}{begin}\n{content}\n{end}{after}", encoding="utf-8")


def main() -> None:
    root, sizes = Path(sys.argv[1]), [int(n) for n in sys.argv[2:]]
    results = [measure(root / str(n), n) for n in sizes]
    report(sizes, results)


def report(sizes: list[int], results: list[dict[str, Measured]]) -> None:
    """Print the tables and put them into the results; a stage that was not measured has dashes."""
    content = f"{counts(sizes, results)}\n\n{table(sizes, results)}"
    print(content)
    write_section("size", content)


if __name__ == "__main__":
    main()
