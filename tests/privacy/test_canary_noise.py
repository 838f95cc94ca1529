"""Nobody who seizes the device finds the noise beside the sums: it is in them and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from chance_kit import dice
from fanlight.domain.privacy_budget import Noise
from fanlight.domain.revisits import draw_noise
from vision.test_canary import Looker, Search

TESTS = Path(__file__).resolve().parents[1]
SEED = 11
CHILD = f"""
import sys
import numpy as np
from chance_kit import dice
from fanlight.domain.privacy_budget import Noise
from fanlight.vision.sketch import LiveSketch
live = LiveSketch(dice({SEED}))
live.begin(Noise.for_epsilon(2))
if sys.argv[1] == "somebody":
    live.add(np.full((1, 128), 60, np.int32))
print("ready", flush=True)
sys.stdin.readline()
"""


def found(whom: str) -> int:
    """Count the pieces of the day's noise that lie in the memory of a process, 16 bytes each."""
    noise = draw_noise(Noise.for_epsilon(2), dice(SEED))
    pieces = [noise[place : place + 2].tobytes() for place in range(0, 128, 2)]
    pieces += [noise[place : place + 4].astype(np.int32).tobytes() for place in range(0, 128, 4)]
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, whom],
        env={"PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        looker = Looker(child, noise, None)  # type: ignore[arg-type]
        seeker = Search({(str(number), piece) for number, piece in enumerate(pieces)})
        names = set().union(*(seeker.names_in(content) for _map, content in looker.memory()))
        child.kill()
    return len(names)


def test_once_somebody_is_in_the_sums_the_noise_is_nowhere() -> None:
    assert found("nobody") >= 64
    assert found("somebody") == 0
