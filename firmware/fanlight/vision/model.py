"""What a detector package's `manifest.toml` says: every file with its hash, and how to use it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.domain.mount import Mount

FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]+$", max_length=100)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Score = Annotated[float, Meta(ge=0.01, le=0.99)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Version = Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", max_length=20)]


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The picture that the network wants, in px; `fit` says how another shape is brought to it."""

    width: Annotated[int, Meta(ge=16, le=2048, multiple_of=2)]
    height: Annotated[int, Meta(ge=16, le=2048, multiple_of=2)]
    fit: Literal["stretch", "letterbox"] = "stretch"


class Anchors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prior boxes, (n, 4) float32 as ymin, xmin, ymax, xmax of the input, and the code's scales.

    The first of `scales` divides the code's y and x, the second its height and width (Liu et
    al., SSD, 2016).
    """

    file: FileName
    sha256: Sha256
    scales: tuple[float, float] = (10.0, 5.0)


class Compiled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same network compiled for the Edge TPU: same input, same outputs."""

    file: FileName
    sha256: Sha256


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lowest score that is worth handing to the tracker, for each mount."""

    overhead: Score
    oblique: Score


class Maps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the stored maps are read: score = logistic(slope * value + offset).

    Values of the other map are logarithms of distances in subcells, plus `distance_shift`. Every
    cell of the maps answers for `subcells` x `subcells` points.
    """

    score_slope: Annotated[float, Meta(gt=0, le=100)]
    score_offset: Annotated[float, Meta(ge=-100, le=100)]
    distance_shift: Annotated[float, Meta(ge=-10, le=10)] = 0.0
    subcells: Annotated[int, Meta(ge=1, le=4)] = 1


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every detector package promises."""

    schema: Literal[1]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    version: Version
    licence: str
    file: FileName
    sha256: Sha256
    input: Input
    threshold: Threshold
    edgetpu: Compiled | None = None
    overlap: Fraction = 0.5
    """Boxes that overlap a better one by more than this (intersection over union) go."""

    def score_floor(self, mount: Mount) -> float:
        """Return the lowest score for a camera that hangs so."""
        return self.threshold.overhead if mount is Mount.OVERHEAD else self.threshold.oblique

    @property
    def parts(self) -> tuple[Compiled | Anchors, ...]:
        """Every file beside the network itself."""
        return () if self.edgetpu is None else (self.edgetpu,)


class SsdManifest(Package, frozen=True, tag_field="kind", tag="ssd"):
    """A single-shot detector; `person` is the index of its class among the scores."""

    anchors: Anchors
    person: Annotated[int, Meta(ge=0, le=1000)] = 1

    @property
    def parts(self) -> tuple[Compiled | Anchors, ...]:
        """Every file beside the network itself."""
        return (self.anchors, *super().parts)


class HeatmapManifest(Package, frozen=True, tag_field="kind", tag="heatmap"):
    """A detector whose map of heads has a peak for each person, and another map their boxes."""

    maps: Maps


Manifest = SsdManifest | HeatmapManifest
