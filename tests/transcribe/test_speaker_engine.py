from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from voc_mining.errors import EngineTrouble, UserError
from voc_mining.transcribe.speaker_engine import WEIGHTS, ResemblyzerEncoder, mel_spectrogram


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights of the right shapes, with the further entries that the package's file has."""
    made = tmp_path_factory.mktemp("speaker")
    torch.manual_seed(0)
    lstm, linear = torch.nn.LSTM(40, 256, 3, batch_first=True), torch.nn.Linear(256, 256)
    state = {f"lstm.{name}": value for name, value in lstm.state_dict().items()}
    state |= {f"linear.{name}": value for name, value in linear.state_dict().items()}
    state |= {"similarity_weight": torch.ones(1), "similarity_bias": torch.ones(1)}
    torch.save({"step": 1, "model_state": state, "optimizer_state": {}}, made / WEIGHTS)
    return made


def test_a_vector_for_each_window_whatever_comes_with_it(folder: Path) -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, 80_000).astype(np.float32)
    windows = [(0, 25_600), (10_000, 19_600), (20_000, 45_600), (70_400, 96_000)]
    vectors = ResemblyzerEncoder(folder).encode(samples, windows)
    assert vectors.shape == (4, 256)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    turned = ResemblyzerEncoder(folder).encode(samples, windows[::-1])[::-1]
    assert np.abs(turned - vectors).max() < 1e-4
    assert ResemblyzerEncoder(folder).encode(samples, []).shape == (0, 256)


def test_silence_is_borne(folder: Path) -> None:
    vectors = ResemblyzerEncoder(folder).encode(np.zeros(60_000, dtype=np.float32), [(0, 25_600), (30_000, 55_600)])
    assert np.isfinite(vectors).all()


def test_bands_hold_the_tone_that_sounds() -> None:
    time = np.arange(16_000) / 16_000
    tones = np.stack([np.sin(2 * np.pi * hertz * time) for hertz in (300, 1000, 3000)]).astype(np.float32)
    spectra = mel_spectrogram(tones)
    assert spectra.shape == (3, 101, 40)
    strongest = spectra[:, 50].argmax(axis=1)
    assert list(strongest) == sorted(set(strongest))
    quiet = mel_spectrogram(0.001 * tones)
    assert quiet[:, 50] == pytest.approx(mel_spectrogram(0.01 * tones)[:, 50], rel=1e-3), "raised to one level"


def test_revision_follows_the_weights(folder: Path, tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"other")
    assert ResemblyzerEncoder(folder).revision != ResemblyzerEncoder(tmp_path).revision


def test_missing_and_broken_weights_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=WEIGHTS.replace(".", r"\.")):
        _ = ResemblyzerEncoder(tmp_path).revision
    torch.save({"model_state": {}}, tmp_path / WEIGHTS)
    with pytest.raises(EngineTrouble):
        ResemblyzerEncoder(tmp_path).encode(np.ones(25_600, dtype=np.float32), [(0, 25_600)])


@pytest.mark.models
def test_one_speaker_is_more_alike_than_two(speaker_folder: Path, say: object) -> None:
    texts = ["再設定のメールが届かないんです。", "先月の料金が二回引き落とされています。"]
    voices = [np.repeat(say(text, pitch), 2)[:25_600].astype(np.float32) for pitch in (-7.0, -16.0) for text in texts]
    samples = np.concatenate(voices)
    vectors = ResemblyzerEncoder(speaker_folder).encode(samples, [(n * 25_600, (n + 1) * 25_600) for n in range(4)])
    alike = vectors @ vectors.T
    assert min(alike[0, 1], alike[2, 3]) > max(alike[0, 2], alike[0, 3], alike[1, 2], alike[1, 3])
