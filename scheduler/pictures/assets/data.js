// The plan, decoded once: one typed array per column, names in lists.
const FAR = 2147483647;
const plan = JSON.parse(document.getElementById("plan").textContent);

function column(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  const values = new Int32Array(bytes.length >> 2);
  for (let i = 0; i < values.length; i++) values[i] = view.getInt32(i * 4, true);
  return values;
}

const op = Object.fromEntries(Object.entries(plan.operations.columns).map(([name, text]) => [name, column(text)]));
const names = plan.operations.names;
const demands = plan.demands;
const due = { requested: column(demands.requested), promised: column(demands.promised), planned: column(demands.planned) };
const machines = plan.machines;
const hours = machines.hours.map(column);
const dayStarts = Object.fromEntries(Object.entries(plan.zones.days).map(([zone, text]) => [zone, column(text)]));
const COUNT = plan.operations.count;
const [MAKE, MOVE, SHIP] = [0, 1, 2];

const isLate = (demand) => demand >= 0 && demands.late[demand] > 0;
const asked = (demand) => (due.requested[demand] < FAR ? due.requested[demand] : due.promised[demand]);
const machineName = (i) => (op.machine[i] < 0 ? "" : machines.names[op.machine[i]]);
const orderName = (i) => names.order[op.order[i]];

// First index whose value is above `limit`, in an ascending array.
function firstAbove(values, limit, low = 0, high = values.length) {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
