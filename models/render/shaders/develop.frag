#version 330
in vec2 at;
uniform sampler2D light_image;
uniform float barrel;
uniform float margin;
uniform float aspect;           // height over width
uniform float exposure;
out vec4 colour;

void main() {
    vec2 ray = at * vec2(1.0, aspect);
    vec2 bent = at * (1.0 + barrel * dot(ray, ray)) / margin;
    vec3 light = texture(light_image, bent * 0.5 + 0.5).rgb;
    vec3 glow = vec3(0.0);
    for (int i = 0; i < 8; i++) {
        float angle = 0.7854 * float(i);
        vec2 away = vec2(cos(angle), sin(angle) / aspect) * 0.018;
        glow += max(texture(light_image, bent * 0.5 + 0.5 + away).rgb - 1.0, 0.0);
    }
    light = (light + glow * 0.025) * exposure * (1.0 - 0.16 * dot(ray, ray));
    vec3 film = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14);
    colour = vec4(pow(clamp(film, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
}
