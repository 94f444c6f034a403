// Follows mentions with the clients that people use, graphql-ws or graphql-sse, and prints a line for each update and
// for the end: `node follow.js ws|sse URL SYMBOL`. The tests stop the server under it and start another one.
import { createClient as createEventStreamClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

const [kind, url, symbol] = process.argv.slice(2);
// The libraries' own back-off begins at a second, which is right between machines and long in a test.
const soon = () => new Promise((resolve) => setTimeout(resolve, 100));
const again = { retryAttempts: 50 };
const client =
  kind === 'ws'
    ? createSocketClient({
        url: url.replace(/^http/, 'ws'),
        webSocketImpl: WebSocket,
        retryWait: soon,
        shouldRetry: () => true, // a refused connection, too: by default only a socket that was open is opened again
        ...again,
      })
    : createEventStreamClient({ url, retry: soon, ...again });

const query = `subscription ($symbols: [String!]!) {
  mentionAdded(symbols: $symbols) { mention { text } }
}`;
client.subscribe(
  { query, variables: { symbols: [symbol] } },
  {
    next: ({ data, errors }) => console.log(errors ? JSON.stringify(errors) : data.mentionAdded.mention.text),
    error: (error) => console.log(`error: ${error.message ?? JSON.stringify(error)}`),
    complete: () => console.log('complete'),
  },
);
