// The head of the waterfall: the slowest path in words, and the ticks that all bars stand under.
import { grouped, milliseconds } from './words.js';

export function Axis({ drawing: { scale, slowest } }) {
  const last = slowest.at(-1);
  const digits = Math.max(0, -Math.floor(Math.log10(scale.step)));
  return (
    <>
      {last && (
        <p className="plan-slowest">
          Slowest path: <b>{last.entry.path}</b>, done at {milliseconds(last.end)}
        </p>
      )}
      <div className="plan-axis" aria-hidden="true">
        <span>ms</span>
        <span className="plan-ticks">
          {scale.ticks.map((tick) => (
            <span key={tick} style={{ left: `${(tick / scale.length) * 100}%` }}>
              {grouped(tick, digits)}
            </span>
          ))}
        </span>
        <span>took</span>
        <span>budget</span>
      </div>
    </>
  );
}
