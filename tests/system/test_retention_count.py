"""The shipped clothing embedder at the demo's door: who comes in is embedded, and for how long."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
DEMO = REPO / "models/render/demo/doorway.mp4"


@pytest.mark.slow
def test_each_who_comes_in_is_embedded_for_milliseconds(tmp_path: Path) -> None:
    config = tmp_path / "door.toml"
    config.write_text(
        f'[retention]\nembedder = "{REPO / "models/embedder/appearance"}"\n'
        'opens = "09:00"\ncloses = "20:00"\n'
    )
    command = [sys.executable, "-m", "fanlight", "count", str(DEMO), "--line", "0,0.5,1,0.5"]
    told = subprocess.check_output([*command, "--config", str(config), "--json"], timeout=110)
    count = json.loads(told)
    assert count["in"] >= 6
    assert count["in"] - 1 <= count["embedded"] <= count["in"] + count["u_turns"]
    lived_ms = count["embedding_lifetime_ms"]
    assert 0 < lived_ms["p50"] <= lived_ms["p99"] <= lived_ms["max"]
    assert lived_ms["p50"] < 20
