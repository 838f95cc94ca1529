// The aiming view, and lines and zones drawn on it by finger, mouse or keyboard.
"use strict";
const box = document.querySelector("[data-aim]");
const canvas = box.querySelector("canvas");
const ink = canvas.getContext("2d");
const form = document.querySelector("[data-lines]");
const armed = document.querySelector("[data-setup]").dataset.armed === "1";
const field = (name) => form.querySelector(`[data-${name}]`);
const places = JSON.parse(box.dataset.form);
const KINDS = { lines: "start end", passing_lines: "start end", zones: "corners" };
const COLOURS = { lines: "#5ad1ff", passing_lines: "#ffb454", zones: "#9be28a" };
let view = null, tracks = [], outline = null, drawing = null, held = null;
let cursor = { x: 0.5, y: 0.5 }, keyboard = false;

const round = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
const points = (place) => place.corners || [place.start, place.end];

function bitmap(text) {
  const raw = atob(text), cells = new Uint8Array(raw.length);
  for (let place = 0; place < raw.length; place++) cells[place] = raw.charCodeAt(place);
  return cells;
}

function drawView() {
  ink.fillStyle = "#0d1418";
  ink.fillRect(0, 0, canvas.width, canvas.height);
  if (!view) return;
  const wide = canvas.width / view.width, high = canvas.height / view.height;
  for (const [cells, colour] of [[view.cells, "#dfe9ee"], [view.hidden, "#22313a"]]) {
    ink.fillStyle = colour;
    for (let place = 0; place < view.width * view.height; place++) {
      if (cells[place >> 3] & (128 >> (place & 7)))
        ink.fillRect((place % view.width) * wide, Math.floor(place / view.width) * high, wide + 0.5, high + 0.5);
    }
  }
}

function path(corners, close) {
  ink.beginPath();
  corners.forEach(([x, y], place) => ink[place ? "lineTo" : "moveTo"](x * canvas.width, y * canvas.height));
  if (close) ink.closePath();
  ink.stroke();
}

function arrow([x1, y1], [x2, y2]) {
  // In goes to the right-hand side of a walk from start to end.
  const dx = (x2 - x1) * canvas.width, dy = (y2 - y1) * canvas.height, long = Math.hypot(dx, dy) || 1;
  const mx = (x1 + x2) / 2 * canvas.width, my = (y1 + y2) / 2 * canvas.height;
  const tx = mx - dy / long * 46, ty = my + dx / long * 46;
  ink.beginPath(); ink.moveTo(mx, my); ink.lineTo(tx, ty); ink.stroke();
  ink.fillText(language === "de" ? "rein" : "in", tx - dy / long * 16 - 8, ty + dx / long * 16 + 5);
}

function draw() {
  drawView();
  ink.lineWidth = 3; ink.font = "16px sans-serif";
  for (const [kind, list] of Object.entries(places)) {
    ink.strokeStyle = ink.fillStyle = COLOURS[kind];
    for (const place of list) {
      path(points(place), kind === "zones");
      if (kind !== "zones") arrow(place.start, place.end);
      const [x, y] = points(place)[0];
      ink.fillText(place.name, x * canvas.width + 6, y * canvas.height - 6);
      for (const [px, py] of points(place)) { ink.beginPath(); ink.arc(px * canvas.width, py * canvas.height, 6, 0, 7); ink.fill(); }
    }
  }
  ink.strokeStyle = "#fff"; ink.setLineDash([8, 6]);
  if (drawing) path(drawing, false);
  if (outline) path(outline, true);
  ink.setLineDash([]);
  ink.fillStyle = "#ff7bd5";
  for (const [x, y] of tracks) { ink.beginPath(); ink.arc(x * canvas.width, y * canvas.height, 5, 0, 7); ink.fill(); }
  if (keyboard) {
    ink.beginPath(); ink.moveTo(cursor.x * canvas.width - 12, cursor.y * canvas.height); ink.lineTo(cursor.x * canvas.width + 12, cursor.y * canvas.height);
    ink.moveTo(cursor.x * canvas.width, cursor.y * canvas.height - 12); ink.lineTo(cursor.x * canvas.width, cursor.y * canvas.height + 12); ink.stroke();
  }
}

function write() {
  field("places").value = JSON.stringify(places, null, 1);
  const list = field("list");
  list.replaceChildren(...Object.entries(places).flatMap(([kind, all]) => all.map((place) => {
    const item = document.createElement("li");
    item.textContent = `${place.name}: ${points(place).map(([x, y]) => `${x}, ${y}`).join(" - ")}`;
    return item;
  })));
  draw();
}

const chosen = () => places[field("kind").value].find((each) => each.name === field("name").value) || places[field("kind").value].at(-1);

function finish() {
  const kind = field("kind").value, corners = drawing.map(([x, y]) => [round(x), round(y)]);
  drawing = null;
  if (corners.length < (kind === "zones" ? 3 : 2)) return draw();
  const name = field("name").value.trim() || `${kind === "zones" ? "zone" : "line"} ${places[kind].length + 1}`;
  const all = places[kind], same = all.findIndex((each) => each.name === name);
  const place = kind === "zones" ? { name, corners } : { name, start: corners[0], end: corners[1] };
  if (same >= 0) all[same] = place; else all.push(place);
  write();
}

function begin() { drawing = []; canvas.focus(); }

function put(x, y) {
  if (!drawing) return;
  drawing.push([round(x), round(y)]);
  if (field("kind").value !== "zones" && drawing.length === 2) finish();
  else draw();
}

const at = (event) => {
  const edge = canvas.getBoundingClientRect();
  return [(event.clientX - edge.left) / edge.width, (event.clientY - edge.top) / edge.height];
};

function near([x, y]) {
  for (const list of Object.values(places)) for (const place of list) for (const [index, point] of points(place).entries())
    if (Math.hypot(point[0] - x, point[1] - y) < 0.04) return { place, index };
  return null;
}

canvas.addEventListener("pointerdown", (event) => {
  const [x, y] = at(event);
  if (drawing) return put(x, y);
  held = near([x, y]);
  if (held) canvas.setPointerCapture(event.pointerId);
  else ask(x, y);
});
canvas.addEventListener("pointermove", (event) => {
  if (!held) return;
  const point = points(held.place)[held.index], [x, y] = at(event);
  point[0] = round(x); point[1] = round(y);
  draw();
});
canvas.addEventListener("pointerup", () => { if (held) write(); held = null; });
canvas.addEventListener("dblclick", () => { if (drawing) finish(); });
canvas.addEventListener("keydown", (event) => {
  const step = event.shiftKey ? 0.05 : 0.01;
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  keyboard = true;
  if (moves[event.key]) { cursor = { x: round(cursor.x + moves[event.key][0]), y: round(cursor.y + moves[event.key][1]) }; draw(); }
  else if (event.key === "Enter" && drawing && field("kind").value === "zones" && drawing.length > 2 && event.ctrlKey) finish();
  else if (event.key === "Enter" || event.key === " ") { if (!drawing) begin(); put(cursor.x, cursor.y); }
  else if (event.key === "Escape") { drawing = null; draw(); }
  else return;
  event.preventDefault();
});

field("add").addEventListener("click", begin);
field("turn").addEventListener("click", () => {
  const place = chosen();
  if (place && place.start) { [place.start, place.end] = [place.end, place.start]; write(); }
});
field("remove").addEventListener("click", () => {
  const all = places[field("kind").value], place = chosen();
  if (place) { all.splice(all.indexOf(place), 1); write(); }
});

async function ask(x, y) {
  const answer = await fetch(`/install/outline?x=${round(x)}&y=${round(y)}`);
  outline = answer.ok ? (await answer.json()).corners : null;
  draw();
}

async function look() {
  try {
    const answer = await fetch("/install/view", { cache: "no-store" });
    if (answer.ok) {
      const told = await answer.json();
      tracks = told.tracks;
      for (const [name, value] of Object.entries(told.walk || {})) {
        const place = document.querySelector(`[data-walked="${name}"]`);
        if (place) place.textContent = value;
      }
      if (told.view) {
        view = { ...told.view, cells: bitmap(told.view.bits), hidden: bitmap(told.view.blanked) };
        canvas.height = Math.round(canvas.width * view.height / view.width);
        for (const name of ["light", "focus", "still_share"])
          document.querySelector(`[data-meter="${name}"]`).textContent = `${Math.round(view[name] * 100)} %`;
      }
      draw();
    }
  } finally { setTimeout(look, armed ? 500 : 1000); }
}

write();
look();
