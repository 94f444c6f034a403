import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barOf, scaleTo } from '../source/plan/scale.js';
import { step } from '../source/plan/steps.js';
import { milliseconds, share } from '../source/plan/words.js';

const ROWS = [
  { id: 'a', branches: 2, parent: null },
  { id: 'b', branches: 0, parent: 'a' },
  { id: 'c', branches: 1, parent: 'a' },
];
const press = (key, id, folded = []) => step(key, ROWS, new Set(folded), id);

test('arrows walk the rows and stop at both ends', () => {
  assert.deepEqual(press('ArrowDown', 'a'), { focus: 'b' });
  assert.deepEqual(press('ArrowDown', 'c'), { focus: 'c' });
  assert.deepEqual(press('ArrowUp', 'a'), { focus: 'a' });
  assert.deepEqual(press('Home', 'c'), { focus: 'a' });
  assert.deepEqual(press('End', 'a'), { focus: 'c' });
});

test('right opens or goes in, left closes or goes out, Enter does either', () => {
  assert.deepEqual(press('ArrowRight', 'c', ['c']), { toggle: 'c' });
  assert.deepEqual(press('ArrowRight', 'a'), { focus: 'b' });
  assert.deepEqual(press('ArrowRight', 'b'), {});
  assert.deepEqual(press('ArrowLeft', 'a'), { toggle: 'a' });
  assert.deepEqual(press('ArrowLeft', 'a', ['a']), {});
  assert.deepEqual(press('ArrowLeft', 'b'), { focus: 'a' });
  assert.deepEqual(press('ArrowLeft', 'c', ['c']), { focus: 'a' });
  assert.deepEqual(press('Enter', 'a'), { toggle: 'a' });
  assert.deepEqual(press(' ', 'b'), {});
});

test('other keys and unknown rows are left alone', () => {
  assert.equal(press('Tab', 'a'), null);
  assert.equal(press('ArrowDown', 'gone'), null);
});

test('the axis has a few round ticks, whatever its length', () => {
  assert.deepEqual(scaleTo(31.4), { length: 31.4, step: 10, ticks: [0, 10, 20, 30] });
  for (const last of [0.003, 0.7, 9.99, 100, 1234.5, 60_000]) {
    const { step, ticks } = scaleTo(last);
    assert.ok(ticks.length >= 3 && ticks.length <= 6, `${last}: ${ticks}`);
    assert.ok([1, 2, 5].includes(Number(step.toExponential()[0])), `${last}: ${step}`);
  }
  assert.deepEqual(scaleTo(0).ticks, scaleTo(1).ticks);
});

test('bars lie within the axis; without times there is none', () => {
  assert.deepEqual(barOf({ begin: 10, end: 20 }, { length: 40 }), { left: 25, width: 25 });
  assert.deepEqual(barOf({ begin: -1, end: 90 }, { length: 40 }), { left: 0, width: 100 });
  assert.equal(barOf({ begin: null, end: null }, { length: 40 }), null);
});

test('numbers keep three digits that mean something', () => {
  const written = [0, 0.004, 0.046, 9.4, 12.34, 1234.5].map(milliseconds);
  assert.deepEqual(written, ['0.00 ms', '< 0.01 ms', '0.05 ms', '9.40 ms', '12.3 ms', '1,235 ms']);
  assert.deepEqual([0.002, 0.071, 0.29, 0.999, 1, 1.001, 12.5].map(share), ['< 1 %', '7 %', '29 %', '99 %', '100 %', '101 %', '1,250 %']);
  assert.equal(milliseconds(null), '');
});
