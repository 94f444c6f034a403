// The rows under one axis, as a tree that the arrow keys walk. At most so many rows are drawn until more are asked for.
import { useRef, useState } from 'react';
import { Axis } from './axis.jsx';
import { Details } from './details.jsx';
import { unfolded } from './drawing.js';
import { Row } from './row.jsx';
import { step } from './steps.js';
import { grouped } from './words.js';

const ROWS = 200;

export function Waterfall({ drawing }) {
  const tree = useRef(null);
  const [folded, fold] = useState(() => new Set());
  const [most, setMost] = useState(ROWS);
  const [chosen, choose] = useState(null);
  const [pointed, point] = useState(null);
  const open = unfolded(drawing.rows, folded);
  const shown = open.slice(0, most);
  const reachable = shown.some(({ id }) => id === chosen) ? chosen : shown[0]?.id;
  const detailed = [pointed, chosen].map((id) => shown.find((row) => row.id === id)).find(Boolean);

  const focus = (id) => tree.current.querySelector(`[data-id="${id}"]`)?.focus();
  const toggle = (id) => fold((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]));
  const walk = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const done = step(event.key, shown, folded, idOf(event));
    if (!done) return;
    event.preventDefault();
    if (done.toggle) toggle(done.toggle);
    if (done.focus) focus(done.focus);
  };

  if (drawing.rows.length === 0) return <p>No field of this operation waited for anything: nothing to draw.</p>;
  return (
    <>
      <Axis drawing={drawing} />
      <div
        ref={tree}
        role="tree"
        aria-label="What ran, in the order of its beginning"
        className="plan-rows"
        style={{ '--step': `${(drawing.scale.step / drawing.scale.length) * 100}%` }}
        onKeyDown={walk}
        onFocus={(event) => choose(idOf(event))}
        onPointerOver={(event) => point(idOf(event))}
        onPointerLeave={() => point(null)}
        onClick={(event) => event.target.closest('.plan-fold:not(:empty)') && toggle(idOf(event))}
      >
        {shown.map((row) => (
          <Row
            key={row.id}
            row={row}
            scale={drawing.scale}
            chosen={row.id === chosen}
            reachable={row.id === reachable}
            folded={folded.has(row.id)}
          />
        ))}
      </div>
      {shown.length < open.length && (
        <button type="button" className="graphiql-button plan-more" onClick={() => setMost(most + ROWS)}>
          {`${grouped(shown.length)} of ${grouped(open.length)} rows are drawn: draw more`}
        </button>
      )}
      <Details row={detailed} ledger={drawing.ledger} />
    </>
  );
}

function idOf(event) {
  return event.target.closest('[role=treeitem]')?.dataset.id ?? null;
}
