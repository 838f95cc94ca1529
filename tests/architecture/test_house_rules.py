"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "firmware" / "fanlight"
SOURCES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 60
ESCAPES = {"exec", "eval", "__import__", "compile"}


def tracked_text_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPO, capture_output=True, check=True)
    files = [REPO / name for name in listed.stdout.decode().split("\0") if name]
    endings = {".py", ".md", ".toml", ".txt", ".sh", ".svg", ".json", ""}
    return [file for file in files if file.suffix in endings and file.is_file()]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_holds_one_idea_and_a_function_fits_a_screen(source: Path) -> None:
    text = source.read_text()
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nobody_climbs_through_a_window(source: Path) -> None:
    """Imports that the wall checker cannot see are forbidden."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ESCAPES
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not any(name.split(".")[0] == "importlib" for name in names)


def test_the_frame_type_is_named_only_in_the_sealed_room() -> None:
    outside = [source for source in SOURCES if "vision" not in source.relative_to(PACKAGE).parts]
    assert len(outside) > 20
    for source in outside:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.module != "fanlight.vision.frame", source


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of one machine, and no address of a package registry, is in the repository."""
    words = (
        "/" + "work/",
        "/" + "root/",
        "deb." + "debian.org",
        "pypi" + ".org",
        "python" + "hosted",
    )
    for file in tracked_text_files():
        text = file.read_text(errors="ignore")
        assert not any(word in text for word in words), file


def test_links_in_the_documents_lead_somewhere() -> None:
    documents = [file for file in tracked_text_files() if file.suffix == ".md"]
    assert documents
    for document in documents:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
            if not re.match(r"[a-z]+:", target):
                assert (document.parent / target).exists(), f"{document}: {target}"
