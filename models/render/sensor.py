"""From light to a picture: motion blur, lens, exposure, noise, colour, sharpness, JPEG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.render.lights import LIGHTS
from models.render.shards import HEIGHT_PX, WIDTH_PX

if TYPE_CHECKING:
    from models.render.camera import Camera
    from models.render.painter import Painting

NOISE = np.random.default_rng(5).standard_normal(1 << 21, np.float32)
"""Drawn once: a picture takes its noise from a random place in it."""
CURVE = 1024
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True)
class Film:
    """How a scene is taken; the same for all frames of a sequence but the noise."""

    exposure: float
    gamma: float
    gains: np.ndarray
    vignette: float
    read_noise: float
    photon_noise: float
    chroma_noise: float
    soft_px: float
    sharpen: float
    bloom: float
    chroma_blur: bool
    contrast: float
    lift: float
    jpeg: int
    grey: np.ndarray | None


def draw_film(rng: np.random.Generator, light: np.ndarray, kind: int) -> Film:
    """Draw how a camera takes a scene: mostly well exposed on average, sometimes far from it."""
    name = LIGHTS[kind]
    metered = float(np.mean(np.minimum(light[::6, ::6], 6.0))) + 0.01
    target = 0.2 * np.exp(rng.normal(0.0, 0.35))
    if rng.random() < 0.14:
        target *= rng.choice((0.3, 3.0)) * rng.uniform(0.8, 1.2)
    dark = name in ("dark", "infrared")
    noisy = min(rng.gamma(1.2, 0.012) * (2.5 if dark else 1.0), 0.09)
    grey = None
    if name == "infrared" or rng.random() < 0.08:
        grey = rng.dirichlet((2.0, 2.0, 2.0)).astype(np.float32)
    return Film(
        exposure=target / metered,
        gamma=rng.uniform(1.8, 2.5),
        gains=np.exp(rng.normal(0.0, 0.09, 3)).astype(np.float32),
        vignette=rng.uniform(0.0, 0.45),
        read_noise=noisy * 0.5,
        photon_noise=noisy,
        chroma_noise=noisy * rng.uniform(0.0, 1.0),
        soft_px=rng.choice(
            (0.0, rng.uniform(0.3, 0.7), rng.uniform(0.7, 1.5)), p=(0.5, 0.35, 0.15)
        ),
        sharpen=rng.uniform(0.0, 1.2) if rng.random() < 0.5 else 0.0,
        bloom=rng.uniform(0.02, 0.2) if rng.random() < 0.5 else 0.0,
        chroma_blur=bool(rng.random() < 0.7),
        contrast=rng.uniform(0.75, 1.3),
        lift=rng.uniform(0.0, 0.09) if rng.random() < 0.4 else 0.0,
        jpeg=int(rng.integers(25, 96)) if rng.random() < 0.6 else 0,
        grey=grey,
    )


@dataclass(frozen=True, slots=True)
class Lens:
    """Where each pixel of the picture lies in the pinhole image, and how many of its pixels."""

    x: np.ndarray
    y: np.ndarray
    area: np.ndarray
    radius2: np.ndarray


def lens_of(camera: Camera) -> Lens:
    """Return a camera's lens for pictures of WIDTH_PX by HEIGHT_PX."""
    at_x = (np.arange(WIDTH_PX, dtype=np.float32) + 0.5) / (WIDTH_PX / 2.0) - 1.0
    aspect = HEIGHT_PX / WIDTH_PX
    at_y = ((np.arange(HEIGHT_PX, dtype=np.float32) + 0.5) / (HEIGHT_PX / 2.0) - 1.0) * aspect
    radius2 = (at_x[None] ** 2 + at_y[:, None] ** 2).astype(np.float32)
    bent = (1.0 + camera.barrel * radius2) / camera.margin
    half = camera.width_px / 2.0
    x = at_x[None] * bent * half + half - 0.5
    y = at_y[:, None] * bent * half + camera.height_px / 2.0 - 0.5
    scale = camera.width_px / WIDTH_PX / camera.margin
    area = scale**2 * (1.0 + camera.barrel * radius2) * (1.0 + 3.0 * camera.barrel * radius2)
    return Lens(x.astype(np.float32), y.astype(np.float32), area.astype(np.float32), radius2)


def seen(image: np.ndarray, lens: Lens, *, labels: bool = False) -> np.ndarray:
    """Return a pinhole image through the lens; owners and parts are never mixed (`labels`)."""
    how = cv2.INTER_NEAREST if labels else cv2.INTER_LINEAR
    return cv2.remap(image, lens.x, lens.y, how, borderMode=cv2.BORDER_REPLICATE)


def smeared(painting: Painting, motion_px: dict[int, np.ndarray]) -> np.ndarray:
    """Return the light with every mover drawn out along their motion, (2,) px by number."""
    if painting.still is None:
        return painting.light
    out = painting.still.copy()
    for number, motion in motion_px.items():
        mask = painting.owner == number
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not len(rows):
            continue
        kernel = _line(motion)
        pad = len(kernel) // 2 + 1
        area = (
            slice(max(rows[0] - pad, 0), rows[-1] + pad + 1),
            slice(max(columns[0] - pad, 0), columns[-1] + pad + 1),
        )
        cover = mask[area].astype(np.float32)
        layer = np.dstack([np.minimum(painting.light[area], 6.0) * cover[..., None], cover])
        layer = cv2.filter2D(layer, -1, kernel, borderType=cv2.BORDER_REPLICATE)
        out[area] = out[area] * (1.0 - layer[..., 3:]) + layer[..., :3]
    return out


def _line(motion: np.ndarray) -> np.ndarray:
    """Return the kernel that averages along a way of `motion` px."""
    reach = int(np.ceil(np.abs(motion).max() / 2.0)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    ends = [tuple(int(v) for v in np.rint((reach + sign * motion / 2.0) * 16)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], (1.0,), 1, cv2.LINE_AA, 4)
    return kernel / kernel.sum()


def developed(light: np.ndarray, lens: Lens, film: Film, rng: np.random.Generator) -> np.ndarray:
    """Return the picture (HEIGHT_PX, WIDTH_PX, 3) uint8 RGB of light (h, w, 3)."""
    image = seen(light, lens)
    if film.bloom:
        bright = np.maximum(cv2.resize(image, None, fx=0.25, fy=0.25) * film.exposure - 1.0, 0.0)
        glow = cv2.resize(
            cv2.GaussianBlur(np.minimum(bright, 8.0), (0, 0), 4.0), image.shape[1::-1]
        )
        image += glow * (film.bloom / film.exposure)
    if film.soft_px:
        image = cv2.GaussianBlur(image, (0, 0), film.soft_px)
    dim = film.exposure * (1.0 - film.vignette * lens.radius2 / 1.5625)
    image *= dim[..., None]
    if film.grey is not None:
        image = np.repeat((image @ film.grey)[..., None], 3, axis=2)
    image = np.clip(_noisy(image, film, rng) * film.gains, 0.0, 1.0)
    tone = np.linspace(0.0, 1.0, CURVE) ** (1.0 / film.gamma)
    tone = np.clip((tone - 0.5) * film.contrast + 0.5, 0.0, 1.0) * (1.0 - film.lift) + film.lift
    levels = (tone * 255.0).astype(np.uint8)
    picture = levels[(image * (CURVE - 1)).astype(np.int16)]
    return _processed(picture, film)


def _noisy(image: np.ndarray, film: Film, rng: np.random.Generator) -> np.ndarray:
    """Add photon and read noise in brightness, and coarser noise in colour."""
    size = WIDTH_PX * HEIGHT_PX
    start = int(rng.integers(len(NOISE) - 4 * size))
    fine = NOISE[start : start + size].reshape(HEIGHT_PX, WIDTH_PX, 1)
    coarse = NOISE[start + size : start + 4 * size].reshape(HEIGHT_PX, WIDTH_PX, 3)
    if film.grey is not None:
        coarse = np.zeros(1, np.float32)
    level = np.sqrt(np.maximum(image, 0.0)) * film.photon_noise + film.read_noise * 0.2
    return image + level * (fine + film.chroma_noise / (film.photon_noise + 1e-6) * 0.7 * coarse)


def _processed(picture: np.ndarray, film: Film) -> np.ndarray:
    """Return what a camera's processor and its codec leave of a picture."""
    if film.sharpen:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
        picture = cv2.addWeighted(picture, 1.0 + film.sharpen, soft, -film.sharpen, 0.0)
    if film.grey is not None:
        picture = np.repeat((picture @ LUMA)[..., None].astype(np.uint8), 3, axis=2)
    elif film.chroma_blur:
        parts = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
        parts[..., 1:] = cv2.blur(parts[..., 1:], (3, 3))
        picture = cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB)
    if film.jpeg:
        quality = [cv2.IMWRITE_JPEG_QUALITY, film.jpeg]
        _, packed = cv2.imencode(".jpg", np.ascontiguousarray(picture[..., ::-1]), quality)
        picture = cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1]
    return np.ascontiguousarray(picture)
