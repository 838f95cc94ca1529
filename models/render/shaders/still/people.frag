#version 330
//light
in vec3 place;
in vec3 normal;
in vec3 rest;
in vec3 mark;
in vec3 head;
in float hairy;
flat in int who;
uniform sampler2D outfits;      // eight numbers of four for each person, see wardrobe.py
uniform float numbers[64];      // owner of each row
layout(location = 0) out vec4 colour;
layout(location = 1) out vec2 owner;

vec4 worn(int row) {
    return texelFetch(outfits, ivec2(row, who), 0);
}

float woven(vec4 kind, float per_m, float layer) {
    float across = step(0.5, fract(rest.z * per_m)), along = step(0.5, fract(rest.x * per_m));
    if (kind.w < 0.5) return 0.0;
    if (kind.w < 1.5) return across;
    if (kind.w < 2.5) return along;
    if (kind.w < 3.5) return 0.5 * (across + along);
    if (kind.w < 4.5) return step(abs(mark.x - 4.6), 0.16);
    vec3 print = texture(surfaces, vec3(rest.xz * per_m * 0.14 + rest.y * 0.2, layer)).rgb;
    return smoothstep(0.42, 0.58, print.g);
}

void main() {
    vec4 cut = worn(0), skin = worn(2), hair = worn(3), top = worn(4), bottom = worn(5);
    vec4 shoes = worn(6), accent = worn(7);
    vec3 folds = texture(surfaces, vec3(rest.xz * 1.6 + rest.y * 0.9, bottom.w)).rgb - 0.5;
    bool arm = mark.z > 0.5;
    bool fore = rest.y < 0.02;
    vec3 albedo = skin.rgb;
    float cloth = 0.0;
    if (hairy > 0.5) {
        albedo = hair.rgb * (1.0 + 0.7 * folds.x);
        cloth = 0.6;
    } else if (arm) {
        if (mark.y < cut.x) {
            albedo = mix(top.rgb, accent.rgb, woven(skin, hair.w, bottom.w));
            cloth = 1.0;
        }
    } else if (mark.x > cut.w + (fore ? -0.12 * step(abs(head.x), 0.7) : 0.1)) {
        float eyes = smoothstep(0.2, 0.1, length((vec2(abs(head.x) - 0.3, head.z - 0.05))
                                * vec2(1.0, 1.7))) * step(head.y, -0.2);
        albedo = skin.rgb * (1.0 - 0.6 * eyes);
    } else if (mark.x > cut.y) {
        bool open = fore && abs(rest.x) < top.w * (0.6 + 0.12 * (mark.x - 3.0));
        albedo = open ? accent.rgb : mix(top.rgb, accent.rgb, woven(skin, hair.w, bottom.w));
        cloth = 1.0;
    } else if (mark.x > cut.z) {
        albedo = mix(bottom.rgb, accent.rgb, woven(shoes, hair.w, bottom.w));
        cloth = 1.0;
    } else if (mark.x < 0.85) {
        albedo = shoes.rgb;
        cloth = 0.5;
    }
    albedo *= 1.0 + cloth * (0.5 * folds.y + 0.3 * folds.z);
    vec3 bent = normalize(normalize(normal) + cloth * 0.6 * folds);
    float armpit = arm ? 1.0 : 1.0 - 0.3 * smoothstep(0.09, 0.2, abs(rest.x))
                 * step(3.0, mark.x) * step(mark.x, 4.9);
    float low = 0.6 + 0.4 * smoothstep(0.0, 1.3, place.z);
    colour = vec4(lit(albedo * armpit * low, bent, place, accent.w + 0.05 * hairy), 1.0);
    bool upper = mark.x > 4.75 && (!arm || mark.y < 0.16);
    owner = vec2(numbers[who], upper ? 2.0 : 1.0) / 255.0;
}
