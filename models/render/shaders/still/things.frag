#version 330
//light
in vec3 place;
in vec3 normal;
in vec3 picture;
in vec3 tint;
flat in vec3 shine;
flat in vec2 owned;
layout(location = 0) out vec4 colour;
layout(location = 1) out vec2 owner;

void main() {
    vec3 albedo = texture(surfaces, picture).rgb;
    if (shine.z > 0.5 && shine.z < 1.5) {
        vec2 wire = abs(fract(picture.xy) - 0.5);
        if (max(wire.x, wire.y) < 0.33) discard;
        albedo = vec3(1.0);
    } else if (shine.z > 1.5 && shine.z < 2.5) {
        if (albedo.g < 0.5) discard;
        albedo = vec3(0.5 + albedo.r);
    }
    vec3 facing = dot(normal, eye - place) < 0.0 ? -normal : normal;
    float clear = shine.z > 2.5 ? 0.06 + 0.5 * shine.y : 1.0;
    vec3 light = lit(albedo * tint, normalize(facing), place, shine.x);
    colour = vec4(light + (clear < 1.0 ? 0.0 : shine.y) * albedo * tint, clear);
    owner = vec2(owned.x, owned.y) / 255.0;
}
