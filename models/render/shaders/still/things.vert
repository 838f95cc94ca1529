#version 330
in vec3 in_place;
in vec3 in_normal;
in vec3 in_picture;     // u, v, layer
in vec3 in_tint;
in vec3 in_shine;       // gloss, glow, cut
in vec2 in_owner;       // owner, part
uniform mat4 matrix;
out vec3 place;
out vec3 normal;
out vec3 picture;
out vec3 tint;
flat out vec3 shine;
flat out vec2 owned;

void main() {
    place = in_place;
    normal = in_normal;
    picture = in_picture;
    tint = in_tint;
    shine = in_shine;
    owned = in_owner;
    gl_Position = matrix * vec4(in_place, 1.0);
}
