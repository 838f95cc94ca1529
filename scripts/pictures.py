# ruff: noqa: INP001 - a program, not a package
"""Make the pictures of the README from the demo clip: a still, the receipt and the terminal.

.venv/bin/python scripts/pictures.py
"""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import cv2
from rich.console import Console
from rich.text import Text

REPO = Path(__file__).resolve().parent.parent
PICTURES = REPO / "docs" / "pictures"
DEMO = REPO / "models/render/demo/doorway.mp4"
STILL_FRAME = 178
LINE = "0.28,0.385,0.72,0.385"
OUTSIDE_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def terminal_picture(command: list[str], shown: str) -> None:
    """Draw what a command prints as an SVG that fetches nothing from anywhere."""
    told = subprocess.run(  # noqa: S603 - the project's own program
        command, capture_output=True, text=True, check=True, cwd=REPO
    )
    console = Console(record=True, file=io.StringIO(), width=84, force_terminal=True)
    console.print(Text.assemble(("$ ", "green"), (shown, "bold")))
    console.print(Text(told.stdout.rstrip()))
    svg = OUTSIDE_FONT.sub("", console.export_svg(title="fanlight"))
    (PICTURES / "terminal.svg").write_text(svg)


def still_picture(frame: int) -> None:
    """Take one frame out of the demo clip, whose people are rendered."""
    clip = cv2.VideoCapture(str(DEMO))
    for _ in range(frame + 1):
        _, picture = clip.read()
    cv2.imwrite(str(PICTURES / "doorway.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])


def main() -> None:
    """Make the pictures."""
    still_picture(STILL_FRAME)
    fanlight = str(REPO / ".venv/bin/fanlight")
    shown = f"fanlight count doorway.mp4 --line {LINE} --receipt receipt.png"
    receipt = str(PICTURES / "receipt.png")
    command = [fanlight, "count", str(DEMO), "--line", LINE, "--receipt", receipt]
    terminal_picture(command, shown)


if __name__ == "__main__":
    main()
