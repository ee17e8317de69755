// Rows of the two views. A row holds its operations by start, and how far any of them so far reaches,
// so that the first one in view is found by binary search even when they overlap.
function finished(row, list) {
  list.sort((a, b) => op.setup[a] - op.setup[b] || a - b);
  const reach = new Int32Array(list.length);
  let far = -1;
  list.forEach((i, n) => (reach[n] = far = Math.max(far, op.free[i], op.setup[i] + 1)));
  return Object.assign(row, { list: Int32Array.from(list), starts: Int32Array.from(list, (i) => op.setup[i]), reach });
}

// Lanes for operations of one row that are under way at the same time. On a machine a setup or teardown takes
// its place too; along an order only the runs do: the next setup may well be done before.
function laid(row, from = op.setup, until = op.free) {
  const lanes = [];
  row.lane = new Uint8Array(row.list.length);
  row.list.forEach((i, n) => {
    let lane = lanes.findIndex((end) => end <= from[i]);
    if (lane < 0) lane = Math.min(lanes.length, 7);
    lanes[lane] = until[i];
    row.lane[n] = lane;
  });
  row.lanes = Math.max(1, lanes.length);
  return row;
}

function machineRows() {
  const bySlot = new Map();
  const loose = new Map();
  for (let i = 0; i < COUNT; i++) {
    if (op.machine[i] < 0) continue;
    const [map, key] = op.slot[i] < 0 ? [loose, op.machine[i]] : [bySlot, op.slot[i]];
    if (!map.has(key)) map.set(key, []);
    map.get(key).push(i);
  }
  const order = machines.names.map((_, m) => m).sort((a, b) =>
    machines.plants[a].localeCompare(machines.plants[b]) || machines.centres[a].localeCompare(machines.centres[b]) ||
    machines.names[a].localeCompare(machines.names[b], undefined, { numeric: true }));
  const rows = [];
  let group = null;
  for (const m of order) {
    const slots = machines.slots[m].length ? machines.slots[m] : [-1];
    const head = [Object.keys(plan.zones.plants).length > 1 ? machines.plants[m] : "", machines.centres[m]].filter(Boolean).join(" · ");
    slots.forEach((slot, n) => {
      const list = slot < 0 ? loose.get(m) || [] : bySlot.get(slot) || [];
      const label = slots.length > 1 ? `${machines.names[m]} · ${n + 1}` : machines.names[m];
      rows.push(laid(finished({ label, note: machines.titles[m], rule: head !== group, machine: m, hours: hours[machines.hoursOf[m]] }, list)));
      group = head;
    });
  }
  return rows;
}

// Each demand is a row with its dates, followed by the orders that are made for it.
function orderRows() {
  const byOrder = new Map();
  for (let i = 0; i < COUNT; i++) {
    if (op.kind[i] === SHIP && op.demand[i] >= 0) continue;
    if (!byOrder.has(op.order[i])) byOrder.set(op.order[i], []);
    byOrder.get(op.order[i]).push(i);
  }
  const ofDemand = new Map();
  for (const list of byOrder.values()) {
    const demand = op.demand[list[0]];
    if (!ofDemand.has(demand)) ofDemand.set(demand, []);
    ofDemand.get(demand).push(finished({ label: orderName(list[0]), note: names.item[op.item[list[0]]], indent: true }, list));
  }
  const listed = demands.names.map((_, d) => d).sort((a, b) => asked(a) - asked(b) || due.planned[a] - due.planned[b]);
  const rows = [];
  for (const d of listed) {
    const made = (ofDemand.get(d) || []).sort((a, b) => a.starts[0] - b.starts[0]);
    // One order for one demand says it in one row.
    const single = made.length === 1;
    const row = single ? made[0] : finished({}, []);
    rows.push(laid(Object.assign(row, { label: demands.names[d], note: demands.items[d], indent: false, demand: d, rule: made.length > 1 }), op.start, op.end));
    if (!single) made.forEach((r) => rows.push(laid(r, op.start, op.end)));
  }
  const stray = ofDemand.get(-1) || [];
  stray.sort((a, b) => a.starts[0] - b.starts[0]).forEach((r, n) => rows.push(laid(Object.assign(r, { rule: !n }), op.start, op.end)));
  return rows;
}
