import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { draw, unfolded } from '../source/plan/drawing.js';
import { facts, sentence } from '../source/plan/facts.js';
import { readCost, readLedger } from '../source/plan/ledger.js';

const watchlist = JSON.parse(readFileSync(new URL('watchlist.json', import.meta.url)));

const drawn = () => draw(readLedger(watchlist), readCost({ cost: 101, limit: 10000 }));
const outline = (rows) => rows.map(({ depth, kind, label }) => `${'  '.repeat(depth)}${kind} ${label}`);
const find = (rows, label) => rows.find((row) => row.label === label);

test('each row stands under what it belongs to, in the order of beginning', () => {
  assert.deepEqual(outline(drawn().rows), [
    'field stocks',
    '  batch StockPageByKey',
    '    statement stock_page',
    '  field nodes.quote',
    '    batch LatestPriceBySymbol',
    '      call mget',
    '      statement latest_prices',
    '      call mset',
    '  field nodes.last',
    '  field nodes.sentiment',
    '    batch SentimentByKey',
    '  field nodes.mentions',
    '    batch MentionPageByKey',
    '      statement mention_page',
    '    field nodes.stock',
    '      remembered StockBySymbol',
    'field trending',
    '  batch TrendingByKey',
    '    call mget',
    'statement feeds',
  ]);
});

test('the slowest path is the one whose last field ends last, with what it waited for', () => {
  const { rows, slowest } = drawn();
  assert.deepEqual(
    slowest.map(({ entry }) => entry.path),
    ['stocks', 'stocks.nodes.mentions', 'stocks.nodes.mentions.nodes.stock'],
  );
  assert.deepEqual(
    rows.filter(({ slow }) => slow).map(({ label }) => label),
    ['stocks', 'StockPageByKey', 'stock_page', 'nodes.mentions', 'MentionPageByKey', 'mention_page', 'nodes.stock'],
  );
});

test('a batch that two fields share is drawn once and told of by both', () => {
  const { ledger, rows } = drawn();
  for (const label of ['nodes.quote', 'nodes.last']) {
    const waited = facts(find(rows, label), ledger).find(([term]) => term === 'Waited for');
    assert.deepEqual(waited[1], ['LatestPriceBySymbol (#3)']);
  }
  assert.equal(rows.filter(({ label }) => label === 'LatestPriceBySymbol').length, 1);
});

test('shares of budgets, and a field over its own', () => {
  const { rows } = drawn();
  assert.equal(find(rows, 'stocks').share, 0.092);
  assert.ok(find(rows, 'nodes.mentions').share > 1);
  assert.equal(find(rows, 'nodes.stock').share, null);
  assert.match(sentence(find(rows, 'nodes.mentions')), /× 50, from 10\.0 ms, for 20\.7 ms, 138 % of its budget, on the/);
});

test('totals add up what the entries say', () => {
  const { totals, scale } = drawn();
  assert.deepEqual(totals, {
    milliseconds: 31.4,
    batches: 5,
    asked: 252,
    loaded: 66,
    statements: 4,
    statementMilliseconds: 7.7 + 3.6 + 19.2 + 0.4,
    calls: 3,
    unanswered: 1,
    cost: { cost: 101, limit: 10000 },
  });
  assert.equal(scale.length, 31.4);
});

test('folding a row hides all below it and nothing beside it', () => {
  const { rows } = drawn();
  const folded = new Set([find(rows, 'stocks').id, find(rows, 'TrendingByKey').id]);
  assert.deepEqual(outline(unfolded(rows, folded)), [
    'field stocks',
    'field trending',
    '  batch TrendingByKey',
    'statement feeds',
  ]);
});

test('without times there are rows and totals, no path and no bars', () => {
  const old = { batches: [{ loader: 'B', keys: 1, milliseconds: 2 }], statements: [{ name: 's', batch: 9 }] };
  const { rows, slowest, scale } = draw(readLedger(old), null);
  assert.deepEqual(outline(rows), ['batch B', 'statement s']);
  assert.deepEqual(slowest, []);
  assert.equal(scale.length, 1);
});

test('an empty ledger draws nothing', () => {
  assert.deepEqual(draw(readLedger({}), null).rows, []);
});

test('two records of one path, as an interface brings them, both stand', () => {
  const field = (coordinate, begin) => ({ path: 'node.stock', coordinate, parents: 1, begin, milliseconds: 1 });
  const fields = [field('Mention.stock', 1), field('Candle.stock', 2)];
  const { rows } = draw(readLedger({ fields, batches: [{ loader: 'B', fields: ['node.stock'], begin: 1, milliseconds: 1 }] }));
  assert.deepEqual(outline(rows), ['field node.stock', '  batch B', 'field node.stock']);
});

test('a thousand fields, each with a batch of its own, all have their rows', () => {
  const fields = Array.from({ length: 1000 }, (_, at) => ({ path: `a${at % 10}.b${at}`, begin: at, milliseconds: 1 }));
  const batches = fields.map(({ path, begin }) => ({ loader: 'B', fields: [path], begin, milliseconds: 1 }));
  assert.equal(draw(readLedger({ fields, batches }), null).rows.length, 2000);
});
