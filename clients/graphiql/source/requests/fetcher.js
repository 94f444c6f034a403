// Sends what GraphiQL runs: subscriptions over a WebSocket, all else over HTTP, with the plan where it is asked for.
import { Kind, OperationTypeNode, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { asksForPlan, withPlan } from './asking.js';
import { followed } from './events.js';
import { post } from './http.js';

const INTROSPECTION = 'IntrospectionQuery'; // GraphiQL's own; what it costs is no answer to a person's question

/** Return GraphiQL's fetcher for the GraphQL endpoint at the URL `endpoint`. */
export function fetcherFor(endpoint) {
  const socket = new URL(endpoint);
  socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';
  const client = createClient({ url: socket.href, lazy: true });

  // GraphiQL parses what is typed after a pause. Run before it, a subscription would be sent as a query, and a document
  // of one operation under the name of the one that it replaced.
  return (operation, options = {}) => {
    const documentAST = parsed(operation.query);
    const definitions = documentAST?.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION) ?? [];
    const operationName = definitions.length === 1 ? definitions[0].name?.value : operation.operationName;
    const chosen = definitions.find(({ name }) => name?.value === operationName);
    const sent = { ...operation, operationName };
    if (chosen?.operation === OperationTypeNode.SUBSCRIPTION) return followed(client, sent);
    const asks = asksForPlan() && operationName !== INTROSPECTION;
    return post(endpoint.href, sent, asks ? withPlan(options.headers) : options.headers);
  };
}

function parsed(text) {
  try {
    return parse(text);
  } catch {
    return undefined; // the server says what is wrong with it
  }
}
