import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer } from '../source/plan/answer.js';

const read = (answer) => readAnswer(JSON.stringify(answer));

test('an answer with a plan is drawn, with its cost and the number of its errors', () => {
  const extensions = { plan: { milliseconds: 3 }, cost: { cost: 101, limit: 10000 } };
  const answer = read({ data: null, errors: [{ message: 'late' }], extensions });
  assert.equal(answer.state, 'plan');
  assert.equal(answer.ledger.milliseconds, 3);
  assert.deepEqual(answer.cost, { cost: 101, limit: 10000 });
  assert.equal(answer.errors, 1);
});

test('nothing answered, nothing asked for and nothing run are told apart', () => {
  assert.equal(readAnswer('').state, 'none');
  assert.equal(readAnswer(null).state, 'none');
  assert.equal(read({ data: { a: 1 } }).state, 'without');
  assert.equal(read({ data: null, errors: [{ message: 'failed' }], extensions: { plan: null } }).state, 'without');
  assert.deepEqual(read({ errors: [{ message: 'Syntax Error' }] }), { state: 'refused', message: 'Syntax Error' });
});

test('a server that wants the token is told from one that refused for another reason', () => {
  const header = (name) => read({ errors: [{ message: 'm', extensions: { code: 'BAD_REQUEST', header: name } }] }).state;
  assert.equal(header('x-insitechart-operator'), 'token');
  assert.equal(header('x-insitechart-extensions'), 'refused');
});

test('what is no answer at all breaks nothing', () => {
  for (const text of ['Failed to fetch', '[]', 'null', '7', '"text"', '{}', '{"extensions": 3}', '{"errors": [null]}']) {
    assert.equal(readAnswer(text).state, 'refused', text);
  }
});

test('a ledger of another version is read as far as it goes', () => {
  const plan = {
    batches: [{ loader: 'Old', keys: 3, milliseconds: '4' }, null, 7],
    statements: [{ name: 'one', rows: 2, milliseconds: 1.5 }],
    fields: 'none',
    remembered: [{ fields: [1, 'a'] }],
  };
  const { ledger } = read({ data: {}, extensions: { plan } });
  assert.equal(ledger.milliseconds, null);
  assert.deepEqual(ledger.fields, []);
  assert.deepEqual(ledger.calls, []);
  assert.equal(ledger.batches.length, 3);
  assert.deepEqual(ledger.batches[0], {
    number: 0,
    loader: 'Old',
    fields: [],
    keys: 3,
    asked: null,
    memoryHits: null,
    redisHits: null,
    begin: null,
    milliseconds: null,
  });
  assert.equal(ledger.statements[0].begin, null);
  assert.deepEqual(ledger.remembered[0].fields, ['a']);
});
