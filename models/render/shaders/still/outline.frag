#version 330
flat in vec2 tile;
uniform float tile_px;
out vec4 covered;

void main() {
    if (floor(gl_FragCoord.xy / tile_px) != tile) discard;
    covered = vec4(1.0);
}
