"""Body of ``voc mask``: one masked line out per line in, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipelines.engines import masker
from voc_mining.contracts.rules import NO_MASKING, OwnMasking
from voc_mining.errors import UserError
from voc_mining.ingest import encoding
from voc_mining.ingest.sources import parse_sources
from voc_mining.text.lines import mask_lines


def mask_file(file: Path | None, out: BinaryIO | None = None, *, sources: Path | None = None) -> int:
    """Mask the lines of a file, or of standard input, to standard output.

    Parameters
    ----------
    file : Path or None
        UTF-8 or CP932; standard input if none is given.
    out : binary stream, optional
        Where the UTF-8 lines go; standard output by default.
    sources : Path, optional
        A ``sources.toml`` whose ``[masking]`` says what else is masked; without it only the built-in kinds are.

    Returns
    -------
    int
        Exit code 0.

    Raises
    ------
    UserError
        If a file cannot be read, or a key or value of ``sources`` is wrong.
    """
    own = _own_masking(sources) if sources else NO_MASKING
    target = out or sys.stdout.buffer
    try:
        source = sys.stdin.buffer if file is None else file.open("rb")
    except OSError as trouble:
        raise UserError("error.unreadable", path=file, problem=trouble) from trouble
    with source:
        for line in mask_lines(decoded_lines(source), masker(own)):
            target.write(line.encode("utf-8") + b"\n")
    target.flush()
    return 0


def _own_masking(path: Path) -> OwnMasking:
    """Read what a user has masked besides; unlike an inbox's, a file that is named must be there."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        raise UserError("sources.unreadable", file=path, problem=trouble) from trouble
    return parse_sources(text, str(path)).masking


def decoded_lines(source: BinaryIO) -> Iterator[str]:
    """Lines of a stream, the encoding of each told as ingest tells that of a file; what cannot be decoded is ``�``."""
    for raw in source:
        line = encoding.decode(raw.removesuffix(b"\n").removesuffix(b"\r"))
        yield encoding.UNREADABLE.sub("\ufffd", line.text)
