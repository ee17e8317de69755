// Mouse, keys, search and what they say. Everything that is shown goes in as text, never as markup.
const hint = document.getElementById("hint");
const detail = document.getElementById("detail");

function element(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}

function rowAt(y) {
  if (y < HEAD) return null;
  return view.rows[firstAbove(view.tops, view.top + y - HEAD) - 1] || null;
}

function operationAt(x, y) {
  const row = rowAt(y);
  if (!row || x < LABEL) return -1;
  const tick = toTick(x), slack = 2 / scale();
  const top = HEAD + view.tops[view.rows.indexOf(row)] - view.top;
  let found = -1;
  for (let n = firstAbove(row.reach, tick - slack); n < row.list.length && row.starts[n] <= tick + slack; n++) {
    const i = row.list[n];
    const inLane = row.lanes === 1 || Math.floor((y - top - 5) / 14) === row.lane[n];
    if (op.free[i] >= tick - slack && inLane) found = i;
  }
  return found;
}

function lines(i) {
  const zone = zoneOf(names.plant[op.plant[i]]);
  const demand = op.demand[i];
  const said = [];
  const where = [names.step[op.step[i]], machineName(i)].filter(Boolean).join(" on ");
  said.push(`${where || "delivery"} · ${names.quantity[op.quantity[i]]} × ${names.item[op.item[i]]}`);
  said.push(`${dateText(op.start[i], zone)} – ${dateText(op.end[i], zone)} (${spanText(op.end[i] - op.start[i])})`);
  if (op.start[i] > op.setup[i]) said.push(`setup from ${dateText(op.setup[i], zone)}`);
  if (op.free[i] > op.end[i]) said.push(`teardown until ${dateText(op.free[i], zone)}`);
  if (op.family[i] >= 0) said.push(`family ${plan.families[op.family[i]]}`);
  if (plan.operations.workers[i]) said.push(`by ${plan.operations.workers[i]}`);
  if (op.frozen[i]) said.push("fixed: started or frozen");
  if (demand >= 0) {
    const shipping = zoneOf(demands.plants[demand]);
    const customer = demands.customers[demand] ? ` for ${demands.customers[demand]}` : "";
    const state = isLate(demand) ? `, ▲ late by ${spanText((demands.late[demand] * 3600000) / plan.tick)}` : "";
    said.push(`${demands.names[demand]}${customer}: asked for ${dateText(asked(demand), shipping)}, planned ${dateText(due.planned[demand], shipping)}${state}`);
  }
  return said;
}

function tell(box, i) {
  box.replaceChildren();
  if (i < 0) return;
  box.append(element("b", orderName(i)), ...lines(i).map((line) => element("div", line)));
}

function showHint(i, x, y) {
  hint.hidden = i < 0;
  if (i < 0) return;
  tell(hint, i);
  const box = hint.getBoundingClientRect();
  hint.style.left = `${Math.min(x + 14, size.width - box.width - 6)}px`;
  hint.style.top = `${y + 18 + box.height > size.height ? y - box.height - 12 : y + 18}px`;
}

function choose(i, { reveal = false } = {}) {
  view.chosen = i;
  tell(detail, i);
  if (i >= 0 && reveal) bringIntoView(i);
  fillTable();
  redraw();
}

function bringIntoView(i) {
  const n = view.rows.findIndex((row) => row.list.includes(i));
  if (n >= 0 && (view.tops[n] < view.top || view.tops[n + 1] > view.top + bodyHeight())) view.top = view.tops[n] - bodyHeight() / 3;
  if (op.setup[i] < view.from || op.end[i] > view.from + view.span) view.from = op.setup[i] - view.span * 0.2;
}

function zoomAt(x, factor) {
  const tick = toTick(Math.max(x, LABEL));
  view.span = Math.max(30, Math.min(view.span * factor, plan.last * 1.04 + 180));
  view.from = tick - (Math.max(x, LABEL) - LABEL) / scale();
  redraw();
}

function fit() {
  view.from = -plan.last * 0.01;
  view.span = plan.last * 1.03;
  redraw();
}

function showSpan(ticks) {
  const middle = view.from + view.span / 2, day = (24 * 3600000) / plan.tick;
  view.span = ticks * day;
  view.from = view.from <= 0 ? plan.now - view.span * 0.02 : middle - view.span / 2;
  redraw();
}

// ←/→: the operation before or after on the row; ↑/↓: the nearest in time on the next row that has one.
function step(key) {
  if (view.chosen < 0) {
    const row = view.rows.find((r) => r.list.length);
    if (row) choose(row.list[Math.min(firstAbove(row.reach, view.from), row.list.length - 1)], { reveal: true });
    return;
  }
  const n = view.rows.findIndex((row) => row.list.includes(view.chosen));
  if (n < 0) return;
  const row = view.rows[n], at = row.list.indexOf(view.chosen);
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const next = row.list[at + (key === "ArrowRight" ? 1 : -1)];
    if (next !== undefined) choose(next, { reveal: true });
    return;
  }
  const direction = key === "ArrowDown" ? 1 : -1;
  for (let m = n + direction; m >= 0 && m < view.rows.length; m += direction) {
    if (!view.rows[m].list.length) continue;
    const near = Math.min(firstAbove(view.rows[m].reach, op.start[view.chosen]), view.rows[m].list.length - 1);
    choose(view.rows[m].list[near], { reveal: true });
    return;
  }
}

const KEYS = {
  ArrowLeft: step, ArrowRight: step, ArrowUp: step, ArrowDown: step,
  "+": () => zoomAt((size.width + LABEL) / 2, 0.7), "=": () => zoomAt((size.width + LABEL) / 2, 0.7), "-": () => zoomAt((size.width + LABEL) / 2, 1.4),
  Home: () => { view.from = plan.now - view.span * 0.05; redraw(); },
  End: () => { view.from = plan.last - view.span * 0.9; redraw(); },
  PageDown: () => { view.top += bodyHeight() * 0.8; redraw(); },
  PageUp: () => { view.top -= bodyHeight() * 0.8; redraw(); },
  f: fit, F: fit,
  Escape: () => { clearSearch(); choose(-1); },
};

function listenToKeys() {
  canvas.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(event.key);
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing) {
      event.preventDefault();
      document.getElementById("search").focus();
    }
  });
}

function listenToMouse() {
  let drag = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener("pointerdown", (event) => {
    const [x, y] = place(event);
    drag = { x, y, from: view.from, top: view.top, moved: false, strip: y < STRIP };
    canvas.setPointerCapture(event.pointerId);
    if (drag.strip) moveStrip(x);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (!drag) return hover(x, y);
    if (drag.strip) return moveStrip(x);
    if (Math.hypot(x - drag.x, y - drag.y) > 3) drag.moved = true;
    if (!drag.moved) return;
    canvas.classList.add("dragging");
    hint.hidden = true;
    view.from = drag.from - (x - drag.x) / scale();
    view.top = drag.top - (y - drag.y);
    redraw();
  });
  canvas.addEventListener("pointerup", (event) => {
    const [x, y] = place(event);
    if (drag && !drag.moved && !drag.strip) choose(operationAt(x, y));
    drag = null;
    canvas.classList.remove("dragging");
  });
  canvas.addEventListener("pointercancel", () => (drag = null));
  canvas.addEventListener("pointerleave", () => hover(-1, -1));
  canvas.addEventListener("wheel", (event) => wheel(event, place(event)[0]), { passive: false });
}

function hover(x, y) {
  const found = operationAt(x, y);
  showHint(found, x, y);
  if (found !== view.hover) {
    view.hover = found;
    redraw();
  }
}

function moveStrip(x) {
  view.from = stripTick(x) - view.span / 2;
  redraw();
}

function wheel(event, x) {
  const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
  if (event.ctrlKey || event.metaKey) zoomAt(x, Math.exp(event.deltaY * 0.002));
  else if (sideways) view.from += sideways / scale();
  else {
    // At its end the board lets the page scroll on.
    const room = event.deltaY < 0 ? view.top > 0 : view.top < fullHeight() - bodyHeight();
    if (!room) return;
    view.top += event.deltaY;
  }
  event.preventDefault();
  hint.hidden = true;
  redraw();
}

const search = document.getElementById("search");

function matches(words) {
  const has = (text) => text.toLowerCase().includes(words);
  const pick = (list) => list.map(has);
  const found = { order: pick(names.order), item: pick(names.item), machine: pick(machines.names), demand: demands.names.map((name, d) => has(name) || has(demands.customers[d])) };
  const hits = new Uint8Array(COUNT);
  for (let i = 0; i < COUNT; i++)
    hits[i] = found.order[op.order[i]] || found.item[op.item[i]] || (op.machine[i] >= 0 && found.machine[op.machine[i]]) || (op.demand[i] >= 0 && found.demand[op.demand[i]]) ? 1 : 0;
  return hits;
}

function runSearch() {
  const words = search.value.trim().toLowerCase();
  const found = document.getElementById("found");
  view.hits = words ? matches(words) : null;
  const total = view.hits ? view.hits.reduce((sum, hit) => sum + hit, 0) : 0;
  found.textContent = words ? (total ? `${total.toLocaleString("en-GB")} operation${total === 1 ? "" : "s"}` : "nothing found") : "";
  fillTable();
  redraw();
}

function clearSearch() {
  search.value = "";
  runSearch();
}

function firstHit() {
  if (!view.hits) return;
  let best = -1;
  for (let i = 0; i < COUNT; i++) if (view.hits[i] && (best < 0 || op.setup[i] < op.setup[best])) best = i;
  if (best >= 0) choose(best, { reveal: true });
}

const MOST_ROWS = 200;

function fillTable() {
  const box = document.querySelector("details.asTable");
  if (!box.open) return;
  const chosen = [];
  for (let i = 0; i < COUNT; i++) if (view.hits ? view.hits[i] : view.chosen < 0 || related(i)) chosen.push(i);
  chosen.sort((a, b) => op.start[a] - op.start[b] || a - b);
  document.getElementById("tableNote").textContent =
    `${Math.min(MOST_ROWS, chosen.length)} of ${chosen.length.toLocaleString("en-GB")} operations, by start; a search or a chosen operation narrows them. All are in schedule.csv.`;
  document.querySelector("#table tbody").replaceChildren(...chosen.slice(0, MOST_ROWS).map(tableRow));
}

function tableRow(i) {
  const zone = zoneOf(names.plant[op.plant[i]]);
  const row = document.createElement("tr");
  const cells = [names.step[op.step[i]], names.item[op.item[i]], names.quantity[op.quantity[i]], machineName(i),
    op.setup[i] < op.start[i] ? dateText(op.setup[i], zone) : "", dateText(op.start[i], zone), dateText(op.end[i], zone),
    op.demand[i] >= 0 ? (isLate(op.demand[i]) ? "▲ " : "") + demands.names[op.demand[i]] : ""];
  row.append(element("th", orderName(i)), ...cells.map((cell) => element("td", cell)));
  return row;
}
