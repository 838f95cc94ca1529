#version 330
in float height;
out vec4 darkness;

void main() {
    darkness = vec4(clamp(1.0 - height / 1.2, 0.0, 1.0));
}
