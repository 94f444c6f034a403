// The operation in a few numbers.
import { count, grouped, milliseconds } from './words.js';

export function Totals({ totals }) {
  return (
    <dl className="plan-totals">
      {facts(totals).map(([term, value, note]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>
            {value}
            {note && <small> {note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function facts(totals) {
  const { cost } = totals;
  return [
    totals.milliseconds !== null && ['Took', milliseconds(totals.milliseconds)],
    ['SQL', count(totals.statements, 'statement'), totals.statements > 0 && milliseconds(totals.statementMilliseconds)],
    ['Batches', grouped(totals.batches)],
    ['Cache', count(totals.calls, 'call'), totals.unanswered > 0 && `${grouped(totals.unanswered)} not in time`],
    ['Keys', `${grouped(totals.asked)} asked`, `${grouped(totals.loaded)} loaded`],
    cost && ['Cost', grouped(cost.cost), cost.limit !== null && `of ${grouped(cost.limit)}`],
  ].filter(Boolean);
}
