"""Body of ``voc mask``: one masked line out per line in, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipelines.engines import masker
from voc_mining.errors import UserError
from voc_mining.ingest import encoding
from voc_mining.text.lines import mask_lines


def mask_file(file: Path | None, out: BinaryIO | None = None) -> int:
    """Mask the lines of a file, or of standard input, to standard output.

    Parameters
    ----------
    file : Path or None
        UTF-8 or CP932; standard input if none is given.
    out : binary stream, optional
        Where the UTF-8 lines go; standard output by default.

    Returns
    -------
    int
        Exit code 0.

    Raises
    ------
    UserError
        If the file cannot be read.
    """
    target = out or sys.stdout.buffer
    try:
        source = sys.stdin.buffer if file is None else file.open("rb")
    except OSError as trouble:
        raise UserError("error.unreadable", path=file, problem=trouble) from trouble
    with source:
        for line in mask_lines(decoded_lines(source), masker()):
            target.write(line.encode("utf-8") + b"\n")
    target.flush()
    return 0


def decoded_lines(source: BinaryIO) -> Iterator[str]:
    """Lines of a stream, the encoding of each told as ingest tells that of a file; what cannot be decoded is ``�``."""
    for raw in source:
        line = encoding.decode(raw.removesuffix(b"\n").removesuffix(b"\r"))
        yield encoding.UNREADABLE.sub("\ufffd", line.text)
