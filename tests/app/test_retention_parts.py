"""What is off, what is refused, and what is told of returning visits."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from chance_kit import dice
from fanlight.__main__ import fanlight
from fanlight.app.compose_retention import (
    allowed_lags,
    open_live_sketch,
    retention_settings,
    retention_store,
)
from fanlight.app.config import Config, load_config, parse_config
from fanlight.domain.privacy_budget import Noise
from fanlight.domain.revisit_features import FEATURES, LENGTH
from fanlight.domain.revisits import DaySketch, draw_noise
from fanlight.ports.errors import ConfigError, Rejected
from fanlight.services.retention import take_up
from privacy.canary_kit import MANIFEST


def configured(
    folder: Path, *, kind: str = "face", has: str = "[0, 1, 7]", lags: str = "[]", extra: str = ""
) -> Path:
    embedder = folder / "embedder"
    embedder.mkdir()
    (embedder / "manifest.toml").write_text(MANIFEST.format(kind=kind, lags=has, sha="0" * 64))
    path = folder / "door.toml"
    path.write_text(
        f'[device]\ndata_dir = "{folder}"\n[retention]\nembedder = "{embedder}"\n'
        f'opens = "09:00"\ncloses = "20:00"\nlags = {lags}\n{extra}'
    )
    return path


def write_months(config: Config, days: int, visits: int) -> None:
    """Fill a series with days of strangers."""
    series, _entries = take_up(None, "0" * 64, 2)
    rng = np.random.default_rng(1)
    for number in range(days):
        day = date(2026, 1, 1) + timedelta(days=number)
        sums = draw_noise(Noise.for_epsilon(2), dice(number))[:FEATURES]
        sums += rng.normal(0, LENGTH * (visits / FEATURES) ** 0.5, FEATURES).astype(np.int64)
        sketch = DaySketch(day, tuple(sums.tolist()), visits)
        series = series.with_day_begun(day).with_day_closed(sketch, visits)
    retention_store(config, mend=True).write(series)


def report(path: Path, *options: str) -> str:
    told = CliRunner().invoke(fanlight, ["report", "--config", str(path), "--retention", *options])
    if told.exception is not None:
        raise told.exception
    return told.output


def test_it_is_off_by_default() -> None:
    assert Config().retention is None
    assert open_live_sketch(Config()) is None
    with pytest.raises(Rejected, match=r"the configuration has no \[retention\]"):
        retention_settings(Config())


@pytest.mark.parametrize(
    ("extra", "rule"),
    [
        ("epsilon = 3", "retention.epsilon"),
        ("epsilon = 8", "retention.epsilon"),
        ("epsillon = 2", "did you mean `epsilon`?"),
    ],
)
def test_what_is_not_on_offer_is_refused(tmp_path: Path, extra: str, rule: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(configured(tmp_path, extra=extra))
    assert rule in str(caught.value)


def test_background_lags_are_not_on_offer(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"retention\.lags"):
        load_config(configured(tmp_path, lags="[5]"))


@pytest.mark.parametrize("time", ["9:00", "24:30", "noon"])
def test_no_time_of_day_is_refused(time: str) -> None:
    text = f'[retention]\nembedder = "x"\nopens = "{time}"\ncloses = "20:00"'
    with pytest.raises(ConfigError, match=r"retention\.opens"):
        parse_config(text.encode(), "x.toml")


def test_all_that_the_card_allows_is_told(tmp_path: Path) -> None:
    config = load_config(configured(tmp_path))
    assert config.retention is not None
    assert allowed_lags(config.retention) == (0, 1, 7)


def test_a_lag_that_the_card_does_not_allow_is_refused(tmp_path: Path) -> None:
    config = load_config(configured(tmp_path, kind="appearance", has="[0]", lags="[0, 1]"))
    assert config.retention is not None
    with pytest.raises(Rejected, match=r"allows lags \[0\], not \[1\]: choose another embedder"):
        allowed_lags(config.retention)


def test_an_embedder_that_serves_no_lag_is_refused(tmp_path: Path) -> None:
    config = load_config(configured(tmp_path, kind="build", has="[]"))
    assert config.retention is not None
    with pytest.raises(Rejected, match=r"allows lags \[\], not any"):
        allowed_lags(config.retention)


def test_the_report_says_why_there_is_no_number(tmp_path: Path) -> None:
    path = configured(tmp_path)
    write_months(load_config(path), 10, 500)
    told = report(path)
    assert "the same day  not enough data, because only 10 of the 28 days needed" in told
    plain = json.loads(report(path, "--json"))
    assert [lag["lag_days"] for lag in plain["lags"]] == [0, 1, 7]
    assert {lag["share"] for lag in plain["lags"]} == {None}
    assert all("only 10 of the 28" in lag["not_enough_data_because"] for lag in plain["lags"])
    assert plain["privacy"]["epsilon_per_visit"] == 2.15


def test_the_report_gives_each_share_its_interval(tmp_path: Path) -> None:
    path = configured(tmp_path)
    write_months(load_config(path), 84, 5000)
    told = json.loads(report(path, "--json"))
    for lag in told["lags"]:
        assert lag["not_enough_data_because"] is None
        assert lag["low"] < lag["share"] < lag["high"]
        assert lag["high"] - lag["low"] <= 0.2
    assert told["valid_days"] == 84
    assert "1 day later" in report(path)


def test_a_report_before_the_first_day_says_so(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="no day has begun yet"):
        report(configured(tmp_path))
