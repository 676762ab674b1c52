"""Speed, errors, terms heard and memory of transcription, on the same files.

Compared are ours, alone and with a glossary, faster-whisper, its batched mode and whisperX.

    python -m benchmarks.spoken_calls DATA --read CLIPS        # once: the recordings and their words
    python -m benchmarks.transcription run DATA RESULTS --rounds 2 --whisperx-python ENV/bin/python
    python -m benchmarks.transcription limit DATA RESULTS      # what the model alone needs for our windows
    python -m benchmarks.transcription memory DATA RESULTS     # 200 recordings, and one of three hours
    python -m benchmarks.transcription table DATA RESULTS      # the figures so far, in Markdown

Every system runs in a process of its own with the same model, arithmetic (int8), threads and language. Files go out in
blocks; within a block the systems take turns, and the order moves on from block to block, so that other load on the
machine hits all alike. What is measured is stored block by block; a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.transcription_scores import difference, error_rate, errors_of, read_terms, recall
from pipelines import engines
from pipelines.settings import Settings

SYSTEMS = ("ours", "ours+glossary", "defaults", "batched", "whisperx")
SETS = ("calls", "clean", "telephone")
BASE = "defaults"
_SERVER = Path(__file__).parent / "transcription_systems.py"
_GLOSSARY = Path(__file__).parent / "data" / "glossary_ja.csv"
_ROOT = Path(__file__).parent.parent
_LOOK_S = 0.25
_MB = 1e6
_MANY, _LONG_S = 200, 3 * 3600.0
_RATE, _SILENCE = 8000, b"\xff"  # µ-law
_HEADING = (
    "| system | × real time | our speed ÷ its speed, median of blocks (range) | processor s per audio s | CER "
    "| CER minus defaults, points (95 % interval; upper 95 % bound) | terms heard | peak memory, MB |"
)
_MARKS = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0)

Block = dict[str, Any]


@dataclass(slots=True)
class Memory:
    """Memory of a process and its children, looked at four times a second while a request runs.

    Parameters
    ----------
    pid : int
        The process.
    curve : list of (float, float, float)
        Seconds since the request, megabytes in all, megabytes without mapped files, which the system drops when it
        needs the room. Pages that processes share are shared out among them (PSS).
    """

    pid: int
    curve: list[tuple[float, float, float]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look while the body runs."""
        began = time.perf_counter()

        def look() -> None:
            while not self._stop.wait(_LOOK_S):
                self.curve.append((time.perf_counter() - began, *resident_mb(self.pid)))

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            self.curve.append((time.perf_counter() - began, *resident_mb(self.pid)))

    @property
    def peak_mb(self) -> float:
        """Largest seen in all."""
        return max(size for _, size, _ in self.curve)


def family(pid: int) -> list[psutil.Process]:
    """A process and its children at any depth."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def resident_mb(pid: int) -> tuple[float, float]:
    """Memory that a process and its children hold, in all and without mapped files, megabytes; on Linux."""
    total = own = 0
    for process in family(pid):
        try:
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:  # it ended meanwhile
            continue
        sizes = {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines[1:])}
        total += sizes["Pss"]
        own += sizes["Pss_Anon"]
    return total / _MB, own / _MB


def cpu_s(pid: int) -> float:
    """Seconds of processor time that a process and its children, also past ones, have used."""
    total = 0.0
    for process in family(pid):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


class Server:
    """A system in its process.

    Parameters
    ----------
    system : str
        Which.
    python : str
        Interpreter of an environment that holds it.
    model : str
        Folder of the model.
    threads : int
        Threads for its model.
    """

    def __init__(self, system: str, python: str, model: str, threads: int) -> None:
        command = [python, str(_SERVER), system, "--model", model, "--threads", str(threads)]
        surroundings = os.environ | {"OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1"}
        if system.startswith("ours"):
            surroundings |= {"PYTHONPATH": str(_ROOT)}
        self.system = system
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=surroundings
        )

    def transcribe(self, files: Sequence[Path]) -> Block:
        """Transcribe files: texts, wall and processor seconds, peak and curve of memory."""
        process = self._process
        assert process.stdin is not None
        print(json.dumps({"files": [str(file.resolve()) for file in files]}), file=process.stdin, flush=True)
        self._answer()  # loaded and warm
        before = cpu_s(process.pid)
        memory = Memory(process.pid)
        with memory.watched():
            answer = self._answer()
        used = cpu_s(process.pid) - before
        curve = [(round(at, 1), round(size), round(own)) for at, size, own in memory.curve]
        return answer | {"cpu_s": used, "peak_mb": memory.peak_mb, "curve": curve}

    def _answer(self) -> Block:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.system} ended with code {self._process.wait()}; its messages are above")
        told: Block = json.loads(line)
        return told

    def close(self) -> None:
        """Let the process end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def read_set(data: Path, name: str) -> list[dict[str, Any]]:
    """Files of a set with their words, as :mod:`benchmarks.spoken_calls` lists them; none where it was not made."""
    listed = data / f"{name}.json"
    if not listed.is_file():
        return []
    rows: list[dict[str, Any]] = json.loads(listed.read_text(encoding="utf-8"))
    return [row | {"path": data / name / row["file"]} for row in rows]


def stored(results: Path, name: str, system: str) -> list[Block]:
    """What was measured so far."""
    path = results / f"{name}.{system}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def store(results: Path, name: str, system: str, block: Block) -> None:
    """Add a measurement."""
    results.mkdir(parents=True, exist_ok=True)
    with (results / f"{name}.{system}.jsonl").open("a", encoding="utf-8") as file:
        print(json.dumps(block, ensure_ascii=False), file=file)


def run(given: argparse.Namespace) -> None:
    """Measure what is not measured yet, block by block."""
    pythons = dict.fromkeys(SYSTEMS, sys.executable) | {"whisperx": given.whisperx_python}
    systems = [system for system in given.systems if pythons[system]]
    model = engines.whisper_model(Settings(whisper_model=given.model)).reference
    servers: dict[str, Server] = {}
    turn = 0
    for round_ in range(given.rounds):
        for name in given.sets:
            files = read_set(given.data, name)[: given.files]
            for block, start in enumerate(range(0, len(files), given.block)):
                part = files[start : start + given.block]
                order = [systems[(place + turn) % len(systems)] for place in range(len(systems))]
                turn += 1
                for system in order:
                    done = {(each["round"], each["block"]) for each in stored(given.results, name, system)}
                    if (round_, block) in done:
                        continue
                    if system not in servers:
                        servers[system] = Server(system, pythons[system], model, given.threads)
                    told = servers[system].transcribe([row["path"] for row in part])
                    heard = {Path(path).name: texts for path, texts in told.pop("heard").items()}
                    seconds = sum(row["seconds"] for row in part)
                    extra = {"round": round_, "block": block, "seconds": seconds, "threads": given.threads}
                    store(given.results, name, system, extra | told | {"load": os.getloadavg()[0], "heard": heard})
                    print(f"{name} {round_}.{block} {system}: {seconds / told['wall_s']:.2f} x real time", flush=True)
    for server in servers.values():
        server.close()


def memory(given: argparse.Namespace) -> None:
    """Follow the memory of our step over many recordings, and over a long one."""
    model = engines.whisper_model(Settings(whisper_model=given.model)).reference
    calls = [row["path"] for row in read_set(given.data, "calls")]
    folder = given.data / "memory"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    many = [_another(calls[number % len(calls)], folder, number, given.many_s) for number in range(given.many)]
    for path in given.results.glob("memory.*.jsonl"):
        path.unlink()
    for name, files in (("many", many), ("long", [_joined(calls, folder / "long.wav", given.long_s, given.pause_s)])):
        server = Server("ours", sys.executable, model, given.threads)
        server.transcribe(calls[:1])  # loaded and warm
        told = server.transcribe(files)
        server.close()
        told.pop("heard")
        store(given.results, "memory", name, told)
    shutil.rmtree(folder)
    print(memory_table(given.results))


def _another(call: Path, folder: Path, number: int, longest_s: float | None) -> Path:
    """Copy the beginning of a call as content of its own: bytes behind the sound, which nobody hears."""
    path = folder / f"{number:03}.wav"
    head, sound = _parts(call)
    kept = sound if longest_s is None else sound[: round(longest_s * _RATE) * 2]
    note = b"note" + (4).to_bytes(4, "little") + number.to_bytes(4, "little")
    path.write_bytes(head + len(kept).to_bytes(4, "little") + kept + note)
    return path


def _joined(calls: Sequence[Path], path: Path, seconds: float, pause_s: float) -> Path:
    """Join calls, over and over, with silence in between, to one long call."""
    wanted, size = round(seconds * _RATE) * 2, 0
    pause = _SILENCE * round(pause_s * _RATE) * 2
    with path.open("wb") as file:
        file.write(_parts(calls[0])[0] + wanted.to_bytes(4, "little"))
        while size < wanted:
            for call in calls:
                sound = (_parts(call)[1] + pause)[: wanted - size]
                file.write(sound)
                size += len(sound)
    return path


def _parts(call: Path) -> tuple[bytes, bytes]:
    """Head of a µ-law stereo call before the length of its sound, and its sound."""
    content = call.read_bytes()
    place = content.index(b"data") + 4
    size = int.from_bytes(content[place : place + 4], "little")
    return content[:place], content[place + 4 : place + 4 + size // 2 * 2]


def limit(given: argparse.Namespace) -> None:
    """Time the model alone on the windows that our engine decoded; our stage itself in the same process, in turn."""
    from benchmarks.transcription_limit import measure  # noqa: PLC0415 - loads the model

    files = [row["path"] for row in read_set(given.data, "calls")][: given.files]
    (given.results / "limit.calls.jsonl").unlink(missing_ok=True)
    for told in measure(files, given.model, given.threads, given.rounds, given.batches):
        store(given.results, "limit", "calls", told)
    print(limit_table(given.results))


def table(given: argparse.Namespace) -> None:
    """Print everything measured so far."""
    terms = read_terms(given.glossary)
    parts = [set_table(given.results, name, read_set(given.data, name), terms) for name in SETS]
    parts += [limit_table(given.results), memory_table(given.results)]
    print("\n\n".join(part for part in parts if part))


def set_table(results: Path, name: str, files: list[dict[str, Any]], terms: dict[str, tuple[str, ...]]) -> str:
    """Figures of one set: a row per system."""
    words = {row["file"]: row["words"] for row in files}
    measured = {system: blocks for system in SYSTEMS if (blocks := stored(results, name, system))}
    if not measured:
        return ""
    heard = {
        system: {file: texts for block in blocks if block["round"] == 0 for file, texts in block["heard"].items()}
        for system, blocks in measured.items()
    }
    common = sorted(set.intersection(*(set(each) for each in heard.values())) & set(words))
    if not common:
        return ""
    scores = {system: [errors_of(words[f], heard[system][f]["heard"]) for f in common] for system in measured}
    characters = sum(each.characters for each in scores[next(iter(scores))])
    seconds = sum(row["seconds"] for row in files if row["file"] in common)
    rows = [
        f"### {name}: {len(common)} recordings, {seconds:.0f} s, {characters} reference characters",
        "",
        _HEADING,
        "|---|---|---|---|---|---|---|---|",
    ]
    for system, blocks in measured.items():
        audio, wall, cpu = (sum(block[key] for block in blocks) for key in ("seconds", "wall_s", "cpu_s"))
        hits, spoken = (
            sum(part)
            for part in zip(*(recall(words[f], heard[system][f]["heard"], terms) for f in common), strict=True)
        )
        share = f"{hits / spoken:.1%} ({hits}/{spoken})" if spoken else "–"
        peak = max(block["peak_mb"] for block in blocks)
        rows.append(
            f"| {system} | {audio / wall:.2f} | {_ratios(measured, system)} | {cpu / audio:.3f} "
            f"| {error_rate(scores[system]):.2%} | {_against(scores, system)} | {share} | {peak:.0f} |"
        )
    if "ours" in measured and all("kept" in heard["ours"][f] for f in common):
        kept = [errors_of(words[f], heard["ours"][f]["kept"]) for f in common]
        rows += ["", f"Ours without utterances that their flags keep from being counted: CER {error_rate(kept):.2%}."]
    rows += ["", *_changed(measured)]
    return "\n".join(rows).rstrip()


def _ratios(measured: dict[str, list[Block]], system: str) -> str:
    """How many times as fast ours was, block by block of the same round."""
    if system == "ours" or "ours" not in measured:
        return "–"
    own = {(block["round"], block["block"]): block["wall_s"] for block in measured["ours"]}
    ratios = [
        block["wall_s"] / own[key] for block in measured[system] if (key := (block["round"], block["block"])) in own
    ]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})" if ratios else "–"


def _against(scores: dict[str, list[Any]], system: str) -> str:
    if system == BASE or BASE not in scores:
        return "–"
    told = difference(scores[system], scores[BASE])
    measured, low, high, upper = (100 * each for each in (told.measured, told.low, told.high, told.upper))
    return f"{measured:+.2f} ({low:+.2f} … {high:+.2f}; {upper:+.2f})"


def _changed(measured: dict[str, list[Block]]) -> Iterator[str]:
    """Name systems whose texts were not the same in every round."""
    for system, blocks in measured.items():
        texts: dict[str, set[str]] = {}
        for block in blocks:
            for file, told in block["heard"].items():
                texts.setdefault(file, set()).add(json.dumps(told, sort_keys=True))
        if changed := sum(len(each) > 1 for each in texts.values()):
            yield f"{system} heard {changed} of {len(texts)} recordings differently from round to round."


def limit_table(results: Path) -> str:
    """What the model alone needed, by batch size, and our stage beside it."""
    told = stored(results, "limit", "calls")
    if not told:
        return ""
    rows = [
        f"### The model alone on the {told[0]['windows']} windows of our stage, {told[0]['threads']} at once",
        "",
        "| what | wall s, median (range) | × real time | processor s, median (range) |",
        "|---|---|---|---|",
    ]
    middles: dict[str, tuple[float, float]] = {}
    for what in dict.fromkeys(each["what"] for each in told):
        same = [each for each in told if each["what"] == what]
        (wall, walls), (worked, works) = (_middle([each[key] for each in same]) for key in ("wall_s", "cpu_s"))
        middles[what] = (wall, worked)
        rows.append(f"| {what} | {walls} | {same[0]['seconds'] / wall:.2f} | {works} |")
    alone = [times for what, times in middles.items() if what != "stage"]
    if "stage" in middles and alone:
        wall, worked = (middles["stage"][kind] / min(times[kind] for times in alone) for kind in (0, 1))
        rows += [
            "",
            f"The whole stage needs {wall:.3f} times the model's wall time at its best batch, and {worked:.3f} ",
        ]
        rows[-1] += "times its processor time."
    return "\n".join(rows)


def _middle(times: Sequence[float]) -> tuple[float, str]:
    """Median of some times, and how it is told with their range."""
    middle = statistics.median(times)
    return middle, f"{middle:.1f} ({min(times):.1f}–{max(times):.1f})"


def memory_table(results: Path) -> str:
    """Memory along the way."""
    rows = [
        "### Memory of our step, MB (without mapped files)",
        "",
        "| input | " + " | ".join(f"at {mark:.0%}" for mark in _MARKS),
    ]
    rows[-1] += " | peak |"
    rows.append("|---" * (len(_MARKS) + 2) + "|")
    for name in ("many", "long"):
        for told in stored(results, "memory", name):
            curve = told["curve"]
            at = [curve[round(mark * (len(curve) - 1))][1:] for mark in _MARKS]
            at.append([max(size for _, size, _ in curve), max(own for *_, own in curve)])
            cells = " | ".join(f"{size} ({own})" for size, own in at)
            rows.append(f"| {name} ({told['wall_s']:.0f} s) | {cells} |")
    return "\n".join(rows) if len(rows) > 4 else ""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("what", choices=("run", "limit", "memory", "table"))
    options.add_argument("data", type=Path, help="folder that benchmarks.spoken_calls wrote")
    options.add_argument("results", type=Path, help="folder of what is measured")
    options.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS)
    options.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--block", type=int, default=24, help="files a system gets at once")
    options.add_argument("--files", type=int, help="only the first files of each set")
    options.add_argument("--model", default="whisper-base", help="name in models.toml, or a folder")
    options.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options.add_argument(
        "--whisperx-python", default="", help="interpreter of whisperX's environment; left out without"
    )
    options.add_argument("--glossary", type=Path, default=_GLOSSARY)
    options.add_argument("--many", type=int, default=_MANY, help="recordings of the memory run")
    options.add_argument("--many-s", type=float, help="seconds taken of each; all of it by default")
    options.add_argument(
        "--pause-s", type=float, default=0.0, help="seconds of silence between the calls of the long one"
    )
    options.add_argument("--batches", type=int, nargs="+", default=(1, 4, 8, 16), help="batch sizes of the limit")
    options.add_argument("--long-s", type=float, default=_LONG_S, help="seconds of its long recording")
    given = options.parse_args()
    {"run": run, "limit": limit, "memory": memory, "table": table}[given.what](given)
    if given.what == "run":
        table(given)


if __name__ == "__main__":
    main()
