"""A large batch whose process is killed in the middle goes on after the last whole chunk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from polars.testing import assert_frame_equal

from pipelines.steps.embed import embed_step
from tests.embed.hashing_embedder import HashingEmbedder
from tests.embed.test_step import fill
from voc_mining.embed.stage import EmbedParams
from voc_mining.store.delta import open_lake

CHUNK, TEXTS = 10, 200
SLOWLY = f"""
import sys, time
from pipelines.steps.embed import embed_step
from tests.embed.hashing_embedder import HashingEmbedder
from voc_mining.embed.stage import EmbedParams
from voc_mining.store.delta import open_lake

class Slow(HashingEmbedder):
    def encode(self, texts):
        time.sleep(0.1)
        return super().encode(texts)

embed_step(open_lake(sys.argv[1]), Slow(), EmbedParams({CHUNK}))
"""


def test_killed_in_the_middle_of_a_large_batch(tmp_path):
    texts = [f"{no}番目の問い合わせです" for no in range(TEXTS)]
    killed, whole = (fill(open_lake(str(tmp_path / name)), texts) for name in ("killed", "whole"))
    embed_step(whole, HashingEmbedder(), EmbedParams(CHUNK))
    root = Path(__file__).resolve().parents[2]
    run = subprocess.Popen([sys.executable, "-c", SLOWLY, killed.uri], cwd=root)
    try:
        deadline = time.monotonic() + 120
        while killed.versions().get("vectors", 0) < 2:
            assert run.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < deadline, "it has not begun"
            time.sleep(0.02)
        os.kill(run.pid, signal.SIGKILL)
    finally:
        run.kill()
        run.wait()
    kept = killed.read("vectors").height
    assert kept % CHUNK == 0, "whole chunks"
    assert 0 < kept < TEXTS
    engine = HashingEmbedder()
    (account,) = embed_step(killed, engine, EmbedParams(CHUNK))
    assert (account.produced, account.unchanged) == (TEXTS - kept, kept)
    assert sum(map(len, engine.calls)) == TEXTS - kept, "nothing is embedded twice"
    assert_frame_equal(killed.read("vectors").sort("text_hash"), whole.read("vectors").sort("text_hash"))
