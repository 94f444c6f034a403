// Why there is no plan, and what brings one.
import { KEY_MAP, formatShortcutForOS } from '@graphiql/react';
import { TOKEN } from './answer.js';

const RUN = formatShortcutForOS(KEY_MAP.runQuery.key, 'Cmd');

export function Missing({ answer, asks }) {
  return <div className="plan-missing">{reason(answer, asks)}</div>;
}

function reason({ state, message }, asks) {
  if (state === 'token') return <Token message={message} />;
  if (state === 'refused') return <Refused message={message} />;
  if (!asks) {
    return (
      <>
        <p>
          Turn on <b>Ask for the plan</b>, then run an operation ({RUN}). Its answer tells which fields, batches, SQL
          statements and cache calls it took, and when each began and ended; this panel draws them.
        </p>
        <p>While it is on, every answer is made anew: none comes from the cache of whole answers.</p>
      </>
    );
  }
  if (state === 'without') {
    return (
      <>
        <p>This answer brought no plan.</p>
        <p>
          If it came before the switch was on, run the operation again ({RUN}). Events of a subscription come over a
          WebSocket, which carries no plans; and a server older than this page may know none.
        </p>
      </>
    );
  }
  return <p>Run an operation ({RUN}): its plan will be drawn here.</p>;
}

function Refused({ message }) {
  return (
    <>
      <p>Nothing ran, so there is nothing to draw.</p>
      {message && <blockquote>{message}</blockquote>}
    </>
  );
}

function Token({ message }) {
  return (
    <>
      <p>The server shows plans to its operators only. Add the token to the Headers below the query:</p>
      <pre>{`{ "${TOKEN}": "…" }`}</pre>
      <blockquote>{message}</blockquote>
    </>
  );
}
