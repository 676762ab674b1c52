from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from benchmarks.fuzz_audio import whole_files
from voc_mining.errors import BadAudio
from voc_mining.transcribe.audio_engine import decode
from voc_mining.transcribe.protection import protection

_CONTENT_ENCRYPTION = UUID("2211B3FB-BD23-11D2-B4B7-00A0C955FC6E").bytes_le
_ENDED = (24).to_bytes(8, "little")  # an object without content


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    return whole_files()


def refused(path: Path) -> tuple[str, str]:
    with pytest.raises(BadAudio) as caught:
        decode(path)
    return caught.value.fault.code, caught.value.fault.values["found"]


@pytest.mark.parametrize("entry", ["enca", "drms", "aavd"])
def test_encrypted_mp4_is_named(entry: str, tmp_path: Path, tones: Callable, encode: Callable) -> None:
    path = encode(tmp_path / "bought.m4a", tones(440, seconds=1.0), container="ipod", codec="aac")
    content = path.read_bytes()
    assert content.count(b"mp4a") == 1
    path.write_bytes(content.replace(b"mp4a", entry.encode()))
    assert refused(path) == ("protected", entry)


def test_protected_windows_media_is_named(whole: dict[str, bytes], tmp_path: Path) -> None:
    content = whole["wma.wma"]
    size = int.from_bytes(content[16:24], "little")
    count = int.from_bytes(content[24:28], "little")
    object_ = _CONTENT_ENCRYPTION + _ENDED
    protected = (
        content[:16]
        + (size + len(object_)).to_bytes(8, "little")
        + (count + 1).to_bytes(4, "little")
        + content[28:size]
        + object_
        + content[size:]
    )
    path = tmp_path / "bought.wma"
    path.write_bytes(protected)
    assert refused(path) == ("protected", "Windows Media DRM")


def test_what_is_not_protected(whole: dict[str, bytes]) -> None:
    for name, content in whole.items():
        file = io.BytesIO(content)
        file.seek(5)
        assert protection(file) is None, name
        assert file.tell() == 5


@pytest.mark.parametrize("content", [b"", b"\0\0\0\x08moov", b"\0\0\0\0ftyp", b"\xff" * 40, b"\0\0\0\x01moovstsd"])
def test_stumps_are_not_protected(content: bytes) -> None:
    assert protection(io.BytesIO(content)) is None
