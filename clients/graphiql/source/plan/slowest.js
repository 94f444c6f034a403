// The slowest path: the fields, one under another, at whose end the answer waited longest, with the batch that each of
// them waited for and that batch's last statement or cache call.

/** Return { fields, ids }: rows from the top down, and the ids of all rows to highlight. Both empty without times. */
export function slowestPath(top) {
  const ends = new Map();
  settle(top, ends);
  const fields = [];
  for (let last = latest(top, ends, 'field'); last; last = latest(last.children, ends, 'field')) fields.push(last);
  const batches = batchesByField(top);
  const ids = new Set(fields.map(({ id }) => id));
  for (const field of fields) {
    const batch = latest(batches.get(field.entry.path) ?? [], ends);
    const leaf = batch && latest(batch.children, ends);
    for (const each of [batch, leaf]) if (each) ids.add(each.id);
  }
  return { fields, ids };
}

// Notes when the last of each row and of all below it ended.
function settle(rows, ends) {
  let last = null;
  for (const row of rows) {
    const below = settle(row.children, ends);
    const end = Math.max(row.end ?? -1, below ?? -1);
    if (end >= 0) ends.set(row.id, end);
    last = Math.max(last ?? -1, end);
  }
  return last;
}

function latest(rows, ends, kind) {
  const timed = rows.filter((row) => ends.has(row.id) && (!kind || row.kind === kind));
  return timed.reduce((found, row) => (!found || ends.get(row.id) > ends.get(found.id) ? row : found), undefined);
}

// A batch is drawn once, under the first field that asked; here it counts for each of them.
function batchesByField(rows, found = new Map()) {
  for (const row of rows) {
    if (row.kind === 'batch') {
      for (const path of row.entry.fields) {
        if (!found.has(path)) found.set(path, []);
        found.get(path).push(row);
      }
    }
    batchesByField(row.children, found);
  }
  return found;
}
