// Reads extensions.plan, whose form docs/ledger.md gives, without trusting it: another version of the server may leave
// members out. What is no finite number is null, what is no list is empty; times stay in milliseconds.

const number = (value) => (Number.isFinite(value) ? value : null);
const text = (value, otherwise = '') => (typeof value === 'string' ? value : otherwise);
const list = (value) => (Array.isArray(value) ? value : []);
const record = (value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {});
const texts = (value) => list(value).filter((each) => typeof each === 'string');
const records = (value, read) => list(value).map((each, index) => read(record(each), index));

const timed = (entry) => ({ begin: number(entry.begin), milliseconds: number(entry.milliseconds) });

function readField(entry) {
  return {
    path: text(entry.path),
    coordinate: text(entry.coordinate),
    parents: number(entry.parents),
    budget: number(entry.budget),
    ...timed(entry),
  };
}

function readBatch(entry, index) {
  const hits = record(entry.hits);
  return {
    number: index,
    loader: text(entry.loader, 'a loader'),
    fields: texts(entry.fields),
    keys: number(entry.keys),
    asked: number(entry.asked),
    memoryHits: number(hits.memory),
    redisHits: number(hits.redis),
    ...timed(entry),
  };
}

const readStatement = (entry) => ({
  name: text(entry.name, 'a statement'),
  rows: number(entry.rows),
  batch: number(entry.batch),
  failure: text(entry.failure, null),
  ...timed(entry),
});

const readCall = (entry) => ({
  name: text(entry.name, 'a call'),
  keys: number(entry.keys),
  batch: number(entry.batch),
  answered: entry.answered !== false,
  ...timed(entry),
});

const readRemembered = (entry) => ({
  loader: text(entry.loader, 'a loader'),
  keys: number(entry.keys),
  memoryHits: number(entry.memory),
  fields: texts(entry.fields),
});

/** Return { milliseconds, fields, batches, statements, calls, remembered } with every member there. */
export function readLedger(plan) {
  return {
    milliseconds: number(plan.milliseconds),
    fields: records(plan.fields, readField),
    batches: records(plan.batches, readBatch),
    statements: records(plan.statements, readStatement),
    calls: records(plan.calls, readCall),
    remembered: records(plan.remembered, readRemembered),
  };
}

/** Return { cost, limit }, or null where the answer does not say what the operation cost. */
export function readCost(cost) {
  const { cost: spent, limit } = record(cost);
  return Number.isFinite(spent) ? { cost: spent, limit: number(limit) } : null;
}
