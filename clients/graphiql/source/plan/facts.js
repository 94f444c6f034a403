// What is known of a row, in words: a short note beside its name, a sentence for those who hear it, and all of it.
import { count, grouped, milliseconds, share } from './words.js';

export const KINDS = { field: 'field', batch: 'batch', statement: 'SQL', call: 'cache', remembered: 'memory' };

const known = (value, ...words) => (value === null ? '' : count(value, ...words));

export function note({ kind, entry }) {
  if (kind === 'field') return entry.parents > 1 ? `× ${grouped(entry.parents)}` : '';
  if (kind === 'statement') return entry.failure ? `failed: ${entry.failure}` : known(entry.rows, 'row');
  if (kind === 'call') return entry.answered ? known(entry.keys, 'key') : 'no answer in time';
  return known(entry.keys, 'key');
}

export function sentence(row) {
  const { kind, label, entry, begin, slow } = row;
  return [
    `${KINDS[kind]} ${kind === 'field' ? entry.path : label}`,
    note(row),
    begin !== null && `from ${milliseconds(begin)}`,
    row.milliseconds !== null && `for ${milliseconds(row.milliseconds)}`,
    row.share !== null && `${share(row.share)} of its budget`,
    slow && 'on the slowest path',
  ]
    .filter(Boolean)
    .join(', ');
}

/** Return [term, value] pairs; a value is text, or a list of texts. `ledger` is the one that the row is of. */
export function facts(row, ledger) {
  return [...OF_KIND[row.kind](row, ledger), ...times(row)].filter(([, value]) => value?.length);
}

const OF_KIND = {
  field: ({ entry, share: part }, { batches, remembered }) => [
    ['Path', entry.path],
    ['Field', entry.coordinate],
    ['Resolved for', known(entry.parents, 'object')],
    ['Waited for', batches.filter(({ fields }) => fields.includes(entry.path)).map(named)],
    ['Known already', remembered.filter(({ fields }) => fields.includes(entry.path)).map(({ loader }) => loader)],
    ['Budget', part === null ? '' : `${share(part)} of ${milliseconds(entry.budget)} (90th percentile)`],
  ],
  batch: ({ entry }, { statements }) => [
    ['Batch', named(entry)],
    ['Asked by', entry.fields],
    ['Keys', entry.keys === null ? '' : `${grouped(entry.keys)}${asked(entry)}`],
    ['From Redis', known(entry.redisHits, 'key')],
    ['From memory', entry.memoryHits > 0 ? `${count(entry.memoryHits, 'key')} more` : ''],
    ['SQL', statements.filter(({ batch }) => batch === entry.number).map(({ name }) => name)],
  ],
  statement: ({ entry }, ledger) => [
    ['SQL statement', entry.name],
    ['Rows', entry.rows === null ? '' : grouped(entry.rows)],
    ['Failed with', entry.failure ?? ''],
    ['Batch', batchOf(entry, ledger)],
  ],
  call: ({ entry }, ledger) => [
    ['Cache call', entry.name],
    ['Keys', entry.keys === null ? '' : grouped(entry.keys)],
    ['Answered', entry.answered ? 'in time' : 'not in time'],
    ['Batch', batchOf(entry, ledger)],
  ],
  remembered: ({ entry }) => [
    ['Loader', entry.loader],
    ['Known', `${known(entry.keys, 'key')}: no batch was needed`],
    ['From memory', known(entry.memoryHits, 'key')],
    ['Asked by', entry.fields],
  ],
};

const named = ({ number, loader }) => `${loader} (#${number + 1})`;
const asked = ({ keys, asked: times }) => (times > keys ? `, asked for ${count(times, 'time')}` : '');

function batchOf({ batch }, { batches }) {
  return batches[batch] ? named(batches[batch]) : 'outside of batches';
}

function times({ begin, milliseconds: took, end }) {
  return [
    ['Took', took === null ? '' : milliseconds(took)],
    ['From', begin === null || end === null ? '' : `${milliseconds(begin)} to ${milliseconds(end)}`],
  ];
}
