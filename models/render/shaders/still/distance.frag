#version 330
in float away;
out vec4 distance_out;

void main() {
    distance_out = vec4(away, away * away, 0.0, 1.0);
}
