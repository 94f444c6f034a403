// What the panel draws of one plan, worked out once per answer: rows with their depths, the axis, totals, the slowest path.
import { scaleTo } from './scale.js';
import { slowestPath } from './slowest.js';
import { plant } from './tree.js';

/**
 * Return { ledger, rows, shape, scale, slowest, totals }: `rows` is flat, from the top down, each with `depth`, `parent`,
 * `branches`, `slow` and `share` (of its budget); `shape` is the same for answers to one document.
 */
export function draw(ledger, cost) {
  const top = plant(ledger);
  const slowest = slowestPath(top);
  const rows = [];
  flatten(top, 0, null, (row) => rows.push({ ...row, slow: slowest.ids.has(row.id), share: budgetShare(row) }));
  const last = rows.reduce((latest, { end }) => Math.max(latest, end ?? 0), ledger.milliseconds ?? 0);
  const shape = ledger.fields.map(({ path }) => path).join(' ');
  return { ledger, rows, shape, scale: scaleTo(last), slowest: slowest.fields, totals: totalsOf(ledger, cost) };
}

/** Leave out what lies below the rows in `folded`, a set of ids. */
export function unfolded(rows, folded) {
  let deeper = Infinity;
  return rows.filter((row) => {
    if (row.depth > deeper) return false;
    deeper = folded.has(row.id) ? row.depth : Infinity;
    return true;
  });
}

function flatten(rows, depth, parent, each) {
  for (const row of rows) {
    each({ ...row, depth, parent, branches: row.children.length });
    flatten(row.children, depth + 1, row.id, each);
  }
}

function budgetShare({ entry, milliseconds }) {
  return entry.budget > 0 && milliseconds !== null ? milliseconds / entry.budget : null;
}

function totalsOf({ milliseconds, batches, statements, calls, remembered }, cost) {
  return {
    milliseconds,
    batches: batches.length,
    // A batch holds the keys that memory did not have; what memory had for its fields is counted beside them.
    asked: sum(batches, 'asked') + sum(batches, 'memoryHits') + sum(remembered, 'keys'),
    loaded: sum(batches, 'keys') - sum(batches, 'redisHits'),
    statements: statements.length,
    statementMilliseconds: sum(statements, 'milliseconds'),
    calls: calls.length,
    unanswered: calls.filter(({ answered }) => !answered).length,
    cost,
  };
}

function sum(entries, member) {
  return entries.reduce((total, entry) => total + (entry[member] ?? 0), 0);
}
