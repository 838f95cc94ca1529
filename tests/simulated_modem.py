"""A modem on a pty: both dialects, latency, unsolicited codes, rubbish and half lines."""

from __future__ import annotations

import os
import pty
import random
import select
import threading
import time
import tty
from dataclasses import dataclass, field

NOISE = (
    b"\r\n+CREG: 5\r\n",
    b"\r\nRDY\r\n",
    b'\r\n+CMTI: "SM",3\r\n',
    b"\r\n^DSCI: 1\r\n",
    b"\r\nPB DONE\r\n",
    b"\xff\xfe\x00\r\n",
    b"\r\n+QIND: SMS DONE\r\n",
    b"\r\n\xc3\x28garbage\xff\r\n",
)


@dataclass
class SimulatedModem:
    """Answers at `device` until closed; its fields are the state of SIM card and network."""

    maker: str = "SIMCOM INCORPORATED"
    model: str = "SIMCOM_SIM7600E-H"
    pin: str = ""
    sim: bool = True
    tries: int = 3
    puk: bool = False
    eps_state: int = 1
    gprs_state: int = 1
    apns: tuple[str, ...] = ("internet", "")
    rssi: int = 21
    clock: str = '"80/01/06,00:00:12+00"'
    latency_s: float = 0.0
    noise: float = 0.0
    silent: bool = False
    truncated: int = 0
    echo: bool = True
    carrier: bool = True
    resets: int = 0
    asked: list[str] = field(default_factory=list)
    seed: int = 1

    def __post_init__(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.device = os.ttyname(self._slave)
        self._chance = random.Random(self.seed)  # noqa: S311 - a simulation's chance
        self._unlocked = not self.pin
        self._apn = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._over.is_set():
            return
        self._over.set()
        self._thread.join(5)
        os.close(self._slave)
        os.close(self._master)

    def _work(self) -> None:
        buffer = b""
        while not self._over.is_set():
            if not select.select([self._master], [], [], 0.02)[0]:
                continue
            buffer += os.read(self._master, 256)
            while b"\r" in buffer:
                line, buffer = buffer.split(b"\r", 1)
                self._answer(line.decode("ascii", "replace").strip())

    def _answer(self, command: str) -> None:
        self.asked.append(command)
        if self.silent or not command:
            return
        if self.echo:
            self._say(command.encode() + b"\r")
        time.sleep(self.latency_s)
        self._disturb()
        lines, final = self._reply(command.upper())
        for line in lines:
            self._say(f"\r\n{line}\r\n".encode())
            self._disturb()
        if self.truncated:
            self.truncated -= 1
            self._say(final[: len(final) // 2].encode())
            return
        self._say(f"\r\n{final}\r\n".encode())

    def _reply(self, command: str) -> tuple[list[str], str]:
        if command == "ATE0":
            self.echo = False
        if command.startswith("ATD*99"):
            return [], "CONNECT 150000000" if self.carrier else "NO CARRIER"
        answers = {
            "AT+CGMI": [self.maker],
            "AT+CGMM": [self.model],
            "AT+CSQ": [f"+CSQ: {self.rssi},99"],
            "AT+CEREG?": [f"+CEREG: 0,{self.eps_state}"],
            "AT+CGREG?": [f"+CGREG: 0,{self.gprs_state}"],
            "AT+CCLK?": [f"+CCLK: {self.clock}"],
            "AT+SPIC": [f"+SPIC: {self.tries},10,0,10"],
            'AT+QPINC="SC"': [f'+QPINC: "SC",{self.tries},10'],
        }
        if command in answers:
            return answers[command], "OK"
        if command.startswith("AT+CPIN"):
            return self._sim(command)
        if command.startswith("AT+CGDCONT="):
            self._apn = command.split('"')[3].lower()
        if command.startswith("AT+CGACT=1") and self._apn not in self.apns:
            return [], "+CME ERROR: 133"
        if command in ("AT+CRESET", "AT+CFUN=1,1"):
            self.resets += 1
        return [], "OK"

    def _sim(self, command: str) -> tuple[list[str], str]:
        if not self.sim:
            return [], "+CME ERROR: 10"
        if command == "AT+CPIN?":
            state = "SIM PUK" if self.puk else "READY" if self._unlocked else "SIM PIN"
            return [f"+CPIN: {state}"], "OK"
        if command == f'AT+CPIN="{self.pin}"':
            self._unlocked = True
            return [], "OK"
        self.tries -= 1
        self.puk = self.tries == 0
        return [], "+CME ERROR: 16"

    def _disturb(self) -> None:
        if self._chance.random() < self.noise:
            self._say(self._chance.choice(NOISE))

    def _say(self, data: bytes) -> None:
        """Say it in pieces, as slow ports do."""
        half = len(data) // 2
        for piece in (data[:half], data[half:]):
            os.write(self._master, piece)
