#version 330
in vec3 in_place;
uniform mat4 matrix;
uniform vec4 plane;
out float away;
out float height;

void main() {
    away = dot(plane, vec4(in_place, 1.0));
    height = in_place.z;
    gl_Position = matrix * vec4(in_place, 1.0);
}
