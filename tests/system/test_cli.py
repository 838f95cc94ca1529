"""The command as a person meets it: what it prints, what it says about bad input, how it exits."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulated_network_manager import Air, SimulatedNetworkManager, private_bus

REPO = Path(__file__).resolve().parents[2]
DEMO = REPO / "models/render/demo/doorway.mp4"
WIDE_LINE = "0,0.5,1,0.5"


def fanlight(*arguments: str | Path, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fanlight", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout_s, check=False, cwd=REPO
    )


def assert_one_clear_line(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    complaint = [line for line in result.stderr.splitlines() if line.startswith("fanlight: ")]
    assert len(complaint) == 1, result.stderr
    for word in words:
        assert word in complaint[0]


def demo_line() -> str:
    truth = json.loads(DEMO.with_suffix(".json").read_text())
    return ",".join(str(number) for number in truth["line"])


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    return shutil.copytree(REPO / "models/detector/interim", tmp_path / "detector")


@pytest.fixture
def config_for(tmp_path: Path) -> Path:
    config = tmp_path / "door.toml"
    config.write_text(f'[detector]\nmanifest = "{tmp_path}/detector/manifest.toml"\n')
    return config


def test_help_names_every_command_and_the_exit_codes() -> None:
    result = fanlight("--help")
    assert result.returncode == 0
    for word in ("run", "count", "tracks", "report", "doctor", "Exit codes"):
        assert word in result.stdout


def test_count_prints_the_documented_json(tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.png"
    result = fanlight("count", DEMO, "--line", demo_line(), "--json", "--receipt", receipt)
    assert result.returncode == 0, result.stderr
    facts = json.loads(result.stdout)
    assert set(facts) == {
        *("in", "out", "u_turns", "crossings", "frames", "coverage"),
        *("pixel_lifetime_ms", "stage_ms", "detector"),
        *("embedded", "embedding_lifetime_ms"),
    }
    assert set(facts["detector"]) == {"name", "version", "sha256"}
    assert set(facts["pixel_lifetime_ms"]) == {"p50", "p99", "max"}
    directions = [crossing["direction"] for crossing in facts["crossings"]]
    assert (directions.count("in"), directions.count("out")) == (facts["in"], facts["out"])
    assert facts["in"] > 0
    assert facts["out"] > 0
    assert facts["coverage"] == 1.0
    assert receipt.stat().st_size > 5_000


def test_field_07_a_reversed_line_swaps_in_and_out() -> None:
    x1, y1, x2, y2 = demo_line().split(",")
    there = json.loads(fanlight("count", DEMO, "--line", demo_line(), "--json").stdout)
    back = json.loads(fanlight("count", DEMO, "--line", f"{x2},{y2},{x1},{y1}", "--json").stdout)
    assert (there["in"], there["out"]) == (back["out"], back["in"])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0,0.5,1.5,0.5", "outside the picture"),
        ("0.5,0.5,0.5,0.5", "has no length"),
        ("0,0.5,1", "not four numbers"),
        ("0,nan,1,1", "not a place"),
    ],
)
def test_an_impossible_line_is_wrong_usage(line: str, words: str) -> None:
    result = fanlight("count", DEMO, "--line", line)
    assert result.returncode == 2
    assert words in result.stderr.replace("\n", " ")


def test_a_line_along_its_own_way_in_is_wrong_usage() -> None:
    result = fanlight("count", DEMO, "--line", WIDE_LINE, "--in", "left")
    assert result.returncode == 2
    assert "choose another way" in result.stderr


def test_a_missing_clip_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.mp4"
    assert_one_clear_line(fanlight("count", missing, "--line", WIDE_LINE), str(missing))


def test_a_text_file_is_no_clip(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no film")
    assert_one_clear_line(fanlight("count", text, "--line", WIDE_LINE), str(text))


def test_a_clip_cut_in_the_middle_is_counted_as_far_as_it_goes_or_refused(tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(DEMO.read_bytes()[: DEMO.stat().st_size // 2])
    result = fanlight("count", cut, "--line", WIDE_LINE, "--json")
    if result.returncode == 0:
        assert json.loads(result.stdout)["frames"] > 0
    else:
        assert_one_clear_line(result, str(cut))


def test_a_broken_model_is_refused(model_copy: Path, config_for: Path) -> None:
    model = next(model_copy.glob("*.tflite"))
    damaged = bytearray(model.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    model.write_bytes(damaged)
    result = fanlight("count", DEMO, "--line", WIDE_LINE, "--config", config_for)
    assert_one_clear_line(result, model.name, "install")


def test_a_typo_in_the_configuration_is_explained(tmp_path: Path) -> None:
    config = tmp_path / "door.toml"
    config.write_text("[device]\nnmae = 'x'\n")
    result = fanlight("count", DEMO, "--line", WIDE_LINE, "--config", config)
    assert_one_clear_line(result, str(config), "did you mean `name`?")


def test_a_run_without_a_usable_configuration_ends_with_the_reason(tmp_path: Path) -> None:
    config = tmp_path / "door.toml"
    config.write_text("[device\n")
    assert_one_clear_line(fanlight("run", "--config", config), str(config), "not valid TOML")


def test_positions_are_counted_without_pictures(shared_data: Path) -> None:
    file = shared_data / "trajectories/hermes/bo-360-050-050.txt"
    line = "-136.634,-7.008,485.837,-7.008"
    result = fanlight("tracks", file, "--line", line, "--fps", "16", "--json")
    assert result.returncode == 0, result.stderr
    facts = json.loads(result.stdout)
    assert (facts["in"], facts["out"]) == (61, 57)


def test_a_file_that_is_no_recording_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "positions.txt"
    file.write_text("1 1 0.5 0.5\n1 2 zero 0.5\n")
    result = fanlight("tracks", file, "--line", "0,0,1,1", "--fps", "10")
    assert_one_clear_line(result, str(file), "line 2")


def test_an_empty_ledger_has_no_data_which_is_not_zero(tmp_path: Path) -> None:
    result = fanlight("report", "--data-dir", tmp_path, "--day", "2026-01-01", "--json")
    assert result.returncode == 0, result.stderr
    hours = json.loads(result.stdout)["hours"]
    assert len(hours) == 24
    assert all(hour["counts"] is None for hour in hours)


def test_doctor_fails_with_advice_where_there_is_no_camera(tmp_path: Path) -> None:
    config = tmp_path / "door.toml"
    config.write_text(f'[device]\ndata_dir = "{tmp_path}"\n[camera]\nkind = "picamera2"\n')
    result = fanlight("doctor", "--config", config)
    assert result.returncode == 1
    assert "fail" in result.stdout
    for part in ("camera", "model", "clock", "storage", "memory", "temperature"):
        assert part in result.stdout


def test_doctor_is_content_with_a_clip_in_the_place_of_a_camera(tmp_path: Path) -> None:
    config = tmp_path / "door.toml"
    config.write_text(
        f'[device]\ndata_dir = "{tmp_path}"\n[camera]\nkind = "clip"\npath = "{DEMO}"\n'
        '[clock]\ntrust = "always"\n'
    )
    result = fanlight("doctor", "--config", config, "--json")
    findings = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 0, result.stdout
    verdicts = {finding["check"]: finding["verdict"] for finding in findings}
    assert verdicts["camera"] == verdicts["model"] == verdicts["clock"] == "ok"


@pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon")
def test_wifi_joins_a_network_and_says_which_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    password.chmod(0o600)
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        assert_one_clear_line(fanlight("wifi"), "NetworkManager does not answer")
        manager = SimulatedNetworkManager(address, Air())
        assert "wlan0: no network" in fanlight("wifi").stdout
        wrong = fanlight("wifi", "--join", "elsewhere", "--password-file", password)
        assert_one_clear_line(wrong, "elsewhere: no network of that name is in reach")
        joined = fanlight("wifi", "--join", "shop", "--password-file", password, "--json")
        assert json.loads(joined.stdout) == {"interface": "wlan0", "joined": "shop"}
        manager.close()
    password.chmod(0o644)
    open_to_all = fanlight("wifi", "--join", "shop", "--password-file", password)
    assert_one_clear_line(open_to_all, "others may read it")
