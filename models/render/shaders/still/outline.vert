#version 330
in vec3 in_place;
in float in_number;
uniform mat4 matrix;
uniform vec4 tiles[64];     // part of the picture that fills each number's tile: x, y, 1/w, 1/h
uniform int first;          // number of the first tile's row: 0 for people, -1 for owners
uniform float side;         // tiles in a row
flat out vec2 tile;

void main() {
    int number = int(in_number + 0.5) + first;
    vec4 at = matrix * vec4(in_place, 1.0);
    vec4 part = tiles[number];
    vec2 within = (at.xy - part.xy * at.w) * part.zw;
    tile = vec2(mod(float(number), side), floor(float(number) / side));
    vec2 corner = (tile + 0.5) / side * 2.0 - 1.0;
    gl_Position = vec4(corner * at.w + within / side, at.z, at.w);
}
