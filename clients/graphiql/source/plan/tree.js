// Puts a ledger's entries under one another: a field under the nearest field above its path, a batch under the first
// field that asked, statements and cache calls under their batch. What has no place there stands at the top.

/** Return the top rows; each row has `id`, `kind`, `label`, `entry`, `begin`, `milliseconds`, `end` and `children`. */
export function plant(ledger) {
  const top = [];
  const byPath = new Map();
  const fields = ledger.fields.map((entry, index) => row('field', index, entry.path, entry));
  for (const field of fields) if (!byPath.has(field.entry.path)) byPath.set(field.entry.path, field);
  for (const field of fields) {
    const above = nearest(byPath, parentPath(field.entry.path));
    if (above) field.label = field.entry.path.slice(above.entry.path.length + 1);
    (above?.children ?? top).push(field);
  }
  const under = (paths) => (nearest(byPath, paths[0] ?? '')?.children ?? top);
  const batches = ledger.batches.map((entry, index) => row('batch', index, entry.loader, entry));
  for (const batch of batches) under(batch.entry.fields).push(batch);
  const leaves = [
    ...ledger.statements.map((entry, index) => row('statement', index, entry.name, entry)),
    ...ledger.calls.map((entry, index) => row('call', index, entry.name, entry)),
  ];
  for (const leaf of leaves) (batches[leaf.entry.batch]?.children ?? top).push(leaf);
  ledger.remembered.forEach((entry, index) => {
    under(entry.fields).push(row('remembered', index, entry.loader, { ...entry, begin: null, milliseconds: null }));
  });
  return inOrder(top, () => 0);
}

function row(kind, index, label, entry) {
  const { begin, milliseconds } = entry;
  const end = begin === null || milliseconds === null ? null : begin + milliseconds;
  return { id: `${kind}-${index}`, kind, label, entry, begin, milliseconds, end, children: [] };
}

function parentPath(path) {
  return path.slice(0, Math.max(path.lastIndexOf('.'), 0));
}

function nearest(byPath, path) {
  for (let above = path; above; above = parentPath(above)) {
    const found = byPath.get(above);
    if (found) return found;
  }
  return undefined;
}

// By beginning; of what stands under a field, its own work comes before the fields below it. Sorting is stable: entries
// without a time keep the server's order, after the timed ones.
function inOrder(rows, rank) {
  rows.sort((one, other) => rank(one) - rank(other) || moment(one) - moment(other));
  for (const each of rows) inOrder(each.children, ownFirst);
  return rows;
}

const ownFirst = ({ kind }) => (kind === 'field' ? 1 : 0);
const moment = ({ begin }) => begin ?? Number.MAX_VALUE;
