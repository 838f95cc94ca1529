#version 330
in vec2 at;
uniform sampler2D exposure_image;
uniform float share;
out vec4 colour;

void main() {
    // Highlights are limited before they are averaged, so that edges against them stay smooth.
    vec3 light = min(texture(exposure_image, at * 0.5 + 0.5).rgb, 3.0);
    colour = vec4(light * share, 1.0);
}
