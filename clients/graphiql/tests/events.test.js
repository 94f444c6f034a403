import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followed } from '../source/requests/events.js';

/** A client whose socket brings these values, and then fails for this reason. */
function client(values, reason) {
  return {
    async *iterate() {
      yield* values;
      throw reason;
    },
  };
}

async function seen(reason) {
  const events = [];
  try {
    for await (const event of followed(client([1, 2], reason), {})) events.push(event);
  } catch (error) {
    return { events, error };
  }
}

test('a socket that closes is an error in words, after the events that came', async () => {
  const { events, error } = await seen({ code: 1012, reason: 'reconnect', wasClean: true });
  assert.deepEqual(events, [1, 2]);
  assert.equal(error.message, 'The socket closed: 1012 reconnect');
});

test('errors of the operation stay what the server said', async () => {
  const refused = [{ message: 'no', extensions: { code: 'VALIDATION_FAILED' } }];
  assert.equal((await seen(refused)).error, refused);
});

test('who stops is heard while nothing comes', async () => {
  let ended = false;
  const silent = { next: () => new Promise(() => {}), return: async () => ((ended = true), { done: true }) };
  const events = followed({ iterate: () => silent }, {});
  void events.next();
  await events.return();
  assert.equal(ended, true);
});
