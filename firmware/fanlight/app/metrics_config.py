"""The `[metrics]` table of the configuration: without it nothing is served to scrapers."""

from __future__ import annotations

from fanlight.app.section import Section
from fanlight.app.till_config import Port  # noqa: TC001 - msgspec reads a field's type


class MetricsSection(Section, frozen=True):
    """Where OpenMetrics are served."""

    bind: str = "127.0.0.1"
    port: Port = 9464
