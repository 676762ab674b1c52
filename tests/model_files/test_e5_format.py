from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model_files.packed import HIDDEN, PIECES, packed_file, quantize
from voc_mining.errors import UserError
from voc_mining.model_files.e5_format import dequantize, read_packed

BLOCKS = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


@given(st.lists(st.floats(-4, 4, width=32), min_size=64, max_size=64))
def test_dequantized_weights_are_the_nibbles_times_the_scale(weights):
    packed, meant = quantize(np.array(weights, dtype=np.float32))
    assert np.array_equal(dequantize(np.frombuffer(packed, BLOCKS)), meant)


def test_the_low_nibbles_come_first():
    block = np.zeros(1, BLOCKS)
    block["scale"] = 0.5
    block["nibbles"] = 0x98
    widened = dequantize(block)
    assert widened[:16].tolist() == [0.0] * 16
    assert widened[16:].tolist() == [0.5] * 16


def test_the_whole_file_is_read(tmp_path):
    content, meant = packed_file()
    file = tmp_path / "m.bin"
    file.write_bytes(content)
    model = read_packed(file)
    assert model.architecture.hidden == HIDDEN
    assert list(model.vocabulary.pieces) == PIECES
    assert (model.vocabulary.bos, model.vocabulary.pad, model.vocabulary.eos, model.vocabulary.unknown) == (0, 1, 2, 3)
    assert set(model.tensors) == set(meant)
    assert all(np.array_equal(model.tensors[name], weights) for name, weights in meant.items())


def test_another_file_is_refused(tmp_path):
    file = tmp_path / "m.bin"
    file.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(UserError, match="not a packed e5"):
        read_packed(file)


@pytest.mark.parametrize("kept", [6, 50, 300, 4000])
def test_a_file_that_ends_early_is_refused(tmp_path, kept):
    file = tmp_path / "m.bin"
    file.write_bytes(packed_file()[0][:kept])
    with pytest.raises(UserError, match="damaged"):
        read_packed(file)
