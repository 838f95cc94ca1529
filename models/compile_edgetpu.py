"""Compile a detector package for the Edge TPU: `models/edgetpu PACKAGE`.

Runs `edgetpu_compiler`, reads its operation log, and adds the compiled file and its hash to the
package's manifest when every operation runs on the Edge TPU. The firmware then uses that file where
`accelerator.kind` is "edgetpu".
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fanlight.ports.errors import Rejected
from fanlight.vision.package import MANIFEST, check_package

COMPILER = "edgetpu_compiler"
WITHIN_S = 300
MAPPED = "Mapped to Edge TPU"
MISSING = f"""\
{COMPILER} is not installed. It is made for x86-64 Debian and its derivatives only:
 1. add Coral's package repository (coral.ai, "Edge TPU Compiler", has the two commands),
 2. sudo apt-get update && sudo apt-get install edgetpu-compiler
 3. run this again; then commit the package's folder.
Without it the package runs on the processor: accelerator.kind = "cpu"."""
ROW = re.compile(r"^([A-Z][A-Z0-9_]*)\s+(\d+)\s+(\S.*?)\s*$", re.MULTILINE)
SECTION = re.compile(r"\n*^\[edgetpu\]\n(?:(?!\[).*\n?)*", re.MULTILINE)


def compile_package(folder: Path) -> str:
    """Compile the package's network, add it to the manifest and return what was done.

    Raises:
        SystemExit: no compiler, it fails, or it leaves operations to the processor.
        Rejected: the package is not what its manifest promises.
    """
    package = check_package(folder / MANIFEST)
    compiler = shutil.which(COMPILER)
    if compiler is None:
        sys.exit(MISSING)
    network = folder / package.manifest.file
    with tempfile.TemporaryDirectory() as work:
        _run(compiler, network, Path(work))
        compiled = Path(work) / f"{network.stem}_edgetpu.tflite"
        log = compiled.with_suffix(".log")
        if not compiled.is_file() or not log.is_file():
            sys.exit(f"{COMPILER} wrote no {compiled.name} with its log; nothing was changed")
        operations = mapped_operations(log.read_text(encoding="utf-8"))
        target = folder / compiled.name
        shutil.copy(compiled, target)
    sha256 = hashlib.sha256(target.read_bytes()).hexdigest()
    name_in_manifest(folder / MANIFEST, target.name, sha256)
    check_package(folder / MANIFEST)
    return f"{package}: {operations} operations, all on the Edge TPU; {target}, sha256 {sha256}"


def mapped_operations(log: str) -> int:
    """Return how many operations the compiler mapped.

    Raises:
        SystemExit: some are left to the processor, or the log says nothing.
    """
    rows = [(name, int(count), status) for name, count, status in ROW.findall(log)]
    left = [f"{count} {name}: {status}" for name, count, status in rows if status != MAPPED]
    if left or not rows:
        sys.exit(
            "not every operation would run on the Edge TPU; nothing was changed\n"
            + ("\n".join(left) or f"{COMPILER}'s log lists no operations")
        )
    return sum(count for _, count, _ in rows)


def name_in_manifest(manifest: Path, file: str, sha256: str) -> None:
    """Write the `[edgetpu]` table, in place of an older one."""
    text = SECTION.sub("\n\n", manifest.read_text(encoding="utf-8")).rstrip("\n")
    manifest.write_text(
        f'{text}\n\n[edgetpu]\nfile = "{file}"\nsha256 = "{sha256}"\n', encoding="utf-8"
    )


def _run(compiler: str, network: Path, work: Path) -> None:
    command = [compiler, "--show_operations", "--out_dir", str(work), str(network)]
    try:
        told = subprocess.run(  # noqa: S603 - Coral's compiler, on our own file
            command, capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"{COMPILER} did not end within {WITHIN_S} s; nothing was changed")
    if told.returncode:
        sys.exit(f"{COMPILER} failed on {network}:\n{told.stdout}{told.stderr}")


def main() -> None:
    """Compile the package that is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help="a folder with a manifest.toml")
    try:
        said = compile_package(parser.parse_args().package)
    except Rejected as error:
        sys.exit(str(error))
    sys.stdout.write(said + "\n")


if __name__ == "__main__":
    main()
