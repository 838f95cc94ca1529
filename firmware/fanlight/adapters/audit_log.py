"""The audit log in a folder: lines of JSON, each with the hash of the one before it.

    audit.jsonl               the open log
    audit-00003.jsonl         sealed ones, by number; the oldest go when there are too many

A sealed log ends with an entry that says so, and the next one begins with its hash. When the
oldest is removed, the first hash that is left says where the chain was cut.
"""

from __future__ import annotations

import hashlib
import json
from threading import Lock
from typing import TYPE_CHECKING, Any

from fanlight.adapters.disk import Disk
from fanlight.ports.audit import AuditEntry, AuditKind, AuditVerdict, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PART = "audit"
LIMIT_BYTES = 256_000
SEALED_KEPT = 8
LONGEST_FACT = 400
MOST_FACTS = 16
BEGINNING = "0" * 64


class AuditFile:
    """See `fanlight.ports.audit.AuditLog` for the contract; one process writes, by any thread.

    A last line that a power cut left half written is put aside by the next entry, which says so.
    """

    def __init__(
        self, folder: Path, disk: Disk | None = None, *, limit_bytes: int = LIMIT_BYTES
    ) -> None:
        self._folder = folder
        self._disk = disk or Disk(PART)
        self._limit_bytes = limit_bytes
        self._open = folder / "audit.jsonl"
        self._number = 0
        self._head = BEGINNING
        self._size_bytes = 0
        self._ready = False
        self._lock = Lock()

    def append(self, kind: AuditKind, facts: Mapping[str, Fact], at: str | None) -> AuditEntry:
        """Enter a decision."""
        _refuse_long(facts)
        with self._lock:
            self._recover(at)
            if self._size_bytes >= self._limit_bytes:
                self._roll_over(at)
            return self._write(kind, facts, at)

    def entries(self) -> Iterator[AuditEntry]:
        """Return every entry that is kept, oldest first."""
        for path in (*self._sealed(), self._open):
            for line in (self._disk.read(path) or b"").splitlines():
                entry = _entry_of(line)
                if entry is not None:
                    yield entry[0]

    def verify(self) -> AuditVerdict:
        """Check every hash and every link of the chain."""
        faults: list[str] = []
        head, number, checked = None, 0, 0
        for path in (*self._sealed(), self._open):
            for place, line in enumerate((self._disk.read(path) or b"").splitlines(), start=1):
                entry = _entry_of(line)
                if entry is None:
                    faults.append(f"{path.name}, line {place}: changed, or not an entry")
                    continue
                found, before = entry
                if head is None:
                    head, number = before, found.number - 1
                if before != head or found.number != number + 1:
                    faults.append(f"{path.name}, line {place}: entries before it are missing")
                head, number, checked = found.hash, found.number, checked + 1
        return AuditVerdict(checked, head or BEGINNING, tuple(faults))

    def _recover(self, at: str | None) -> None:
        """Find the end of the chain, once; begin a log where there is none."""
        if self._ready:
            return
        self._disk.make_folder(self._folder)
        content = self._disk.read(self._open)
        whole, torn = _whole_lines(content or b"")
        if torn:
            self._disk.replace(self._open, whole)
        for path in (*self._sealed()[-1:], self._open):
            for line in (self._disk.read(path) or b"").splitlines():
                entry = _entry_of(line)
                if entry is not None:
                    self._number, self._head = entry[0].number, entry[0].hash
        self._size_bytes = len(whole)
        if not whole:
            self._begin(at)
        self._ready = True
        if torn:
            self._write(AuditKind.LOG_TORN, {"bytes": len(torn)}, at)

    def _roll_over(self, at: str | None) -> None:
        """Seal the open log under a number of its own and begin the next."""
        self._write(AuditKind.LOG_SEALED, {"bytes": self._size_bytes}, at)
        sealed = self._sealed()
        following = _number_of(sealed[-1]) + 1 if sealed else 1
        self._disk.rename(self._open, self._folder / f"audit-{following:05}.jsonl")
        self._disk.remove(*sealed[: max(0, len(sealed) + 1 - SEALED_KEPT)])
        self._begin(at)

    def _begin(self, at: str | None) -> None:
        self._disk.replace(self._open, b"")
        self._size_bytes = 0
        self._write(AuditKind.LOG_BEGUN, {}, at)

    def _write(self, kind: AuditKind, facts: Mapping[str, Fact], at: str | None) -> AuditEntry:
        body = {
            "number": self._number + 1,
            "at": at,
            "kind": kind.value,
            "facts": dict(facts),
            "before": self._head,
        }
        digest = _hash_of(body)
        line = json.dumps(body | {"hash": digest}, separators=(",", ":")).encode() + b"\n"
        self._ready = False
        self._disk.append(self._open, line)
        self._ready = True
        self._number, self._head = self._number + 1, digest
        self._size_bytes += len(line)
        return AuditEntry(self._number, at, kind, dict(facts), digest)

    def _sealed(self) -> list[Path]:
        return [
            path
            for path in self._disk.list(self._folder)
            if path.name.startswith("audit-") and path.suffix == ".jsonl"
        ]


def _hash_of(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _entry_of(line: bytes) -> tuple[AuditEntry, str] | None:
    """Return the entry and the hash before it, None where the line is not as it was written."""
    try:
        body = json.loads(line)
        digest = body.pop("hash")
        if digest != _hash_of(body):
            return None
        entry = AuditEntry(body["number"], body["at"], body["kind"], body["facts"], digest)
        return entry, body["before"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _whole_lines(content: bytes) -> tuple[bytes, bytes]:
    """Split off what a power cut left of a last line."""
    end = content.rfind(b"\n") + 1
    return content[:end], content[end:]


def _number_of(path: Path) -> int:
    return int(path.stem.removeprefix("audit-"))


def _refuse_long(facts: Mapping[str, Fact]) -> None:
    if len(facts) > MOST_FACTS:
        raise ValueError(f"{len(facts)} facts are too many for one entry; at most {MOST_FACTS}")
    for name, fact in facts.items():
        if isinstance(fact, str) and len(fact) > LONGEST_FACT:
            raise ValueError(f"{name} has {len(fact)} characters; a fact has {LONGEST_FACT}")
