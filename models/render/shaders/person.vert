#version 330
in vec3 in_place;
in vec3 in_normal;
in vec3 in_rest;
in vec3 in_mark;        // landmark, along the arm, share of arm
in vec3 in_head;        // in half heads from the head's centre; -y is the face
uniform mat4 matrix;
uniform vec4 cut;       // sleeve, hem, trouser end, collar
uniform vec3 hair_cut;  // lowest hair at the back (half heads), volume (m), looseness of clothes (m)
out vec3 place;
out vec3 normal;
out vec3 rest;
out vec3 mark;
out vec3 head;
out float hairy;

// How far above the hairline, in half heads; the hairline runs from the forehead to the nape, and
// long hair falls behind the ears only.
float above_hairline() {
    float line = mix(0.8, max(hair_cut.x, -0.45), smoothstep(-0.5, 0.4, in_head.y));
    line = mix(line, min(hair_cut.x, line), smoothstep(0.15, 0.4, in_head.y));
    float wide = in_head.z < -0.7 ? smoothstep(0.75, 0.95, abs(in_head.x)) * 4.0 : 0.0;
    return in_head.z - line - wide;
}

void main() {
    float above = above_hairline();
    float near = step(abs(in_head.x), 1.4) * step(in_mark.z, 0.5) * step(4.0, in_mark.x);
    hairy = near * smoothstep(-0.06, 0.06, above);
    float arm = in_mark.z;
    float sleeve = arm * smoothstep(cut.x + 0.04, cut.x - 0.02, in_mark.y);
    float trunk = (1.0 - arm) * smoothstep(cut.y - 0.05, cut.y + 0.1, in_mark.x)
                * smoothstep(cut.w + 0.1, cut.w - 0.3, in_mark.x);
    float legs = smoothstep(cut.z - 0.1, cut.z + 0.1, in_mark.x)
               * smoothstep(cut.y + 0.1, cut.y - 0.2, in_mark.x);
    float shoe = smoothstep(1.0, 0.7, in_mark.x);
    float swell = near * smoothstep(-0.05, 0.5, above) * hair_cut.y + hair_cut.z * max(sleeve * 0.8, trunk) + 0.008 * legs
                + hair_cut.z * 0.6 * legs * smoothstep(2.6, 1.2, in_mark.x) + 0.008 * shoe;
    place = in_place + in_normal * swell;
    normal = in_normal;
    rest = in_rest;
    mark = in_mark;
    head = in_head;
    gl_Position = matrix * vec4(place, 1.0);
}
