"""The data call: dialled on a pty; pppd where it is installed, and one that plays its part.

That bytes get through is tried with the real pppd in `scripts/prove-links`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fanlight.adapters.interface_counters import InterfaceCounters
from fanlight.adapters.ppp import Pppd, PppSettings
from fanlight.ports.errors import Fault, Gone, Rejected, Transient
from fanlight.ports.modem import ModemGone, ModemTransient
from simulated_modem import SimulatedModem

PLAYED = """#!/bin/sh
# Says what it was told, is up as long as `sleep` lives, and ends as it is told to.
[ -c "$1" ] || exit 7
echo "$@" > "{folder}/arguments"
cat "$5" > "{folder}/options"
stat -c %a "$5" > "{folder}/mode"
[ {code} = 0 ] || exit {code}
[ {hangs} = 0 ] || sleep 30
echo Iface Destination > "{folder}/routes"
[ {routeless} = 1 ] || echo ppp7 00000000 >> "{folder}/routes"
sleep 60 </dev/null >/dev/null 2>&1 &
printf '%s\\nppp7\\n' $! > "{folder}/ppp-fanlight.pid"
"""


class Desk:
    """A modem's data port, and a pppd that plays its part."""

    def __init__(self, folder: Path, modem: SimulatedModem) -> None:
        self.folder, self.modem = folder, modem

    def pppd(
        self, code: int = 0, *, hangs: bool = False, routeless: bool = False, user: str = ""
    ) -> Pppd:
        program = self.folder / "pppd"
        program.write_text(
            PLAYED.format(folder=self.folder, code=code, hangs=int(hangs), routeless=int(routeless))
        )
        program.chmod(0o755)
        return Pppd(
            PppSettings(
                port=self.modem.device,
                program=str(program),
                run_dir=self.folder,
                routes=self.folder / "routes",
                timeout_s=2.0,
                user=user,
                password=lambda: 'se"cret\\',
            )
        )

    def told(self, name: str) -> str:
        return (self.folder / name).read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    modem = SimulatedModem()
    yield Desk(tmp_path, modem)
    modem.close()


def test_it_is_up_until_it_is_put_down(desk: Desk) -> None:
    pppd = desk.pppd()
    assert pppd.up() == "ppp7"
    assert "ATD*99***1#" in desk.modem.asked
    assert desk.told("arguments").startswith(f"{desk.modem.device} call fanlight file ")
    process = int(desk.told("ppp-fanlight.pid").split()[0])
    pppd.down()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    pppd.down()


def test_user_and_password_are_in_no_argument_and_in_no_file_afterwards(desk: Desk) -> None:
    desk.pppd(user="shop").up()
    assert "secret" not in desk.told("arguments")
    assert desk.told("mode").strip() == "600"
    assert desk.told("options") == 'user "shop"\npassword "se\\"cret\\\\"\n'
    assert not Path(desk.told("arguments").split()[-1]).exists()
    desk.pppd().down()


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (2, Rejected, "/etc/ppp/peers/fanlight"),
        (3, Rejected, "setuid root"),
        (4, Rejected, "the kernel has no PPP"),
        (10, Transient, "did not agree"),
        (15, Transient, "does not answer"),
        (16, Transient, "hung up"),
        (19, Rejected, "user or password"),
        (99, Transient, "ended with 99"),
    ],
)
def test_each_way_to_fail_has_its_words(
    desk: Desk, code: int, kind: type[Fault], says: str
) -> None:
    with pytest.raises(kind, match=says):
        desk.pppd(code).up()


def test_a_call_that_does_not_come_up_is_given_up(desk: Desk) -> None:
    with pytest.raises(Transient, match="not up within 2 s"):
        desk.pppd(hangs=True).up()


def test_a_link_without_a_route_is_no_link(desk: Desk) -> None:
    with pytest.raises(Rejected, match="0fanlight"):
        desk.pppd(routeless=True).up()
    with pytest.raises(ProcessLookupError):
        os.kill(int(desk.told("ppp-fanlight.pid").split()[0]), 0)


def test_a_refused_call_and_a_missing_port_are_told(desk: Desk) -> None:
    desk.modem.carrier = False
    with pytest.raises(ModemTransient, match="refused"):
        desk.pppd().up()
    desk.modem.close()
    with pytest.raises(ModemGone):
        desk.pppd().up()


def test_a_missing_program_is_told(desk: Desk) -> None:
    settings = PppSettings(port=desk.modem.device, program="/no/pppd", run_dir=desk.folder)
    with pytest.raises(Rejected, match="install ppp"):
        Pppd(settings).up()


@pytest.mark.skipif(not shutil.which("pppd"), reason="pppd is not installed")
@pytest.mark.skipif(Path("/dev/ppp").exists(), reason="this kernel has PPP: scripts/prove-links")
def test_the_real_pppd_says_what_it_lacks(desk: Desk) -> None:
    with pytest.raises(Rejected, match=r"no PPP|peers/fanlight"):
        Pppd(PppSettings(port=desk.modem.device, run_dir=desk.folder)).up()


def test_counters_are_those_of_linux(tmp_path: Path) -> None:
    here = InterfaceCounters()
    before = here.carried_bytes("lo")
    assert before is not None
    assert here.carried_bytes("ppp99") is None
    broken = tmp_path / "ppp0" / "statistics"
    broken.mkdir(parents=True)
    (broken / "rx_bytes").write_text("rubbish")
    with pytest.raises(Gone, match="cannot be read"):
        InterfaceCounters(tmp_path).carried_bytes("ppp0")
