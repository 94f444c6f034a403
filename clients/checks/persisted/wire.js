// A `fetch` that prints a line for each request: what named the document, and what came back.
export async function wire(input, init = {}) {
  const url = new URL(input);
  const method = init.method ?? 'GET';
  const sent = method === 'GET' ? Object.fromEntries(url.searchParams) : JSON.parse(init.body);
  const extensions = typeof sent.extensions === 'string' ? JSON.parse(sent.extensions) : sent.extensions;
  const hash = extensions?.persistedQuery?.sha256Hash;
  const id = sent.documentId ?? sent.doc_id;
  const named = [hash && `hash ${hash.slice(0, 8)}`, id && `id ${id.slice(0, 15)}`, sent.query && 'query'];
  const response = await fetch(input, init);
  const { errors } = await response.clone().json();
  const answer = errors ? (errors[0].extensions.code ?? errors[0].message) : 'data';
  console.log(`${method} ${named.filter(Boolean).join(' + ')} -> ${response.status} ${answer}`);
  return response;
}

export const ADDRESS = process.argv[2];
export const variables = { symbol: process.argv[3] ?? 'AAPL' };

export function show(data) {
  console.log(JSON.stringify(data));
}
