#version 330
//light
in vec3 place;
in vec3 normal;
in vec3 picture;
in vec3 tint;
in vec2 shine;
uniform sampler2DArray textures;
uniform float clear;    // how much of a pane of glass shows itself
out vec4 colour;

void main() {
    vec3 albedo = texture(textures, picture).rgb * tint;
    float corner = 1.0;
    if (place.y < 0.0) corner -= 0.35 * exp(-abs(place.y) * 7.0) * step(0.5, normal.z);
    if (place.z < 0.6 && normal.z < 0.5) corner *= 0.72 + 0.28 * smoothstep(0.0, 0.4, place.z);
    float ground = normal.z > 0.5 && place.z < 0.05 ? contact(place) : 1.0;
    vec3 light = shaded(albedo, normal, place, shine.x, corner * ground);
    light *= mix(1.0, ground, 0.5);
    colour = vec4(light + albedo * shine.y, clear);
}
