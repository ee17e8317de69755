// Drawing: only what is in view, labels only where they fit, one pass per row.
const canvas = document.getElementById("canvas");
const paint = canvas.getContext("2d", { alpha: false });
const DAY = 86400000 / plan.tick;
const LABEL = 190, HEAD = 74, ROW = 24, STRIP = 28;
const PALETTE = ["#0072b2", "#c1666b", "#4f9d69", "#8a6fb0", "#b8860b", "#3a8fa3", "#a0527d", "#6b7a3a", "#5f7fbf", "#c07a45", "#56757d", "#94617e"];

const view = { kind: "machines", from: 0, span: 7 * DAY, top: 0, colour: "late", zone: Object.keys(plan.zones.days)[0], hits: null, chosen: -1, hover: -1, rows: [], tops: null };
let ink = {};
let size = { width: 0, height: 0 };
let frame = 0;

function readInk() {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "ink", "soft", "line", "faint", "closed", "ontime", "late", "bad", "free", "frozen", "setup", "now", "onbar", "hover", "focus"];
  ink = Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
  ink.font = getComputedStyle(document.body).fontFamily;
}

function fitCanvas() {
  const box = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  size = { width: box.width, height: box.height };
  canvas.width = Math.round(box.width * ratio);
  canvas.height = Math.round(box.height * ratio);
  paint.setTransform(ratio, 0, 0, ratio, 0, 0);
}

const scale = () => (size.width - LABEL) / view.span;
const toX = (tick) => LABEL + (tick - view.from) * scale();
const toTick = (x) => view.from + (x - LABEL) / scale();
const bodyHeight = () => size.height - HEAD;
const fullHeight = () => view.tops[view.rows.length];

function setRows(kind) {
  view.kind = kind;
  view.rows = kind === "machines" ? machineRows() : orderRows();
  view.tops = new Float64Array(view.rows.length + 1);
  view.rows.forEach((row, n) => (view.tops[n + 1] = view.tops[n] + (row.lanes > 1 ? 10 + 14 * row.lanes : ROW)));
  view.top = 0;
  // A short plan takes a short board.
  canvas.parentElement.style.height = `min(66vh, ${Math.max(260, HEAD + fullHeight() + 14)}px)`;
}

function clamp() {
  const most = plan.last * 1.04 + 60;
  view.span = Math.max(30, Math.min(view.span, most + 120));
  view.from = Math.max(-view.span * 0.04, Math.min(view.from, most - view.span * 0.3));
  view.top = Math.max(0, Math.min(view.top, fullHeight() - bodyHeight() + 12));
}

function barColour(i) {
  if (view.colour === "order") return PALETTE[(op.demand[i] < 0 ? op.order[i] : op.demand[i]) % PALETTE.length];
  if (view.colour === "family") return op.family[i] < 0 ? ink.free : PALETTE[op.family[i] % PALETTE.length];
  if (op.frozen[i]) return ink.frozen;
  if (op.demand[i] < 0) return ink.free;
  return isLate(op.demand[i]) ? ink.late : ink.ontime;
}

const related = (i) => view.chosen < 0 || op.order[i] === op.order[view.chosen] || (op.demand[i] >= 0 && op.demand[i] === op.demand[view.chosen]);
const lit = (i) => (view.hits ? view.hits[i] === 1 : related(i));

function draw() {
  frame = 0;
  if (!size.width) return;
  clamp();
  const began = performance.now();
  paint.fillStyle = ink.paper;
  paint.fillRect(0, 0, size.width, size.height);
  const first = Math.max(0, firstAbove(view.tops, view.top) - 1);
  const last = Math.min(view.rows.length, firstAbove(view.tops, view.top + bodyHeight()));
  let bars = 0;
  paint.save();
  paint.beginPath();
  paint.rect(LABEL, HEAD, size.width - LABEL, bodyHeight());
  paint.clip();
  for (let n = first; n < last; n++) shadeClosed(view.rows[n], HEAD + view.tops[n] - view.top, view.tops[n + 1] - view.tops[n]);
  drawGrid();
  for (let n = first; n < last; n++) bars += drawRow(view.rows[n], HEAD + view.tops[n] - view.top);
  drawNow();
  paint.restore();
  drawLabels(first, last);
  drawAxis();
  drawStrip();
  canvas.dataset.bars = bars;
  canvas.dataset.ms = (performance.now() - began).toFixed(2);
}

function redraw() {
  if (!frame) frame = requestAnimationFrame(draw);
}

function shadeClosed(row, y, height) {
  if (!row.hours) return;
  // Below a few pixels a day the nights would be a grey noise.
  if (DAY * scale() < 14) return;
  paint.fillStyle = ink.closed;
  let from = view.from;
  const until = view.from + view.span;
  for (let n = firstAbove(row.hours, from) & ~1; n <= row.hours.length; n += 2) {
    const opens = n < row.hours.length ? row.hours[n] : FAR;
    if (opens > from) paint.fillRect(toX(from), y + 1, toX(Math.min(opens, until)) - toX(from), height - 1);
    if (opens >= until) break;
    from = Math.max(from, row.hours[n + 1]);
  }
}

function dayIndex(tick) {
  return Math.max(0, firstAbove(dayStarts[view.zone], tick) - 1);
}

function drawGrid() {
  const days = dayStarts[view.zone];
  const width = DAY * scale();
  const every = width > 22 ? 1 : 7;
  paint.fillStyle = ink.line;
  for (let d = dayIndex(view.from); d < days.length && days[d] < view.from + view.span; d++) {
    if (every === 7 && !isMonday(days[d])) continue;
    paint.fillRect(Math.round(toX(days[d])), HEAD, 1, bodyHeight());
  }
}

const isMonday = (tick) => dayText(tick, view.zone).startsWith("Mon");

function drawRow(row, y) {
  const until = view.from + view.span;
  const height = row.lanes > 1 ? 12 : ROW - 7;
  let bars = 0, edge = -1, edgeColour = "";
  for (let n = firstAbove(row.reach, view.from); n < row.list.length && row.starts[n] < until; n++) {
    const i = row.list[n];
    const x = toX(op.setup[i]), end = toX(op.free[i]);
    const colour = barColour(i);
    // What falls on the last pixel drawn in the same colour would not be seen.
    if (end < edge + 0.6 && colour === edgeColour && row.lanes === 1) continue;
    drawBar(i, x, end, y + (row.lanes > 1 ? 5 + 14 * row.lane[n] : 4), height, colour, row);
    [edge, edgeColour] = [end, colour];
    bars++;
  }
  if (row.demand !== undefined) drawDates(row, y);
  return bars;
}

function drawBar(i, x, end, y, height, colour, row) {
  const start = toX(op.start[i]), stop = toX(op.end[i]);
  paint.globalAlpha = lit(i) ? 1 : 0.16;
  if (start > x + 0.8) {
    paint.fillStyle = ink.setup;
    paint.fillRect(x, y + height * 0.3, Math.max(0.8, start - x), height * 0.4);
  }
  const width = Math.max(1, stop - start - (stop - start > 3 ? 1 : 0));
  paint.fillStyle = colour;
  const piece = op.machine[i] < 0 ? drawSpan(start, width, y, height) : drawWorked(i, start, width, y, height, row);
  if (isLate(op.demand[i]) && width > 9) cutCorner(start + width, y);
  if (end > stop + 0.8) {
    paint.fillStyle = ink.setup;
    paint.fillRect(stop, y + height * 0.42, Math.max(0.8, end - stop), height * 0.16);
  }
  if (piece && piece.width > 34) barText(i, piece, y, height);
  if (i === view.chosen || i === view.hover) {
    paint.strokeStyle = ink.ink;
    paint.lineWidth = i === view.chosen ? 2 : 1;
    paint.strokeRect(start - 0.5, y - 0.5, width + 1, height + 1);
  }
  paint.globalAlpha = 1;
}

// Buying, moving and outside work have no machine: a thin line with ends.
function drawSpan(x, width, y, height) {
  paint.fillRect(x, y + height / 2 - 1, width, 2);
  paint.fillRect(x, y + height / 2 - 4, 1.5, 8);
  paint.fillRect(x + width - 1.5, y + height / 2 - 4, 1.5, 8);
}

// The bar is full where it is worked and pale where its machine is closed; gives the widest piece, for the label.
function drawWorked(i, x, width, y, height, row) {
  const open = row.hours || hours[machines.hoursOf[op.machine[i]]];
  let n = firstAbove(open, op.start[i]);
  const whole = { x, width, pale: false };
  if ((n % 2 === 1 && open[n] >= op.end[i]) || DAY * scale() < 40) {
    paint.fillRect(x, y, width, height);
    return whole;
  }
  const alpha = paint.globalAlpha;
  paint.globalAlpha = alpha * 0.3;
  paint.fillRect(x, y, width, height);
  paint.globalAlpha = alpha;
  let best = { x, width: 0, pale: true }, closedFrom = x;
  const offer = (from, until, pale) => {
    const left = Math.max(from, LABEL), seen = Math.min(until, size.width) - left;
    if (seen > best.width) best = { x: left, width: seen, pale };
  };
  for (n -= n % 2; n < open.length && open[n] < op.end[i]; n += 2) {
    const from = toX(Math.max(open[n], op.start[i])), until = Math.min(toX(open[n + 1]), x + width);
    paint.fillRect(from, y, until - from, height);
    offer(closedFrom, from, true);
    offer(from, until, false);
    closedFrom = until;
  }
  offer(closedFrom, x + width, true);
  return best;
}

function cutCorner(x, y) {
  const colour = paint.fillStyle;
  paint.fillStyle = ink.paper;
  paint.beginPath();
  paint.moveTo(x - 6, y);
  paint.lineTo(x + 0.5, y);
  paint.lineTo(x + 0.5, y + 6.5);
  paint.fill();
  paint.fillStyle = colour;
}

function barText(i, { x, width, pale }, y, height) {
  const left = Math.max(x, LABEL) + 5;
  const room = Math.min(x + width, size.width) - left - 7;
  if (room < 24) return;
  const label = view.kind === "machines" ? orderLabel(i) : [machineName(i), names.step[op.step[i]]].filter(Boolean).join(" · ");
  // Dark on the pale part of an interrupted bar, light on the full colour: 4.5 : 1 on both.
  paint.fillStyle = pale ? ink.ink : ink.onbar;
  paint.font = `11px ${ink.font}`;
  paint.fillText(cut(label, room), left, y + height / 2 + 4);
}

const orderLabel = (i) => (op.demand[i] >= 0 ? demands.names[op.demand[i]] : orderName(i));

const widths = new Map();
function textWidth(text) {
  const key = paint.font + text;
  if (!widths.has(key)) {
    if (widths.size > 20000) widths.clear();
    widths.set(key, paint.measureText(text).width);
  }
  return widths.get(key);
}

function cut(text, room) {
  if (textWidth(text) <= room) return text;
  let kept = text.slice(0, Math.max(1, Math.floor((text.length * room) / textWidth(text))));
  while (kept.length > 1 && textWidth(kept + "…") > room) kept = kept.slice(0, -1);
  return kept.length > 2 ? kept + "…" : "";
}

// Requested: an open triangle. Promised: a filled one. Between the date asked for and the planned one, a late order has a line.
function drawDates(row, y) {
  const d = row.demand, middle = y + ROW / 2;
  const late = isLate(d), planned = due.planned[d];
  paint.strokeStyle = paint.fillStyle = late ? ink.late : ink.soft;
  if (late && planned >= 0) paint.fillRect(toX(asked(d)), y + ROW - 3, toX(planned) - toX(asked(d)), 2);
  paint.lineWidth = 1.2;
  for (const [tick, filled] of [[due.requested[d], false], [due.promised[d], true]]) {
    if (tick >= FAR) continue;
    const x = toX(tick);
    paint.beginPath();
    paint.moveTo(x - 4, y + 3);
    paint.lineTo(x + 4, y + 3);
    paint.lineTo(x, y + 9);
    paint.closePath();
    if (filled) paint.fill();
    else paint.stroke();
    paint.fillRect(x - 0.5, y + 9, 1, ROW - 11);
  }
  if (planned >= 0) {
    paint.beginPath();
    paint.arc(toX(planned), middle, 3, 0, 7);
    paint.fill();
  }
}

function drawNow() {
  const x = Math.round(toX(plan.now));
  paint.fillStyle = ink.now;
  paint.fillRect(x, HEAD, 1.5, bodyHeight());
}

function drawLabels(first, last) {
  paint.fillStyle = ink.paper;
  paint.fillRect(0, HEAD, LABEL - 1, bodyHeight());
  paint.save();
  paint.beginPath();
  paint.rect(0, HEAD, LABEL, bodyHeight());
  paint.clip();
  for (let n = first; n < last; n++) {
    const row = view.rows[n], y = HEAD + view.tops[n] - view.top;
    if (row.rule && n) {
      paint.fillStyle = ink.line;
      paint.fillRect(0, y, LABEL, 1);
    }
    paint.font = `${row.indent ? "" : "500 "}12.5px ${ink.font}`;
    paint.fillStyle = row.indent ? ink.soft : ink.ink;
    const late = row.demand !== undefined && isLate(row.demand);
    const label = cut((late ? "▲ " : "") + row.label, LABEL - 26 - (row.indent ? 14 : 0));
    if (late) paint.fillStyle = ink.bad;
    paint.fillText(label, row.indent ? 16 : 2, y + 16);
    const used = textWidth(label) + (row.indent ? 16 : 2);
    paint.font = `11px ${ink.font}`;
    const note = row.note && row.note !== row.label ? cut(row.note, LABEL - used - 24) : "";
    paint.fillStyle = ink.soft;
    paint.fillText(note, LABEL - 12 - textWidth(note), y + 16);
  }
  paint.restore();
  paint.fillStyle = ink.line;
  paint.fillRect(LABEL - 1, HEAD, 1, bodyHeight());
}

const HOUR_STEPS = [10, 15, 30, 60, 120, 180, 240, 360, 720];

function drawAxis() {
  paint.fillStyle = ink.paper;
  paint.fillRect(0, STRIP, size.width, HEAD - STRIP);
  const days = dayStarts[view.zone], width = DAY * scale();
  paint.save();
  paint.beginPath();
  paint.rect(LABEL, 0, size.width - LABEL, HEAD);
  paint.clip();
  let free = -Infinity;
  for (let d = dayIndex(view.from); d < days.length && days[d] < view.from + view.span; d++) {
    const x = Math.max(toX(days[d]), LABEL);
    if (width <= 22 && !isMonday(days[d])) continue;
    const label = width > 64 ? dayText(days[d], view.zone) : numberText(days[d], view.zone);
    paint.font = `500 12px ${ink.font}`;
    if (x < free) continue;
    paint.fillStyle = ink.ink;
    paint.fillText(label, x + 5, HEAD - 24);
    free = x + textWidth(label) + 10;
    if (width > 150) drawHours(days[d], days[d + 1] || days[d] + DAY, width);
  }
  if (width <= 64) drawMonths(days);
  paint.restore();
  paint.font = `11.5px ${ink.font}`;
  paint.fillStyle = ink.soft;
  paint.fillText(cut(view.zone.replace("_", " "), LABEL - 14), 2, HEAD - 8);
  paint.fillStyle = ink.line;
  paint.fillRect(0, HEAD - 1, size.width, 1);
}

function drawHours(from, until, width) {
  const step = HOUR_STEPS.find((minutes) => (minutes / 1440) * width > 44) || 720;
  paint.font = `11px ${ink.font}`;
  for (let tick = from; tick < until; tick += (step * 60000) / plan.tick) {
    const x = toX(tick);
    if (x < LABEL - 4 || x > size.width) continue;
    paint.fillStyle = ink.soft;
    paint.fillText(clockText(tick, view.zone), x + 5, HEAD - 8);
    paint.fillStyle = ink.line;
    paint.fillRect(Math.round(x), HEAD - 18, 1, 17);
  }
}

function drawMonths(days) {
  paint.font = `11px ${ink.font}`;
  let before = "", free = -Infinity;
  for (let d = dayIndex(view.from); d < days.length && days[d] < view.from + view.span; d++) {
    const label = monthText(days[d], view.zone);
    const x = Math.max(toX(days[d]), LABEL) + 5;
    if (label === before || x < free) continue;
    paint.fillStyle = ink.soft;
    paint.fillText(label, x, HEAD - 8);
    [before, free] = [label, x + textWidth(label) + 8];
  }
}

// The strip above: machines at work over the whole plan, the late share in its colour, the window in view.
let strip = null;
const stripX = (tick) => LABEL + (tick / (plan.last * 1.02)) * (size.width - LABEL - 8);
const stripTick = (x) => ((x - LABEL) / (size.width - LABEL - 8)) * plan.last * 1.02;

function measureStrip() {
  const bins = Math.max(60, Math.min(600, Math.floor((size.width - LABEL) / 2)));
  const all = new Float64Array(bins), late = new Float64Array(bins);
  const length = (plan.last * 1.02) / bins;
  for (let i = 0; i < COUNT; i++) {
    if (op.machine[i] < 0) continue;
    const first = Math.max(0, Math.floor(op.setup[i] / length)), last = Math.min(bins - 1, Math.floor(op.end[i] / length));
    for (let b = first; b <= last; b++) {
      const part = (Math.min(op.end[i], (b + 1) * length) - Math.max(op.setup[i], b * length)) / length;
      all[b] += part;
      if (isLate(op.demand[i])) late[b] += part;
    }
  }
  strip = { bins, all, late, most: Math.max(1, ...all) };
}

function drawStrip() {
  paint.fillStyle = ink.paper;
  paint.fillRect(0, 0, size.width, STRIP);
  if (!strip) measureStrip();
  const width = (size.width - LABEL - 8) / strip.bins;
  for (let b = 0; b < strip.bins; b++) {
    const x = LABEL + b * width, full = (strip.all[b] / strip.most) * 20, late = (strip.late[b] / strip.most) * 20;
    paint.fillStyle = ink.ontime;
    paint.globalAlpha = 0.55;
    paint.fillRect(x, 24 - full, width - 0.4, full - late);
    paint.globalAlpha = 0.9;
    paint.fillStyle = ink.late;
    paint.fillRect(x, 24 - late, width - 0.4, late);
    paint.globalAlpha = 1;
  }
  const left = Math.max(LABEL, stripX(view.from)), right = Math.min(size.width - 1, stripX(view.from + view.span));
  paint.strokeStyle = ink.ink;
  paint.lineWidth = 1;
  paint.strokeRect(left + 0.5, 1.5, Math.max(4, right - left), 23);
  paint.font = `11.5px ${ink.font}`;
  paint.fillStyle = ink.soft;
  paint.fillText("machines at work", 2, 18);
}
