"""Draws scenes with OpenGL, software rendering included: a handful of draw calls each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import moderngl
import numpy as np

from models.render import meshes
from models.render.mount import HEIGHT_PX, WIDTH_PX
from models.render.outlines import MOST_LABELLED, Outlines
from models.render.uniforms import give

if TYPE_CHECKING:
    from models.render.camera import Camera
    from models.render.lights import Lamp, Mood
    from models.render.vertices import Vertices

SHADERS = Path(__file__).with_name("shaders") / "still"
SHADE_PX = 384
CONTACT_PX, CONTACT_M = 160, 16.0
BRIGHTEST = 100.0
THING = ("3f 3f 3f 3f 3f 2f", "in_place", "in_normal", "in_picture", "in_tint", "in_shine",
         "in_owner")  # fmt: skip
PERSON = ("3f 3f 3f 3f 3f 2f", "in_place", "in_normal", "in_rest", "in_mark", "in_head", "in_who")


@dataclass(frozen=True, slots=True)
class Painting:
    """A scene as the pinhole shows it, (HEIGHT_PX, WIDTH_PX), rows from the top.

    `light` (h, w, 3) float32 linear; `still` the same without who moves, if somebody does; `owner`
    and `part` (h, w) uint8 as in `labels.read_labels`; `outlines` by owner from 1 on: how many
    pixels each covers with nothing before it and no border, carried things left out.
    """

    light: np.ndarray
    still: np.ndarray | None
    owner: np.ndarray
    part: np.ndarray
    outlines: np.ndarray


class Painter:
    """Owns the OpenGL context, the surfaces and the buffers."""

    def __init__(self, surfaces: np.ndarray, faces: np.ndarray) -> None:
        self._gl = gl = moderngl.create_context(standalone=True, backend="egl")
        self._faces, vertices = len(faces), int(faces.max()) + 1
        steps = np.arange(MOST_LABELLED)[:, None, None] * vertices
        self._index = gl.buffer((faces[None] + steps).astype(np.int32).tobytes())
        self._solid, self._panes, self._bodies = (
            gl.buffer(reserve=1 << 20, dynamic=True) for _ in range(3)
        )
        count, high, wide = surfaces.shape[:3]
        bank = gl.texture_array((wide, high, count), 3, surfaces.tobytes())
        bank.build_mipmaps()
        bank.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        self._outfits = gl.texture((8, MOST_LABELLED), 4, dtype="f4")
        self._shades = [gl.texture((SHADE_PX, SHADE_PX), 2, dtype="f4") for _ in range(2)]
        depth = gl.depth_renderbuffer((SHADE_PX, SHADE_PX))
        self._shade_targets = [gl.framebuffer([shade], depth) for shade in self._shades]
        self._contact_image = gl.texture((CONTACT_PX, CONTACT_PX), 1)
        self._contact_target = gl.simple_framebuffer((CONTACT_PX, CONTACT_PX), 1)
        for slot, image in enumerate((bank, *self._shades, self._contact_image, self._outfits)):
            image.use(slot)
        for image in (*self._shades, self._contact_image):
            image.repeat_x = image.repeat_y = False
        size = (WIDTH_PX, HEIGHT_PX)
        self._colour, self._owner = gl.texture(size, 4, dtype="f2"), gl.texture(size, 2)
        depth = gl.depth_renderbuffer(size)
        self._target = gl.framebuffer([self._colour, self._owner], depth)
        self._glass_target = gl.framebuffer([self._colour], depth)
        self._programs()

    def paint(self, cast: Vertices, camera: Camera, mood: Mood, leaf_layer: int) -> Painting:
        """Draw a scene."""
        for buffer, values in (
            (self._solid, cast.solid), (self._panes, cast.panes), (self._bodies, cast.bodies),
        ):  # fmt: skip
            buffer.orphan(max(values.nbytes, 4))
            buffer.write(values.tobytes())
        outfits = np.zeros((MOST_LABELLED, 8, 4), np.float32)
        outfits[: len(cast.outfits)] = cast.outfits
        self._outfits.write(outfits.tobytes())
        matrix = camera.projection() @ camera.view()
        self._light(camera, mood, leaf_layer, cast)
        still = self._main(cast, matrix, mood)
        light = self._read_colour()
        owners = np.frombuffer(self._owner.read(), np.uint8).reshape(HEIGHT_PX, WIDTH_PX, 2)
        outlines = self._outlines.count(cast, matrix, self._faces * 3)
        return Painting(light, still, owners[::-1, :, 0], owners[::-1, :, 1], outlines)

    def _programs(self) -> None:
        light = (SHADERS / "light.glsl").read_text()

        def program(vertex: str, fragment: str) -> moderngl.Program:
            source = (SHADERS / f"{fragment}.frag").read_text().replace("//light", light)
            vertex_source = (SHADERS / f"{vertex}.vert").read_text()
            return self._gl.program(vertex_shader=vertex_source, fragment_shader=source)

        self._things, self._people = program("things", "things"), program("people", "people")
        self._distance = program("distance", "distance")
        self._contact = program("distance", "contact")
        outline = program("outline", "outline")
        self._outlines = Outlines(self._gl, outline, self._bodies, self._index)
        names = ("surfaces", "main_shade", "second_shade", "contact_shade", "outfits")
        for lit in (self._things, self._people):
            for slot, name in enumerate(names):
                if name in lit:
                    lit[name] = slot
        array = self._gl.vertex_array
        self._draw_solid = array(self._things, [(self._solid, *THING)])
        self._draw_panes = array(self._things, [(self._panes, *THING)])
        self._draw_people = array(self._people, [(self._bodies, *PERSON)], self._index)
        skip = f"3f {(meshes.FLOATS - 3) * 4}x"
        self._plain = {}
        for name, plain in (("distance", self._distance), ("contact", self._contact)):
            self._plain[name] = (
                array(plain, [(self._solid, skip, "in_place")]),
                array(plain, [(self._bodies, skip, "in_place")], self._index),
            )

    def _draw_plain(self, name: str, matrix: np.ndarray, plane: np.ndarray, cast: Vertices) -> None:
        program = self._distance if name == "distance" else self._contact
        give(program, matrix=matrix, plane=plane)
        things, bodies = self._plain[name]
        things.render(vertices=len(cast.solid))
        if len(cast.outfits):
            bodies.render(vertices=len(cast.outfits) * self._faces * 3)

    def _light(self, camera: Camera, mood: Mood, leaf_layer: int, cast: Vertices) -> None:
        """Draw the shadow maps and tell the shaders about the light."""
        lamps = (mood.main, mood.second)
        self._gl.enable(moderngl.DEPTH_TEST)
        for lamp, target, image in zip(lamps, self._shade_targets, self._shades, strict=True):
            target.use()
            target.clear(1.0, 1.0)
            self._draw_plain("distance", lamp.matrix, lamp.plane, cast)
            _soften(image, lamp)
        corner = self._contact_shadows(camera, cast)
        for program in (self._things, self._people):
            for name, lamp in (("main", mood.main), ("second", mood.second)):
                give(program, **{
                    f"{name}_matrix": lamp.matrix, f"{name}_depth": lamp.plane,
                    f"{name}_at": lamp.at, f"{name}_colour": lamp.colour,
                })  # fmt: skip
            give(
                program, beam=np.array(mood.beam), beam_layer=np.array(leaf_layer),
                sky_colour=mood.sky, ground_colour=mood.ground, outdoors=mood.door,
                outdoors_colour=mood.outdoors, headlight=np.array(mood.headlight),
                contact_area=np.array([*corner, 1.0 / CONTACT_M]), eye=camera.eye,
            )  # fmt: skip

    def _contact_shadows(self, camera: Camera, cast: Vertices) -> np.ndarray:
        """Draw how much stands low above the floor, blurred; returns the map's corner (2,)."""
        ahead = min(camera.height_m * np.tan(np.radians(min(camera.tilt_deg, 80.0))), 6.0)
        middle = np.array([0.0, ahead])
        matrix = np.diag([2.0 / CONTACT_M, 2.0 / CONTACT_M, -0.05, 1.0])
        matrix[:2, 3] = -2.0 * middle / CONTACT_M
        self._contact_target.use()
        self._contact_target.clear()
        self._gl.disable(moderngl.DEPTH_TEST)
        self._gl.enable(moderngl.BLEND)
        self._gl.blend_equation = moderngl.MAX
        self._draw_plain("contact", matrix, np.zeros(4), cast)
        self._gl.blend_equation = moderngl.FUNC_ADD
        self._gl.disable(moderngl.BLEND)
        raw = self._contact_target.read(components=1, alignment=1)
        image = np.frombuffer(raw, np.uint8).reshape(CONTACT_PX, CONTACT_PX)
        self._contact_image.write(cv2.GaussianBlur(image, (0, 0), 1.6).tobytes(), alignment=1)
        return middle - CONTACT_M / 2.0

    def _main(self, cast: Vertices, matrix: np.ndarray, mood: Mood) -> np.ndarray | None:
        """Draw the scene; returns it without who moves, if somebody does."""
        give(self._things, matrix=matrix)
        numbers = np.zeros(MOST_LABELLED, np.float32)
        numbers[: len(cast.numbers)] = cast.numbers
        give(self._people, matrix=matrix, numbers=numbers)
        self._target.use()
        sky = mood.sky + mood.outdoors
        self._gl.enable(moderngl.DEPTH_TEST)
        self._target.clear(float(sky[0]), float(sky[1]), float(sky[2]), 0.0, depth=1.0)
        self._owner_clear()
        count, moving = len(cast.outfits), cast.moving
        still_count = count - moving
        movers = np.isin(cast.solid[:, 15], cast.numbers[still_count:]) if moving else None
        if still_count:
            self._draw_people.render(vertices=still_count * self._faces * 3)
        if movers is None:
            self._draw_solid.render(vertices=len(cast.solid))
            self._glass(cast)
            return None
        ordered = np.concatenate([cast.solid[~movers], cast.solid[movers]])
        fixed = int((~movers).sum())
        self._solid.write(ordered.tobytes())
        self._draw_solid.render(vertices=fixed)
        still = self._read_colour()
        self._target.use()
        if fixed < len(ordered):
            self._draw_solid.render(vertices=len(ordered) - fixed, first=fixed)
        first = still_count * self._faces * 3
        self._draw_people.render(vertices=moving * self._faces * 3, first=first)
        self._glass(cast)
        return still

    def _owner_clear(self) -> None:
        """Set every pixel's owner to nobody: `clear` gives all targets one colour."""
        self._owner.write(bytes(WIDTH_PX * HEIGHT_PX * 2))

    def _glass(self, cast: Vertices) -> None:
        if not len(cast.panes):
            return
        self._glass_target.use()
        self._glass_target.depth_mask = False
        self._gl.enable(moderngl.BLEND)
        self._gl.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._draw_panes.render(vertices=len(cast.panes))
        self._gl.disable(moderngl.BLEND)
        self._glass_target.depth_mask = True

    def _read_colour(self) -> np.ndarray:
        half = np.frombuffer(self._colour.read(), np.float16).reshape(HEIGHT_PX, WIDTH_PX, 4)
        light = half[::-1, :, :3].astype(np.float32)
        return np.nan_to_num(light, copy=False, nan=0.0, posinf=BRIGHTEST)


def _soften(image: moderngl.Texture, lamp: Lamp) -> None:
    if lamp.soft_px < 1:
        return
    moments = np.frombuffer(image.read(), np.float32).reshape(SHADE_PX, SHADE_PX, 2)
    side = 2 * lamp.soft_px + 1
    image.write(cv2.blur(moments, (side, side)).tobytes())
