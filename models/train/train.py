"""Train the detector: `python -m models.train.train CONFIG --data DIR --out DIR [--resume]`."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from models.train.checkpoint import Average, read_run, read_weights, write_run, write_weights
from models.train.config import Config, Stage, read_config
from models.train.descent import Descent
from models.train.feed import open_feed
from models.train.journal import Journal
from models.train.losses import judge
from models.train.network import Network
from models.train.plan import draw

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG_STEPS = 100
SAVE_S = 120.0
SMOOTH = 0.98


class Training:
    """One run: learns for the configured minutes and keeps what it needs to go on."""

    def __init__(self, config: Config, folder: Path, start: Path | None) -> None:
        self._run, self._stages, self._folder = config.run, config.stages, folder
        self._network = Network(draw(config.shape))
        if start:
            read_weights(start, self._network)
        self._network.to(memory_format=torch.channels_last).train()
        self._average = Average(self._network, self._run.average)
        self._descent = Descent(
            self._network, self._run.rate, self._run.decay, self._run.warmup_steps
        )
        self._step, self._trained_s = 0, 0.0
        self._smooth: list[float] = []

    def resume(self) -> None:
        """Go on where the folder's last checkpoint ends."""
        state = read_run(self._folder / "run.pt")
        self._network.load_state_dict(state["network"])
        self._average.state = state["average"]
        self._descent.optimizer.load_state_dict(state["optimizer"])
        self._step, self._trained_s = state["step"], state["trained_s"]

    def learn(self, data: Path, workers: int, journal: Journal) -> None:
        """Go through the stages that are left."""
        end_s = 0.0
        for stage in self._stages:
            end_s += stage.share * self._run.minutes * 60
            if self._trained_s < end_s and not self._enough():
                self._learn_stage(stage, end_s, data, workers, journal)
        self._save()
        write_weights(self._folder / "weights.npz", self._average.state)
        journal.draw()

    def _learn_stage(
        self, stage: Stage, end_s: float, data: Path, workers: int, journal: Journal
    ) -> None:
        feed = open_feed(data, (stage.width, stage.height), self._run.batch, self._step, workers)
        last, saved_s, logged_s = time.monotonic(), self._trained_s, self._trained_s
        while self._trained_s < end_s and not self._enough():
            self._learn_batch(next(feed))
            now = time.monotonic()
            self._trained_s += now - last
            last = now
            if self._step % LOG_STEPS == 0:
                speed = LOG_STEPS * self._run.batch / max(self._trained_s - logged_s, 1e-9)
                logged_s = self._trained_s
                journal.write(self._step, logged_s, speed, *self._smooth, self._rate())
            if self._trained_s - saved_s > SAVE_S:
                saved_s = self._trained_s
                self._save()
                journal.draw()

    def _learn_batch(self, batch: Sequence[torch.Tensor]) -> None:
        pictures = batch[0].permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
        with torch.autocast("cpu", torch.bfloat16):
            outputs = self._network(pictures)
        loss = judge(outputs, *batch[1:])
        self._descent.step(loss.total, self._rate())
        self._step += 1
        self._average.follow(self._network, self._step)
        values = [float(value.detach()) for value in loss]
        before = self._smooth or values
        self._smooth = [SMOOTH * a + (1 - SMOOTH) * b for a, b in zip(before, values, strict=True)]

    def _rate(self) -> float:
        if self._run.steps:
            done = self._step / self._run.steps
        else:
            done = self._trained_s / (self._run.minutes * 60)
        return self._descent.rate(done, self._step)

    def _enough(self) -> bool:
        return 0 < self._run.steps <= self._step

    def _save(self) -> None:
        write_run(
            self._folder / "run.pt",
            network=self._network.state_dict(),
            average=self._average.state,
            optimizer=self._descent.optimizer.state_dict(),
            step=self._step,
            trained_s=self._trained_s,
        )


def main() -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of scenes-*.npz")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--start", type=Path, help="weights.npz of another run to begin with")
    parser.add_argument("--minutes", type=float, help="instead of the configured time")
    parser.add_argument("--workers", type=int, default=1, help="processes that make batches")
    parser.add_argument(
        "--threads", type=int, default=2, help="one is faster where other work has a core"
    )
    given = parser.parse_args()
    config = read_config(given.config)
    if given.minutes:
        config = replace(config, run=replace(config.run, minutes=given.minutes))
    torch.manual_seed(0)
    torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    training = Training(config, given.out, given.start)
    if given.resume:
        training.resume()
    training.learn(given.data, given.workers, Journal(given.out, resumed=given.resume))


if __name__ == "__main__":
    main()
