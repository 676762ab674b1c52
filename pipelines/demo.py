"""`voc demo`: the sample inbox, and the nightly flow on it."""

from __future__ import annotations

import shutil
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from pipelines.commands.arguments import language
from pipelines.local_run import COMPLETED, FAILED, REJECTED, request, run
from voc_mining.messages.catalogue import Messages
from voc_mining.sample.calendar import DEMO_DATE
from voc_mining.sample.make import make_sample
from voc_mining.sample.speech_engine import OpenJTalkSpeech
from voc_mining.sample.truth import Truth, read_truth
from voc_mining.store.delta import open_lake

SEED = 20261031


def demo(out: Path, *, as_json: bool = False, lang: str | None = None) -> int:
    """Make the sample inbox in ``out`` if it is not there, run everything on it, and hold the rejects to the planted ones.

    Returns
    -------
    int
        0 if exactly the planted rejects occurred.
    """
    say = Messages(language(lang))
    console = Console(stderr=True)
    truth = sample(out, console, say)
    asked = request(out / "inbox", str(out / "lake"), out / "out", as_of=DEMO_DATE, lang=say.lang)
    code = run(asked, as_json=as_json)
    if code not in {COMPLETED, REJECTED}:
        return code
    planted = {(reject.file, reject.row, reject.reason) for reject in truth.rejects}
    occurred = set(open_lake(asked.lake).read("rejects", ("file", "row", "reason")).iter_rows())
    if planted != occurred:
        console.print(say("demo.unexpected", details=sorted(planted ^ occurred)), style="red", markup=False)
        return FAILED
    console.print(say("demo.expected", n=len(planted)), style="green")
    return COMPLETED


def sample(out: Path, console: Console, say: Messages) -> Truth:
    """Make the sample inbox, or take the one that is there whole already."""
    made = out / "truth" / "truth.json"
    if made.exists():
        return read_truth(made)
    shutil.rmtree(out / "inbox", ignore_errors=True)
    console.print(say("demo.making"))
    with Progress(console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("TTS", total=None)
        return make_sample(
            out,
            seed=SEED,
            speech=OpenJTalkSpeech(),
            progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )
