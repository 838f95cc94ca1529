#version 330
in vec3 in_place;
uniform mat4 matrix;

void main() {
    gl_Position = matrix * vec4(in_place, 1.0);
}
