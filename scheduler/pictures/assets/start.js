// Wiring, legend and the first picture.
function drawLegend() {
  const box = document.getElementById("legend");
  const parts = view.colour === "late"
    ? [[ink.ontime, "on time"], [ink.late, "late, with a cut corner"], [ink.frozen, "fixed"], [ink.free, "for stock"]]
    : view.colour === "family" ? plan.families.slice(0, 12).map((name, n) => [PALETTE[n % PALETTE.length], name]) : [[PALETTE[0], "one colour per order"]];
  parts.push([ink.setup, "setup, teardown", 0.4], [ink.closed, "closed"]);
  box.replaceChildren(...parts.map(([colour, word, share]) => legendPart(colour, word, share)));
  if (view.kind === "orders") box.append(element("span", "▽ requested  ▼ promised  ● planned"));
}

function legendPart(colour, word, share = 1) {
  const part = document.createElement("span"), patch = document.createElement("canvas");
  [patch.width, patch.height] = [32, 22];
  const pen = patch.getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 11 - 11 * share, 32, 22 * share);
  part.append(patch, word);
  return part;
}

function show(kind) {
  setRows(kind);
  document.querySelectorAll("[data-view]").forEach((button) => {
    button.setAttribute("aria-checked", String(button.dataset.view === kind));
    button.tabIndex = button.dataset.view === kind ? 0 : -1;
  });
  drawLegend();
  resized();
}

function listenToTools() {
  const views = [...document.querySelectorAll("[data-view]")];
  views.forEach((button, n) => {
    button.addEventListener("click", () => show(button.dataset.view));
    button.addEventListener("keydown", (event) => {
      if (!event.key.startsWith("Arrow")) return;
      const other = views[(n + 1) % views.length];
      other.focus();
      show(other.dataset.view);
    });
  });
  document.getElementById("colour").addEventListener("change", (event) => {
    view.colour = event.target.value;
    drawLegend();
    redraw();
  });
  const press = (id, act) => document.getElementById(id).addEventListener("click", act);
  press("fit", fit);
  press("week", () => showSpan(7));
  press("dayView", () => showSpan(1));
  press("in", () => zoomAt((size.width + LABEL) / 2, 0.6));
  press("out", () => zoomAt((size.width + LABEL) / 2, 1.6));
  search.addEventListener("input", runSearch);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") firstHit();
    if (event.key === "Escape") {
      clearSearch();
      choose(-1);
    }
  });
  document.querySelector("details.asTable").addEventListener("toggle", fillTable);
}

function offerZones() {
  const zones = Object.keys(plan.zones.days);
  const pick = document.getElementById("zone");
  pick.append(...zones.map((zone) => element("option", zone)));
  document.getElementById("zonePick").hidden = zones.length < 2;
  pick.addEventListener("change", () => {
    view.zone = pick.value;
    redraw();
  });
}

// A late order in the list leads to its operations on the board.
function linkLateOrders() {
  document.querySelectorAll("[data-demand]").forEach((cell) => {
    cell.tabIndex = 0;
    const follow = () => {
      search.value = cell.dataset.demand;
      runSearch();
      show("orders");
      firstHit();
      canvas.focus({ preventScroll: true });
      document.querySelector(".tools").scrollIntoView();
    };
    cell.addEventListener("click", follow);
    cell.addEventListener("keydown", (event) => event.key === "Enter" && follow());
  });
}

function resized() {
  fitCanvas();
  strip = null;
  redraw();
}

function freshColours() {
  readInk();
  drawLegend();
  redraw();
}

function forPaper() {
  readInk();
  fitCanvas();
  strip = null;
  draw();
}

readInk();
fitCanvas();
view.span = Math.min(plan.last * 1.03, 7 * DAY);
view.from = -view.span * 0.01;
show("machines");
offerZones();
listenToTools();
listenToKeys();
listenToMouse();
linkLateOrders();
new ResizeObserver(resized).observe(canvas.parentElement);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", freshColours);
window.addEventListener("beforeprint", forPaper);
window.addEventListener("afterprint", () => { freshColours(); resized(); });
draw();
document.documentElement.dataset.ready = "yes";
