// Runs the schema and the sample operations through what clients use: code generation, the TypeScript compiler,
// Relay's compiler and graphql-eslint; and the tests of GraphiQL's plan panel. Prints one line per tool, and its own
// words where it fails; then exits 1.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const schema = resolve(process.argv[2] ?? resolve(here, '../../schema.graphql'));
const generated = resolve(here, 'generated');
const MILLISECONDS = 60_000;
const panel = resolve(here, '../graphiql/tests');
const PANEL_TESTS = readdirSync(panel).filter((name) => name.endsWith('.test.js')).map((name) => resolve(panel, name));
const STEPS = [
  ['node', 'the plan panel', '--test', ...PANEL_TESTS],
  ['graphql-codegen', 'typed documents', '--config', 'codegen.ts'],
  ['tsc', 'the generated types', '--project', '.'],
  ['relay-compiler', 'connections and refetching', 'relay.config.json'],
  ['eslint', 'Relay, naming and description rules', 'generated/schema.graphql', 'generated/operations'],
];

if (!existsSync(schema)) {
  console.error(`clients-check: ${schema} is missing: run \`insitechart schema export\``);
  process.exit(1);
}
rmSync(generated, { recursive: true, force: true });
mkdirSync(resolve(generated, 'relay'), { recursive: true });
cpSync(schema, resolve(generated, 'schema.graphql'));
cpSync(resolve(here, '../operations'), resolve(generated, 'operations'), { recursive: true });

let failed = 0;
for (const [tool, subject, ...options] of STEPS) {
  const started = Date.now();
  const program = tool === 'node' ? process.execPath : resolve(here, 'node_modules/.bin', tool);
  const ran = spawnSync(program, options, {
    cwd: here,
    encoding: 'utf8',
    timeout: MILLISECONDS,
    env: { ...process.env, NO_COLOR: '1' },
  });
  const passed = ran.status === 0;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`clients-check: ${passed ? 'ok    ' : 'FAILED'} ${tool} (${subject}, ${seconds} s)`);
  if (passed) continue;
  failed += 1;
  console.error([ran.stdout, ran.stderr, ran.error?.message].filter(Boolean).join('\n'));
}
process.exit(failed ? 1 : 0);
