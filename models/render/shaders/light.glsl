// Light that every surface shares: sun through the door, lamps above, daylight, contact shade.
const int FEET = 24;
const vec2 DISC[4] = vec2[4](vec2(-0.33, 0.62), vec2(0.72, 0.27), vec2(0.08, -0.41),
                             vec2(-0.78, -0.21));

uniform sampler2DShadow sun_map;
uniform sampler2DShadow lamp_map;
uniform mat4 sun_matrix;
uniform mat4 lamp_matrix;
uniform vec3 sun_towards;
uniform vec3 sun_colour;
uniform vec3 lamp_colour;
uniform vec3 sky_colour;
uniform vec3 bounce_colour;
uniform vec3 eye;
uniform vec3 feet[FEET];        // x, y, darkness of each foot on the floor
uniform int feet_count;
uniform float turn;             // rotates the shadow samples, another angle each exposure
uniform vec3 opening;           // the door's hole in the plane y = 0: left, right, top in m

float lit(sampler2DShadow map, mat4 matrix, vec3 place, float blur) {
    vec3 at = (matrix * vec4(place, 1.0)).xyz * 0.5 + 0.5;
    if (any(lessThan(at, vec3(0.0))) || any(greaterThan(at, vec3(1.0)))) return 1.0;
    float angle = turn + 6.2832 * fract(52.98 * fract(dot(gl_FragCoord.xy, vec2(0.0671, 0.0058))));
    mat2 rotation = mat2(cos(angle), sin(angle), -sin(angle), cos(angle));
    float sum = 0.0;
    for (int i = 0; i < 4; i++) sum += texture(map, at + vec3(rotation * DISC[i] * blur, 0.0));
    return sum / 4.0;
}

float contact(vec3 place) {
    float open = 1.0;
    for (int i = 0; i < feet_count; i++) {
        vec2 away = place.xy - feet[i].xy;
        open *= 1.0 - feet[i].z * exp(-dot(away, away) * 34.0);
    }
    return open;
}

vec3 mirrored_daylight(vec3 normal, vec3 place, float gloss) {
    vec3 view = normalize(place - eye);
    vec3 ray = reflect(view, normal);
    if (place.y > 0.0 || ray.y < 0.02) return vec3(0.0);
    float way = -place.y / ray.y;
    vec3 hit = place + ray * way;
    float soft = 0.04 + 0.12 * way;
    float inside = smoothstep(opening.x - soft, opening.x + soft, hit.x)
                 * smoothstep(-opening.y - soft, -opening.y + soft, -hit.x)
                 * smoothstep(-opening.z - soft, -opening.z + soft, -hit.z);
    float fresnel = 0.05 + 0.95 * pow(1.0 - max(dot(normal, -view), 0.0), 5.0);
    return sky_colour * 3.2 * inside * fresnel * gloss;
}

vec3 shaded(vec3 albedo, vec3 normal, vec3 place, float gloss, float occlusion) {
    float sun = max(dot(normal, -sun_towards), 0.0);
    if (sun > 0.0) sun *= lit(sun_map, sun_matrix, place + normal * 0.02, 0.0022);
    float lamp = lit(lamp_map, lamp_matrix, place + normal * 0.03, 0.011);
    lamp = (0.25 + 0.75 * lamp) * (0.45 + 0.55 * normal.z);
    float outdoors = smoothstep(-0.3, 0.5, place.y);
    vec3 to_door = vec3(0.0, 0.1, 1.35) - place;
    float near_door = max(dot(normal, normalize(to_door)) * 0.8 + 0.2, 0.0)
                    / (0.7 + dot(to_door, to_door));
    vec3 daylight = sky_colour * (3.0 * near_door * (1.0 - outdoors)
                  + outdoors * (1.5 + 0.9 * normal.z));
    vec3 fill = bounce_colour * (1.0 - 0.5 * normal.y + 0.35 * normal.z);
    vec3 light = sun_colour * sun + lamp_colour * lamp * (1.0 - 0.6 * outdoors)
               + (daylight + fill) * occlusion;
    return albedo * light + mirrored_daylight(normal, place, gloss) * occlusion;
}
