"""Tells shaders their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import moderngl


def give(program: moderngl.Program, **values: np.ndarray) -> None:
    """Set those uniforms that the program has; 4x4 matrices are turned to columns."""
    for name, value in values.items():
        member: Any = program.get(name, None)
        if member is not None:
            turned = value.T if value.shape == (4, 4) else value
            member.write(np.ascontiguousarray(turned, np.float32).tobytes())
