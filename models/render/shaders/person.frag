#version 330
//light
in vec3 place;
in vec3 normal;
in vec3 rest;
in vec3 mark;
in vec3 head;
in float hairy;
uniform sampler2DArray textures;
uniform float fabric;           // the layer of the texture that serves as noise
uniform vec4 cut;               // sleeve, hem, trouser end, collar
uniform vec3 skin;
uniform vec3 hair_colour;
uniform vec3 top;
uniform vec3 bottom;
uniform vec3 shoes;
uniform vec3 accent;
uniform vec3 pattern;           // kind, per metre, width of the open front (m)
out vec4 colour;

vec3 patterned(vec3 base) {
    float across = step(0.5, fract(rest.z * pattern.y));
    float along = step(0.5, fract(rest.x * pattern.y));
    float share = 0.0;
    if (pattern.x > 3.5) share = step(abs(mark.x - 4.6), 0.14);
    else if (pattern.x > 2.5) share = 0.5 * (across + along);
    else if (pattern.x > 1.5) share = along;
    else if (pattern.x > 0.5) share = across;
    return mix(base, accent, share);
}

vec3 face() {
    vec3 tone = skin;
    float front = step(head.y, -0.2);
    vec2 eye_at = vec2(abs(head.x) - 0.3, head.z - 0.02);
    float eyes = smoothstep(0.19, 0.08, length(eye_at * vec2(1.0, 1.9)));
    float brows = smoothstep(0.05, 0.02, abs(head.z - 0.2 + 0.3 * (abs(head.x) - 0.3)))
                * step(abs(abs(head.x) - 0.33), 0.17);
    float mouth = smoothstep(0.07, 0.03, abs(head.z + 0.5)) * step(abs(head.x), 0.2);
    tone = mix(tone, hair_colour * 0.5 + 0.02, front * max(eyes * 0.75, brows * 0.6));
    tone = mix(tone, skin * vec3(0.78, 0.45, 0.42), front * mouth);
    float cheek = smoothstep(0.4, 0.1, length(vec2(abs(head.x) - 0.4, head.z + 0.25)));
    return tone * mix(vec3(1.0), vec3(1.04, 0.9, 0.88), front * cheek);
}

void main() {
    vec3 folds = texture(textures, vec3(rest.xz * 2.6 + rest.y * 0.9, fabric)).rgb - 0.5;
    vec3 bumps = texture(textures, vec3(rest.zx * vec2(1.9, 3.1), fabric)).rgb - 0.5;
    vec3 albedo;
    float cloth = 1.0;
    bool on_arm = mark.z > 0.5;
    bool fore = rest.y < 0.02;
    if (hairy > 0.5) {
        albedo = hair_colour * (0.75 + 0.7 * (folds.x + 0.5));
        cloth = 0.5;
    } else if (on_arm) {
        bool covered = mark.y < cut.x;
        albedo = covered ? patterned(top) : skin;
        cloth = covered ? 1.0 : 0.0;
    } else if (mark.x > cut.w + (fore ? -0.12 * step(abs(head.x), 0.7) : 0.1)) {
        albedo = mark.x > 5.6 ? face() : skin;
        cloth = 0.0;
    } else if (mark.x > cut.y) {
        bool open = fore && abs(rest.x) < pattern.z * (0.6 + 0.12 * (mark.x - 3.0));
        albedo = open ? accent : patterned(top);
        albedo *= 1.0 - 0.35 * smoothstep(0.05, 0.0, mark.x - cut.y);
    } else if (mark.x > cut.z) {
        albedo = bottom * (1.0 - 0.12 * smoothstep(2.6, 3.2, mark.x));
    } else if (mark.x < 0.85) {
        albedo = shoes * (mark.x < 0.14 ? 0.5 : 1.0);
    } else {
        albedo = skin;
        cloth = 0.0;
    }
    albedo *= 1.0 + cloth * (0.16 * folds.y + 0.22 * folds.x);
    vec3 bent = normalize(normalize(normal) + cloth * 0.75 * vec3(bumps.yz, folds.y));
    float under = 0.5 + 0.5 * smoothstep(0.0, 1.2, place.z);
    float armpit = on_arm ? 1.0 : 1.0 - 0.3 * smoothstep(0.09, 0.2, abs(rest.x))
                 * step(3.0, mark.x) * step(mark.x, 4.9);
    vec3 view = normalize(eye - place);
    float rim = pow(1.0 - max(dot(bent, view), 0.0), 3.0);
    vec3 light = shaded(albedo, bent, place, cloth < 0.25 ? 0.12 : 0.0, under * armpit);
    colour = vec4(light + albedo * sky_colour * rim * 0.35, 1.0);
}
