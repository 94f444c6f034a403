// The events of a subscription. GraphiQL's own way to them fails beside what it shows: of an operation that is refused
// it leaves a promise that nobody waits for.

/** Return what GraphiQL iterates over; a socket that closes is an error in words, of which it shows the message. */
export function followed(client, operation) {
  const events = client.iterate(operation);
  const next = events.next.bind(events);
  events.next = () => next().catch(raise);
  return events;
}

function raise(reason) {
  const closed = typeof reason?.code === 'number' && typeof reason.wasClean === 'boolean';
  throw closed ? new Error(`The socket closed: ${reason.code} ${reason.reason}`.trim()) : reason;
}
