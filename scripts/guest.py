# ruff: noqa: INP001 - a part of programs, not a package
"""A virtual machine with Debian's kernel on this machine's own files, read-only.

For what this machine's kernel lacks, such as PPP. It has no network; `/tmp`, `/run` and `/etc/ppp`
are its own and end with it. Needs qemu-system-x86_64 and an amd64 Debian with this Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "fanlight" / "guest"
MEMORY_MB = 1024
MODULES = ("virtio_pci", "9pnet_virtio", "9p")
BEGIN, END = "GUEST-BEGIN", "GUEST-END"

INIT = """#!/bin/busybox sh
export PATH=/bin
for applet in mount mkdir insmod switch_root echo cp ln cat; do
    /bin/busybox ln -s /bin/busybox /bin/$applet
done
mkdir -p /proc /sys /dev
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in /modules/*; do insmod $module; done
mkdir -p /host /system
mount -t tmpfs root /system
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose host /host
# A root of the guest's own: mounts on folders that change on the other side would fall off.
for path in /host/*; do
    name=${path##*/}
    case $name in proc|sys|dev|tmp|run|host) continue;; esac
    if [ -L $path ]; then cp -P $path /system/; continue; fi
    if [ -d $path ]; then mkdir /system/$name; mount -o bind $path /system/$name; fi
done
mkdir -p /system/proc /system/sys /system/dev /system/tmp /system/run/lock /system/run/netns
mount -t proc proc /system/proc; mount -t sysfs sys /system/sys; mount -t devtmpfs dev /system/dev
mkdir -p /system/dev/pts /system/dev/shm
mount -t devpts devpts /system/dev/pts; mount -t tmpfs shm /system/dev/shm
if [ -d /system/etc/ppp ]; then mount -t tmpfs ppp /system/etc/ppp; fi
cp /command /system/run/command
cat > /system/run/begin <<'BEGIN'
echo %(begin)s
bash /run/command
echo %(end)s $?
sync
echo o > /proc/sysrq-trigger
while :; do read -r -t 60 <> <(:); done
BEGIN
exec switch_root /system /bin/bash /run/begin
"""


class GuestError(Exception):
    """The machine cannot be made, or ended before its command did; str() says why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command printed in the guest, and its exit code."""

    output: str
    code: int


def busybox() -> Path:
    """Return a static busybox, which the guest sees as well.

    Raises:
        GuestError: none can be had.
    """
    return _kernel()[1] / "bin" / "busybox"


def run_in_guest(command: str, modules: Sequence[str] = (), timeout_s: float = 300.0) -> Ended:
    """Boot, run a bash script as root, and power off.

    Raises:
        GuestError: no kernel can be had, or the machine did not end in time.
    """
    kernel, tree = _kernel()
    with tempfile.TemporaryDirectory(prefix="fanlight-guest-") as folder:
        ramdisk = _ramdisk(Path(folder), tree, (*MODULES, *modules), command)
        booted = [
            *("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-smp", "2", "-cpu", "max"),
            *("-m", str(MEMORY_MB), "-nographic", "-no-reboot", "-nic", "none"),
            *("-kernel", str(kernel), "-initrd", str(ramdisk)),
            *("-append", "console=ttyS0 quiet panic=-1"),
            *("-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on"),
        ]
        try:
            ended = subprocess.run(  # noqa: S603 - QEMU, with files of our own
                booted,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            said = (error.stdout or b"").decode(errors="replace")[-2000:]
            raise GuestError(f"the guest did not end within {timeout_s:g} s:\n{said}") from error
    return _ended(ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace"))


def _ended(printed: str, complaints: str) -> Ended:
    printed = printed.replace("\r\n", "\n")
    _, began, rest = printed.partition(f"{BEGIN}\n")
    output, over, code = rest.rpartition(f"{END} ")
    if not began or not over:
        raise GuestError(f"the guest ended by itself:\n{printed[-2000:]}{complaints[-1000:]}")
    return Ended(output, int(code.split()[0]))


def _kernel() -> tuple[Path, Path]:
    """Return Debian's kernel and the tree with its modules, fetched once."""
    depends = _said("apt-cache", "depends", "linux-image-amd64")
    names = [line.split()[-1] for line in depends.splitlines() if "Depends: linux-image" in line]
    if not names:
        raise GuestError("apt knows no linux-image-amd64; apt-get update")
    tree = CACHE / names[0]
    if not (tree / "ready").exists():
        for package in (names[0], "busybox-static"):
            _unpack(package, tree)
        version = names[0].removeprefix("linux-image-")
        _said("depmod", "-b", str(tree), version)
        (tree / "ready").touch()
    return next((tree / "boot").glob("vmlinuz-*")), tree


def _unpack(package: str, tree: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _said("apt-get", "-qq", "download", package, cwd=folder)
        (file,) = Path(folder).glob("*.deb")
        tree.mkdir(parents=True, exist_ok=True)
        _said("dpkg-deb", "-x", str(file), str(tree))


def _ramdisk(folder: Path, tree: Path, modules: Sequence[str], command: str) -> Path:
    root = folder / "root"
    (root / "bin").mkdir(parents=True)
    (root / "modules").mkdir()
    shutil.copy2(tree / "bin" / "busybox", root / "bin" / "busybox")
    for number, file in enumerate(_with_what_they_need(tree, modules)):
        shutil.copy2(file, root / "modules" / f"{number:02}-{file.name}")
    init = root / "init"
    init.write_text(INIT % {"begin": BEGIN, "end": END})
    init.chmod(0o755)
    (root / "command").write_text(command)
    made = folder / "ramdisk"
    script = f"cd {root} && find . | {tree}/bin/busybox cpio -o -H newc 2>/dev/null > {made}"
    _said("sh", "-c", script)
    return made


def _with_what_they_need(tree: Path, modules: Sequence[str]) -> list[Path]:
    """Return module files in the order in which they can be loaded."""
    version = next((tree / "lib" / "modules").iterdir()).name
    files: dict[Path, None] = {}
    for module in modules:
        told = _said("modprobe", "-d", str(tree), "-S", version, "--show-depends", module)
        for line in told.splitlines():
            kind, _, file = line.partition(" ")
            if kind == "insmod":
                files[Path(file.split()[0])] = None
    return list(files)


def _said(*command: str, cwd: str | None = None) -> str:
    ended = subprocess.run(  # noqa: S603 - Debian's tools, with names of our own
        command, capture_output=True, text=True, check=False, cwd=cwd
    )
    if ended.returncode != 0:
        raise GuestError(f"{' '.join(command[:3])}: {ended.stderr.strip()[-500:]}")
    return ended.stdout
