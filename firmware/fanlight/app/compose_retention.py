"""The composition root of the re-visit sketch: its parts, and what is refused at the start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fanlight.adapters.audit_log import AuditFile
from fanlight.adapters.series_store import SeriesFile
from fanlight.domain.opening import OpeningHours
from fanlight.domain.revisit_estimate import FREE_LAGS, Kernel
from fanlight.domain.revisit_features import QuadFeatures
from fanlight.ports.errors import Rejected
from fanlight.services.retention import RetentionDays, RetentionSettings, take_up
from fanlight.vision.embedder import load_embedder
from fanlight.vision.embedder_manifest import read_embedder_manifest
from fanlight.vision.sketch import Entrance, LiveSketch

if TYPE_CHECKING:
    from fanlight.app.config import Config
    from fanlight.app.retention_config import RetentionSection
    from fanlight.ports.clock import Clock
    from fanlight.ports.sketch import SketchGate
    from fanlight.vision.embedder import Embedder

PART = "retention"


def open_live_sketch(config: Config) -> LiveSketch | None:
    """Return the closed sketch of a device whose configuration has `[retention]`, else None."""
    return None if config.retention is None else LiveSketch()


def open_retention(
    config: Config, live: SketchGate, clock: Clock, audit: AuditFile
) -> RetentionDays:
    """Return the service that begins and closes the sketch's days; reads what is stored.

    Raises:
        Rejected: the embedder is missing or broken, or its card does not allow the lags.
        Transient: the storage does not answer.
    """
    section = section_of(config)
    store = retention_store(config, mend=True)
    embedder = read_embedder_manifest(Path(section.embedder)).sha256
    series, entries = take_up(store.read(), embedder, section.epsilon)
    if entries:
        store.write(series)
    settings = retention_settings(config)
    return RetentionDays(live, store, audit, clock, settings, series, entries)


def retention_settings(config: Config) -> RetentionSettings:
    """Return hours, lags and kernel as configuration and embedder's card have them.

    Raises:
        Rejected: the card does not allow the lags, or the kernel is not one.
    """
    section = section_of(config)
    return RetentionSettings(
        OpeningHours.parse(section.opens, section.closes),
        ZoneInfo(config.device.timezone),
        allowed_lags(section),
        _kernel(section),
    )


def allowed_lags(section: RetentionSection) -> tuple[int, ...]:
    """Return the lags to report: those asked for, or all that the embedder's card allows.

    Raises:
        Rejected: the card does not allow one of them, or none at all.
    """
    card = read_embedder_manifest(Path(section.embedder))
    allowed = tuple(lag for lag in card.lags if lag in FREE_LAGS)
    refused = [lag for lag in section.lags if lag not in allowed]
    if refused or not allowed:
        raise Rejected(
            PART,
            f"the card of {card.name} ({card.kind}) allows lags {list(allowed)}, not "
            f"{refused or 'any'}: choose another embedder (retention.embedder), or only lags that "
            "it can tell (retention.lags)",
        )
    return section.lags or allowed


def open_entrance(config: Config, live: LiveSketch) -> Entrance:
    """Load the embedder and put it at the door, with the random features of the stored series.

    Raises:
        Rejected: a file is missing, broken or of other shape.
    """
    section = section_of(config)
    series = retention_store(config, mend=False).read()
    if series is None:
        raise Rejected(PART, "there is no series yet; begin it before the room is opened")
    return entrance_with(load_embedder(Path(section.embedder)), series.key.seed, live)


def rehearsal_entrance(config: Config) -> Entrance | None:
    """Return an entrance for counting a clip: what it adds up is never kept.

    Raises:
        Rejected: a file is missing, broken or of other shape.
    """
    if config.retention is None:
        return None
    series, _entries = take_up(None, "rehearsal", config.retention.epsilon)
    live = LiveSketch()
    live.begin(series.key.noise)
    return entrance_with(load_embedder(Path(config.retention.embedder)), series.key.seed, live)


def entrance_with(embedder: Embedder, seed: str, live: LiveSketch) -> Entrance:
    """Return the entrance whose features are those of a seed (hex)."""
    axes = embedder.projection
    features = QuadFeatures.of_seed(axes.mean, axes.matrix, bytes.fromhex(seed))
    return Entrance(embedder, features, live)


def retention_store(config: Config, *, mend: bool) -> SeriesFile:
    """Return where the series is kept."""
    return SeriesFile(Path(config.device.data_dir) / "retention", mend=mend)


def audit_log(config: Config) -> AuditFile:
    """Return the device's audit log."""
    return AuditFile(Path(config.device.data_dir) / "audit")


def section_of(config: Config) -> RetentionSection:
    """Return the `[retention]` table.

    Raises:
        Rejected: the configuration has none.
    """
    if config.retention is None:
        raise Rejected(
            PART,
            "retention is off: the configuration has no [retention]; see "
            "docs/operating/configuration.md",
        )
    return config.retention


def _kernel(section: RetentionSection) -> Kernel:
    card = read_embedder_manifest(Path(section.embedder))
    means = card.kernel
    try:
        return Kernel.of_card(means.same, means.different, means.same_interval)
    except ValueError as error:
        raise Rejected(PART, f"the card of {card.name}: {error}") from error
