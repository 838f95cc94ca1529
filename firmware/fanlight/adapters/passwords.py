"""Passwords by argon2id, with what a small computer can spend on each."""

from __future__ import annotations

import secrets
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
"""OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane."""


class Argon2Passwords:
    """See ports/accounts.py; tests may hand in a hasher that is cheaper than safe."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1, type=Type.ID
        )
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    def __repr__(self) -> str:
        return "<Argon2Passwords>"

    def hash(self, password: str) -> str:
        """Return a hash with its own salt."""
        return self._hasher.hash(_bytes_of(password))

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether it is the password; without a readable hash it takes as long to say no."""
        try:
            return self._hasher.verify(password_hash or self._nobody, _bytes_of(password))
        except InvalidHashError:
            return self.verify(None, password)
        except VerificationError:
            return False

    def needs_rehash(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        try:
            return self._hasher.check_needs_rehash(password_hash)
        except InvalidHashError:
            return True


def _bytes_of(password: str) -> bytes:
    return password.encode(errors="surrogatepass")
