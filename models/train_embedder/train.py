"""Train an embedder: `python -m models.train_embedder.train CONFIG --data DIR --out DIR`."""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch.nn import functional

from models.train.checkpoint import Average, read_run, write_run, write_weights
from models.train.descent import Descent
from models.train_embedder.batches import open_feed
from models.train_embedder.config import Config, read_config
from models.train_embedder.facts import COUNTS
from models.train_embedder.losses import contrast
from models.train_embedder.network import Network
from models.train_embedder.plan import draw
from models.train_embedder.start import borrow

LOG_STEPS = 50
SAVE_S = 120.0
SMOOTH = 0.97
FACTS_WEIGHT = 10.0
COLUMNS = ("step", "seconds", "pictures_per_s", "loss", "facts", "rate")


class Training:
    """One run: learns for the configured minutes and keeps what it needs to go on."""

    def __init__(self, config: Config, folder: Path, start: Path | None) -> None:
        self._config, self._folder = config, folder
        self._network = Network(draw(config.shape), COUNTS[config.kind])
        if start:
            borrow(start, self._network)
        self._network.to(memory_format=torch.channels_last).train()
        self._average = Average(self._network, config.run.average)
        run = config.run
        self._descent = Descent(self._network, run.rate, run.decay, run.warmup_steps)
        self._step, self._trained_s, self._pictures = 0, 0.0, 0
        self._smooth: list[float] = []

    def resume(self) -> None:
        """Go on where the folder's last checkpoint ends."""
        state = read_run(self._folder / "run.pt")
        self._network.load_state_dict(state["network"])
        self._average.state = state["average"]
        self._descent.optimizer.load_state_dict(state["optimizer"])
        self._step, self._trained_s, self._smooth = (
            state["step"], state["trained_s"], state["smooth"],
        )  # fmt: skip

    def learn(self, data: Path) -> None:
        """Learn until the time or the steps are used up."""
        run = self._config.run
        feed = open_feed(data, self._config, self._step)
        last, saved_s = time.monotonic(), self._trained_s
        logged_s = self._trained_s
        while self._trained_s < run.minutes * 60 and not 0 < run.steps <= self._step:
            self._learn_batch(*next(feed))
            now = time.monotonic()
            self._trained_s, last = self._trained_s + now - last, now
            if self._step % LOG_STEPS == 0:
                self._log(self._pictures / (self._trained_s - logged_s))
                self._pictures, logged_s = 0, self._trained_s
            if self._trained_s - saved_s > SAVE_S:
                saved_s = self._trained_s
                self._save()
        self._save()

    def _learn_batch(
        self, pictures: torch.Tensor, people: torch.Tensor, days: torch.Tensor, facts: torch.Tensor
    ) -> None:
        values = pictures.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
        with torch.autocast("cpu", torch.bfloat16):
            vectors, told = self._network(values)
        error = functional.mse_loss(told.float(), facts)
        loss = FACTS_WEIGHT * error + contrast(
            vectors,
            people,
            days,
            self._config.run.temperature,
            across_days=self._config.kind == "build",
        )
        self._descent.step(loss, self._rate())
        self._step += 1
        self._pictures += len(pictures)
        self._average.follow(self._network, self._step)
        now = (float(loss.detach()), float(error.detach()))
        before = self._smooth or now
        self._smooth = [
            SMOOTH * old + (1 - SMOOTH) * new for old, new in zip(before, now, strict=True)
        ]

    def _rate(self) -> float:
        run = self._config.run
        done = self._trained_s / (run.minutes * 60)
        if run.steps:
            done = max(done, self._step / run.steps)
        return self._descent.rate(done, self._step)

    def _log(self, pictures_per_s: float) -> None:
        path = self._folder / "log.csv"
        row = (self._step, self._trained_s, pictures_per_s, *self._smooth, self._rate())
        fresh = not path.exists()
        with path.open("a") as file:
            writer = csv.writer(file)
            if fresh:
                writer.writerow(COLUMNS)
            writer.writerow([f"{value:.6g}" for value in row])

    def _save(self) -> None:
        write_run(
            self._folder / "run.pt",
            network=self._network.state_dict(),
            average=self._average.state,
            optimizer=self._descent.optimizer.state_dict(),
            step=self._step,
            trained_s=self._trained_s,
            smooth=self._smooth,
        )
        write_weights(self._folder / "weights.npz", self._average.state)


def main() -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of lineup-*.npz")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run")
    parser.add_argument("--start", type=Path, help="begin with what fits of these weights")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--minutes", type=float, help="instead of the configured time")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many")
    parser.add_argument("--side", type=int, help="px of the pictures, instead of the input's")
    parser.add_argument("--rate", type=float, help="instead of the configured one")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    config = read_config(given.config)
    side = given.side or config.input.side
    config = replace(config, input=replace(config.input, side=side))
    run = replace(
        config.run,
        steps=given.steps,
        minutes=given.minutes or config.run.minutes,
        rate=given.rate or config.run.rate,
    )
    torch.manual_seed(0)
    torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    training = Training(replace(config, run=run), given.out, given.start)
    if given.resume:
        training.resume()
    training.learn(given.data)


if __name__ == "__main__":
    main()
