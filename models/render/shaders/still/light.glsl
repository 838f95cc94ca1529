// Light that every surface shares: a main lamp or sun with a shaped beam, a second lamp, sky,
// daylight beyond the door, a lamp at the camera. Shadows are variance shadow maps (Donnelly and
// Lauritzen, 2006), blurred as softly as the lamp is large.
uniform sampler2DArray surfaces;
uniform sampler2D main_shade;
uniform sampler2D second_shade;
uniform sampler2D contact_shade;
uniform mat4 main_matrix;
uniform mat4 second_matrix;
uniform vec4 main_depth;        // plane: how far along the light, 0..1
uniform vec4 second_depth;
uniform vec4 main_at;           // w 1: a lamp there, w 0: the way to the sun
uniform vec4 second_at;
uniform vec3 main_colour;
uniform vec3 second_colour;
uniform vec4 beam;              // kind, per metre or size, aside, softness
uniform float beam_layer;
uniform vec3 sky_colour;
uniform vec3 ground_colour;
uniform vec4 outdoors;          // plane of the door: a, b, c with a x + b y > c outside; softness
uniform vec3 outdoors_colour;
uniform float headlight;
uniform vec3 contact_area;      // x, y of a corner, 1 / side
uniform vec3 eye;

float shade(sampler2D map, mat4 matrix, vec4 plane, vec3 place) {
    vec4 at = matrix * vec4(place, 1.0);
    vec2 on = at.xy / at.w * 0.5 + 0.5;
    if (at.w <= 0.0 || on != clamp(on, 0.0, 1.0)) return 1.0;
    vec2 moments = texture(map, on).rg;
    float away = dot(plane, vec4(place, 1.0)) - moments.x;
    if (away <= 0.0) return 1.0;
    float spread = max(moments.y - moments.x * moments.x, 0.000004);
    return smoothstep(0.25, 1.0, spread / (spread + away * away));
}

float shaped(vec3 place) {
    if (beam.x < 0.5) return 1.0;
    vec4 at = main_matrix * vec4(place, 1.0);
    vec2 on = at.xy / at.w;
    if (beam.x < 1.5) {         // leaves
        float leaf = texture(surfaces, vec3(on * beam.y + beam.z, beam_layer)).r;
        leaf = 0.6 * leaf + 0.4 * texture(surfaces, vec3(on * beam.y * 2.7, beam_layer)).g;
        return smoothstep(0.5 - beam.w, 0.5 + beam.w, leaf);
    }
    if (beam.x < 2.5) {         // a door or a window with bars
        vec2 inside = smoothstep(beam.y + beam.w, beam.y - beam.w, abs(on - vec2(beam.z, 0.0))
                                 * vec2(1.0, 0.45));
        float bar = smoothstep(0.0, beam.w, abs(fract(on.x / beam.y + 0.5) - 0.5) - 0.03);
        return inside.x * inside.y * bar;
    }
    if (beam.x < 3.5)           // blinds
        return smoothstep(0.5 - beam.w * 4.0, 0.5 + beam.w * 4.0,
                          abs(fract(on.y * beam.y * 4.0 + beam.z) - 0.5) * 2.0);
    return smoothstep(beam.y + beam.w, beam.y - beam.w, length(on - vec2(beam.z, 0.0)));
}

vec3 towards(vec4 lamp, vec3 place) {
    return normalize(lamp.w > 0.5 ? lamp.xyz - place : lamp.xyz);
}

vec3 lit(vec3 albedo, vec3 normal, vec3 place, float gloss) {
    vec3 view = normalize(eye - place);
    vec3 first = towards(main_at, place), second = towards(second_at, place);
    vec3 raised = place + normal * 0.035;
    float main_share = shade(main_shade, main_matrix, main_depth, raised) * shaped(place);
    float second_share = shade(second_shade, second_matrix, second_depth, raised);
    vec3 light = main_colour * main_share * max(dot(normal, first), 0.0);
    light += second_colour * second_share * max(dot(normal, second), 0.0);
    vec2 floor_at = (place.xy - contact_area.xy) * contact_area.z;
    float contact = texture(contact_shade, floor_at).r * smoothstep(1.1, 0.0, place.z);
    float open = 1.0 - 0.75 * contact;
    float outside = smoothstep(-outdoors.w, outdoors.w, dot(outdoors.xy, place.xy) - outdoors.z);
    vec3 ambient = mix(ground_colour, sky_colour, 0.5 + 0.5 * normal.z);
    light += ambient * open + outdoors_colour * outside * (0.6 + 0.4 * normal.z) * open;
    float near = 1.0 / (0.6 + dot(eye - place, eye - place));
    light += vec3(headlight * near * max(dot(normal, view), 0.0));
    float shine = pow(max(dot(reflect(-first, normal), view), 0.0), 24.0) * main_share;
    float rim = 0.04 + 0.6 * pow(1.0 - max(dot(normal, view), 0.0), 5.0);
    return albedo * light + gloss * (main_colour * shine * 2.0 + (sky_colour + outdoors_colour
           * 0.5 * step(0.0, normal.z)) * rim);
}
