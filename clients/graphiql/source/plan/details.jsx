// All that is known of the row under the pointer, or else of the chosen one.
import { facts } from './facts.js';

export function Details({ row, ledger }) {
  return (
    <aside aria-label="Details" className="plan-details">
      {row ? (
        <dl>
          {facts(row, ledger).map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              {[value].flat().map((each, index) => (
                <dd key={index}>{each}</dd>
              ))}
            </div>
          ))}
        </dl>
      ) : (
        <p>Point at a row, or choose one with the arrow keys, for its details.</p>
      )}
    </aside>
  );
}
