// Ticks as times of a plant. Formatters are kept: making one costs more than using it a thousand times.
const formatters = new Map();

function formatter(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formatters.get(key);
}

const instant = (tick) => new Date(plan.origin + tick * plan.tick);
const zoneOf = (plant) => plan.zones.plants[plant] || Object.keys(plan.zones.days)[0];
const clockText = (tick, zone) => formatter(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(instant(tick));
const dayText = (tick, zone) => formatter(zone, { weekday: "short", day: "numeric", month: "short" }).format(instant(tick)).replace(",", "");
const dateText = (tick, zone) => (tick < 0 || tick >= FAR ? "–" : `${dayText(tick, zone)} ${clockText(tick, zone)}`);
const monthText = (tick, zone) => formatter(zone, { month: "short", year: "numeric" }).format(instant(tick));
const numberText = (tick, zone) => formatter(zone, { day: "numeric" }).format(instant(tick));

function spanText(ticks) {
  const minutes = Math.round((ticks * plan.tick) / 60000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 72 * 60) return `${Math.floor(minutes / 60)} h${minutes % 60 ? " " + String(minutes % 60).padStart(2, "0") : ""}`;
  const whole = Math.round(minutes / 60);
  return `${Math.floor(whole / 24)} d${whole % 24 ? ` ${whole % 24} h` : ""}`;
}
