// The page is the endpoint: GraphiQL talks to the path it was loaded from, whatever prefix a proxy put before it,
// over HTTP and, for subscriptions, over a WebSocket.
import './workers.js';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { createRoot } from 'react-dom/client';
import firstLook from '../../../graph/static/first_look.graphql';

const endpoint = new URL(window.location.pathname, window.location.origin);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

const send = createGraphiQLFetcher({
  url: endpoint.href,
  wsClient: createClient({ url: socket.href, lazy: true }),
  // A document error then comes back with its own status, as any client of the API would see it.
  headers: { Accept: 'application/graphql-response+json, application/json;q=0.9' },
});

// GraphiQL parses what is typed after a pause. Run before it, a subscription would be sent as a query, and a document of
// one operation under the name of the one that it replaced.
function fetcher(operation, options) {
  const documentAST = parsed(operation.query);
  const operations = documentAST?.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION) ?? [];
  const operationName = operations.length === 1 ? operations[0].name?.value : operation.operationName;
  return send({ ...operation, operationName }, { ...options, documentAST });
}

function parsed(text) {
  try {
    return parse(text);
  } catch {
    return undefined; // the server says what is wrong with it
  }
}

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL fetcher={fetcher} defaultQuery={firstLook} defaultEditorToolsVisibility={false} />,
);
