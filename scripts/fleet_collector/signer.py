"""The collector's own key, with which it signs the time that it tells devices."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fanlight.domain.dispatch import canonical_json
from fleet_collector.database import remember

if TYPE_CHECKING:
    from sqlalchemy import Engine

NAME = "signing_key"


class Signer:
    """One key for all collectors on a database, made by the first of them."""

    def __init__(self, engine: Engine) -> None:
        new = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
        with engine.begin() as connection:
            kept = remember(connection, NAME, new)
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept))

    def __repr__(self) -> str:
        return f"<Signer {self.public_key}>"

    @property
    def public_key(self) -> str:
        """The public key in base64, as devices learn it at enrolment."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def time(self, nonce: str, utc_ms: int) -> dict[str, Any]:
        """Say the time in answer to a nonce, so that nobody can say it again later."""
        told: dict[str, Any] = {"nonce": nonce, "utc_ms": utc_ms}
        signature = self._key.sign(canonical_json(told))
        return told | {"signature": base64.b64encode(signature).decode()}
