// Monaco asks for its workers by label. The names are constants that the build fills in; the URLs are relative to
// this module, so the page works under any path and the policy `worker-src 'self'` is enough.
const BY_LABEL = { json: JSON_WORKER, graphql: GRAPHQL_WORKER };

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    return new Worker(new URL(BY_LABEL[label] ?? EDITOR_WORKER, import.meta.url), { name: label });
  },
};
