import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

const stored = new Map();
const told = {};
let full = false;
globalThis.localStorage = {
  getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => {
    if (full) throw new DOMException('full', 'QuotaExceededError');
    stored.set(key, value);
  },
  removeItem: (key) => stored.delete(key),
};
globalThis.addEventListener = (type, tell) => (told[type] = tell);

const { askForPlan, asksForPlan, whenAskingChanges, withPlan } = await import('../source/requests/asking.js');
const { post } = await import('../source/requests/http.js');

beforeEach(() => {
  full = false;
  askForPlan(false);
});

test('nothing asks until told to, and what was told is remembered', () => {
  assert.equal(asksForPlan(), false);
  let changes = 0;
  const end = whenAskingChanges(() => (changes += 1));
  askForPlan(true);
  assert.equal(stored.get('graphiql:insitechart-plan'), 'on');
  end();
  askForPlan(false);
  assert.equal(stored.size, 0);
  assert.equal(changes, 1);
});

test('a switch in another tab of the browser counts here, and so does clearing all', () => {
  told.storage({ key: 'graphiql:insitechart-plan', newValue: 'on' });
  assert.equal(asksForPlan(), true);
  told.storage({ key: 'graphiql:theme', newValue: 'dark' });
  assert.equal(asksForPlan(), true);
  told.storage({ key: null, newValue: null });
  assert.equal(asksForPlan(), false);
});

test('with a full storage the switch still works, and the console says that it was not remembered', (context) => {
  const warn = context.mock.method(console, 'warn', () => {});
  full = true;
  askForPlan(true);
  assert.equal(asksForPlan(), true);
  assert.equal(warn.mock.callCount(), 1);
});

test('the header joins what a person typed, whatever its case, and leaves other headers alone', () => {
  const header = 'x-insitechart-extensions';
  assert.deepEqual(withPlan(undefined), { [header]: 'plan, cost' });
  assert.deepEqual(withPlan({ 'X-InsiteChart-Extensions': 'freshness,plan', a: 1 }), {
    a: 1,
    [header]: 'freshness, plan, cost',
  });
  assert.deepEqual(withPlan({ [header]: '' }), { [header]: 'plan, cost' });
});

async function resultOf(answer) {
  globalThis.fetch = answer;
  const { value, done } = await post('http://server/graphql', { query: '{ a }' }, { 'X-One': '1' }).next();
  assert.equal(done, false);
  return value;
}

test('an answer is one result, sent once', async () => {
  const requests = [];
  globalThis.fetch = async (url, request) => {
    requests.push(request);
    return new Response('{"data": {"a": 1}}');
  };
  const results = [];
  for await (const result of post('http://server/graphql', { query: '{ a }' }, { accept: 'application/json' })) {
    results.push(result);
  }
  assert.deepEqual(results, [{ data: { a: 1 } }]);
  assert.equal(requests.length, 1);
  assert.equal(requests[0].headers.get('accept'), 'application/json');
  assert.equal(requests[0].headers.get('content-type'), 'application/json');
});

test('failures are errors to read', async () => {
  const message = async (answer) => (await resultOf(answer)).errors[0].message;
  assert.match(await message(async () => Promise.reject(new TypeError('Failed to fetch'))), /not be reached: Failed/);
  assert.match(await message(async () => new Response('<h1>', { status: 502 })), /HTTP 502, .* not JSON: <h1>/);
  assert.match(await message(async () => new Response('', { status: 504 })), /it is empty/);
  const { value } = await post('http://server/graphql', {}, { 'no header': '1' }).next();
  assert.match(value.errors[0].message, /Request not sent\. Request headers: /);
});

test('stopping ends the request and whoever waits for it', async () => {
  let signal;
  globalThis.fetch = (url, request) => new Promise(() => ({ signal } = request));
  const results = post('http://server/graphql', { query: '{ a }' });
  const next = results.next();
  assert.deepEqual(await results.return(), { done: true, value: undefined });
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.equal(signal.aborted, true);
  assert.deepEqual(await results.next(), { done: true, value: undefined });
});
