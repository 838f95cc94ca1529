"""Draws a doorway's frames with OpenGL; software rendering will do.

A frame is the mean of several exposures (Haeberli and Akeley, The Accumulation Buffer, 1990), each
at its own instant, its own place within a pixel and under its own lamp: that gives moving people
their blur, edges their smoothness and lamps their soft shadows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import moderngl
import numpy as np

from models.render.reach import LAMP_LEAN, NOWHERE, shadow_matrix, touched, unit
from models.render.shapes import FLOATS, box_vertices
from models.render.textures import NAMES, texture_bank

if TYPE_CHECKING:
    from models.render.cast import Figure
    from models.render.reach import Area
    from models.render.scene import Box, Doorway, Outfit

SHADERS = Path(__file__).with_name("shaders")
SHADOW_PX = 1024
FEET = 24
JITTER = ((-0.375, 0.125), (0.125, 0.375), (0.375, -0.125), (-0.125, -0.375))
THING_LAYOUT = ("3f 3f 3f 3f 2f", "in_place", "in_normal", "in_picture", "in_tint", "in_shine")


class Renderer:
    """Draws one doorway; `frame` returns a picture, (height, width, 3) uint8 RGB."""

    def __init__(self, doorway: Doorway, faces: np.ndarray) -> None:
        self._scene = doorway
        self._gl = moderngl.create_context(standalone=True, backend="egl")
        size = (doorway.camera.width_px, doorway.camera.height_px)
        self._programs()
        self._targets(size)
        bank = self._gl.texture_array((*texture_bank().shape[2:0:-1], len(NAMES)), 3)
        bank.write(np.ascontiguousarray(texture_bank()).tobytes())
        bank.build_mipmaps()
        bank.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        bank.use(0)
        self._faces = self._gl.buffer(faces.tobytes())
        solid = [box_vertices(thing) for thing in self._near_first() if not thing.glass]
        panes = [box_vertices(thing) for thing in doorway.things if thing.glass]
        self._solid = self._gl.buffer(np.concatenate(solid).tobytes())
        self._panes = self._gl.buffer(np.concatenate(panes).tobytes()) if panes else None
        self._marks: dict[int, moderngl.Buffer] = {}
        self._body = self._gl.buffer(reserve=faces.max() * 24 + 24, dynamic=True)
        self._load = self._gl.buffer(reserve=4096 * FLOATS * 4, dynamic=True)

    def frame(self, exposures: list[list[Figure]]) -> np.ndarray:
        """Draw one frame from the figures of each exposure."""
        if self._empty_exposures != len(exposures):
            self._add_up([[] for _ in exposures], None)
            self._gl.copy_framebuffer(self._empty, self._sum)
            self._empty_exposures = len(exposures)
        people = [figure for figures in exposures for figure in figures]
        size = (self._scene.camera.width_px, self._scene.camera.height_px)
        area = touched(people, self._scene.light, self._seen_from(0), size)
        self._gl.copy_framebuffer(self._sum, self._empty)
        if area != NOWHERE:
            self._add_up(exposures, area)
        return self._developed()

    def _add_up(self, exposures: list[list[Figure]], area: Area | None) -> None:
        """Add all exposures up, within an area of the pinhole image or all over it."""
        self._one.scissor = self._sum.scissor = area
        self._sum.use()
        self._sum.clear()
        for index, figures in enumerate(exposures):
            self._expose(figures, index, len(exposures))
        self._one.scissor = self._sum.scissor = None

    def _developed(self) -> np.ndarray:
        """Turn the sum of light into a picture as the lens and the sensor show it."""
        camera = self._scene.camera
        self._out.use()
        self._gl.disable(moderngl.DEPTH_TEST)
        self._sum_image.use(3)
        develop = self._develop
        develop["barrel"] = camera.barrel
        develop["margin"] = camera.margin
        develop["aspect"] = camera.height_px / camera.width_px
        develop["exposure"] = self._scene.light.exposure
        self._develop_quad.render(moderngl.TRIANGLE_STRIP)
        pixels = np.frombuffer(self._out.read(components=3), np.uint8)
        return pixels.reshape(camera.height_px, camera.width_px, 3)[::-1]

    def _near_first(self) -> list[Box]:
        """Return the things from near to far, so that what is hidden is rarely shaded."""
        eye = self._scene.camera.eye

        def distance_m(thing: Box) -> float:
            middle = np.array([*thing.centre_m, thing.base_m + thing.size_m[2] / 2.0])
            beyond = np.abs(eye - middle) - np.array(thing.size_m) / 2.0
            return float(np.linalg.norm(np.maximum(beyond, 0.0)))

        return sorted(self._scene.things, key=distance_m)

    def _program(self, vertex: str, fragment: str) -> moderngl.Program:
        light = (SHADERS / "light.glsl").read_text()
        return self._gl.program(
            vertex_shader=(SHADERS / f"{vertex}.vert").read_text(),
            fragment_shader=(SHADERS / f"{fragment}.frag").read_text().replace("//light", light),
        )

    def _programs(self) -> None:
        self._thing = self._program("thing", "thing")
        self._person = self._program("person", "person")
        self._depth = self._program("depth", "depth")
        self._add = self._program("screen", "add")
        self._develop = self._program("screen", "develop")
        for program in (self._thing, self._person):
            program["textures"], program["sun_map"], program["lamp_map"] = 0, 1, 2
            program["opening"] = self._scene.opening_m
        self._person["fabric"] = NAMES.index("fabric")
        self._add["exposure_image"] = 4
        self._develop["light_image"] = 3

    def _targets(self, size: tuple[int, int]) -> None:
        gl = self._gl
        self._shadow_maps = [gl.depth_texture((SHADOW_PX, SHADOW_PX)) for _ in range(2)]
        self._shadows = [gl.framebuffer(depth_attachment=image) for image in self._shadow_maps]
        for slot, image in enumerate(self._shadow_maps, start=1):
            image.compare_func = "<="
            image.repeat_x = image.repeat_y = False
            image.use(slot)
        self._one_image = gl.texture(size, 4, dtype="f2")
        self._one = gl.framebuffer([self._one_image], gl.depth_renderbuffer(size))
        self._sum_image = gl.texture(size, 4, dtype="f2")
        self._sum_image.repeat_x = self._sum_image.repeat_y = False
        self._sum = gl.framebuffer([self._sum_image])
        self._empty = gl.framebuffer([gl.texture(size, 4, dtype="f2")])
        self._empty_exposures = 0
        self._out = gl.simple_framebuffer(size, 3)
        corners = gl.buffer(np.array([-1, -1, 1, -1, -1, 1, 1, 1], np.float32).tobytes())
        self._add_quad = gl.vertex_array(self._add, [(corners, "2f", "in_corner")])
        self._develop_quad = gl.vertex_array(self._develop, [(corners, "2f", "in_corner")])

    def _expose(self, figures: list[Figure], index: int, count: int) -> None:
        """Draw one exposure and add its share to the sum."""
        lamp_tilt = LAMP_LEAN * np.array(JITTER[index % len(JITTER)]) / 0.375
        towards = (np.array(self._scene.light.sun_towards), np.array([*lamp_tilt, -1.0]))
        reach = ((5.0, (0.0, -1.5, 0.5)), (5.5, (0.0, -1.0, 0.0)))
        matrices = [shadow_matrix(way, *area) for way, area in zip(towards, reach, strict=True)]
        self._gl.enable(moderngl.DEPTH_TEST)
        for target, matrix in zip(self._shadows, matrices, strict=True):
            target.use()
            target.clear(depth=1.0)
            self._draw(figures, self._depth, self._depth, matrix)
        self._light(figures, matrices, index)
        self._one.use()
        self._one.clear(1.2, 1.3, 1.4, depth=1.0)
        self._thing["clear"] = 1.0
        self._draw(figures, self._thing, self._person, self._seen_from(index))
        self._draw_panes()
        self._sum.use()
        self._gl.disable(moderngl.DEPTH_TEST)
        self._gl.enable(moderngl.BLEND)
        self._gl.blend_func = moderngl.ONE, moderngl.ONE
        self._one_image.use(4)
        self._add["share"] = 1.0 / count
        self._add_quad.render(moderngl.TRIANGLE_STRIP)
        self._gl.disable(moderngl.BLEND)

    def _draw_panes(self) -> None:
        if self._panes is None:
            return
        self._gl.enable(moderngl.BLEND)
        self._gl.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._one.depth_mask = False
        self._thing["clear"] = 0.07
        self._gl.vertex_array(self._thing, [(self._panes, *THING_LAYOUT)]).render()
        self._one.depth_mask = True
        self._gl.disable(moderngl.BLEND)

    def _seen_from(self, index: int) -> np.ndarray:
        camera = self._scene.camera
        matrix = camera.projection()
        shift = JITTER[index % len(JITTER)]
        matrix[0, 2] += 2.0 * shift[0] / camera.width_px
        matrix[1, 2] += 2.0 * shift[1] / camera.height_px
        return matrix @ camera.view()

    def _light(self, figures: list[Figure], matrices: list[np.ndarray], index: int) -> None:
        light = self._scene.light
        feet = np.zeros((FEET, 3), np.float32)
        prints = [foot for figure in figures for foot in figure.feet()][:FEET]
        if prints:
            feet[: len(prints)] = prints
        values = {
            "sun_towards": tuple(unit(np.array(light.sun_towards))),
            "sun_colour": light.sun,
            "lamp_colour": light.lamp,
            "sky_colour": light.sky,
            "bounce_colour": light.bounce,
            "eye": tuple(self._scene.camera.eye),
            "turn": 1.57 * index,
        }
        for program in (self._thing, self._person):
            for name, value in values.items():
                if name in program:
                    program[name] = value
            _write(program, "sun_matrix", matrices[0])
            _write(program, "lamp_matrix", matrices[1])
        self._thing["feet"].write(feet.tobytes())
        self._thing["feet_count"] = len(prints)

    def _draw(
        self,
        figures: list[Figure],
        thing: moderngl.Program,
        person: moderngl.Program,
        matrix: np.ndarray,
    ) -> None:
        """Draw all things, people and what they carry with the given programs."""
        _write(thing, "matrix", matrix)
        _write(person, "matrix", matrix)
        layout = THING_LAYOUT if thing is self._thing else (f"3f {FLOATS * 4 - 12}x", "in_place")
        for figure in figures:
            self._body.write(figure.vertices.tobytes())
            if person is self._person:
                self._dress(figure.outfit)
                marks = self._marks_of(figure)
                content = [
                    (self._body, "3f 3f", "in_place", "in_normal"),
                    (marks, "3f 3f 3f", "in_rest", "in_mark", "in_head"),
                ]
            else:
                content = [(self._body, "3f 12x", "in_place")]
            array = self._gl.vertex_array(person, content, self._faces, skip_errors=True)
            array.render()
            array.release()
            if len(figure.load):
                self._load.write(figure.load.tobytes())
                array = self._gl.vertex_array(thing, [(self._load, *layout)])
                array.render(vertices=len(figure.load))
                array.release()
        self._gl.vertex_array(thing, [(self._solid, *layout)]).render()

    def _marks_of(self, figure: Figure) -> moderngl.Buffer:
        key = id(figure.body)
        if key not in self._marks:
            self._marks[key] = self._gl.buffer(figure.body.marks.tobytes())
        return self._marks[key]

    def _dress(self, outfit: Outfit) -> None:
        program = self._person
        program["cut"] = (outfit.sleeve, outfit.hem, outfit.trouser_end, outfit.collar)
        program["hair_cut"] = (outfit.hair_back, outfit.hair_volume_m, outfit.loose_m)
        program["skin"], program["hair_colour"] = outfit.skin, outfit.hair
        program["top"], program["bottom"] = outfit.top, outfit.bottom
        program["shoes"], program["accent"] = outfit.shoes, outfit.accent
        program["pattern"] = (outfit.pattern, outfit.pattern_per_m, outfit.open_front)


def _write(program: moderngl.Program, name: str, matrix: np.ndarray) -> None:
    program[name].write(np.ascontiguousarray(matrix.T, np.float32).tobytes())
