#version 330
in vec3 in_place;
in vec3 in_normal;
in vec3 in_rest;
in vec3 in_mark;        // landmark, along the arm, share of arm
in vec3 in_head;        // in half heads from the head's centre; -y is the face
in vec2 in_who;         // share of hair, row of the outfit
uniform mat4 matrix;
out vec3 place;
out vec3 normal;
out vec3 rest;
out vec3 mark;
out vec3 head;
out float hairy;
flat out int who;

void main() {
    place = in_place;
    normal = in_normal;
    rest = in_rest;
    mark = in_mark;
    head = in_head;
    hairy = in_who.x;
    who = int(in_who.y + 0.5);
    gl_Position = matrix * vec4(in_place, 1.0);
}
