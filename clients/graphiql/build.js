// Bundles GraphiQL, its three editor workers and their licences into graph/static/graphiql.
// Every name carries a hash of its content, so the server may let browsers keep each file for ever; manifest.json
// tells the server the two names that the page needs. The folder is swapped in whole: a running server never sees half a build.
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(here, process.argv[2] ?? '../../graph/static/graphiql');
const staging = `${target}.building-${process.pid}`;

const PAGE = 'source/graphiql.jsx';
const WORKERS = {
  EDITOR_WORKER: 'monaco-editor/esm/vs/editor/editor.worker.js',
  JSON_WORKER: 'monaco-editor/esm/vs/language/json/json.worker.js',
  GRAPHQL_WORKER: 'monaco-graphql/esm/graphql.worker.js',
};

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  metafile: true,
  outdir: staging,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  // GraphiQL's formatter imports these by names under which prettier exports CommonJS, where its parsers stay hidden.
  alias: {
    'prettier/parser-babel': 'prettier/plugins/babel',
    'prettier/parser-graphql': 'prettier/plugins/graphql',
  },
  loader: { '.ttf': 'file', '.graphql': 'text' },
  define: { 'process.env.NODE_ENV': '"production"' },
  target: ['chrome111', 'firefox115', 'safari16.4'],
  legalComments: 'linked',
  logLevel: 'warning',
};

function outputOf(result, entry) {
  const found = Object.entries(result.metafile.outputs).find(([, output]) => output.entryPoint?.endsWith(entry));
  if (!found) throw new Error(`the build made nothing of ${entry}`);
  const [name, { cssBundle }] = found;
  return { script: basename(name), style: cssBundle && basename(cssBundle) };
}

async function bundle() {
  const define = { ...shared.define };
  for (const [constant, entry] of Object.entries(WORKERS)) {
    const worker = await build({ ...shared, entryPoints: [entry], format: 'iife' });
    define[constant] = JSON.stringify(`./${outputOf(worker, entry).script}`);
  }
  const page = await build({
    ...shared,
    define,
    entryPoints: [PAGE],
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
  });
  return outputOf(page, PAGE);
}

async function compress() {
  for (const name of await readdir(staging)) {
    const content = await readFile(join(staging, name));
    await writeFile(join(staging, `${name}.gz`), gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
  }
}

try {
  await mkdir(staging, { recursive: true });
  const names = await bundle();
  await compress();
  await writeFile(join(staging, 'manifest.json'), `${JSON.stringify(names)}\n`);
  await rm(target, { recursive: true, force: true });
  await rename(staging, target);
} finally {
  await rm(staging, { recursive: true, force: true });
}
