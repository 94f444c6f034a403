// One row: its name, its bar on the common axis, its time, and the share of its budget where it has one.
import { memo } from 'react';
import { KINDS, note, sentence } from './facts.js';
import { barOf } from './scale.js';
import { milliseconds, share } from './words.js';

export const Row = memo(function Row({ row, scale, chosen, reachable, folded }) {
  const bar = barOf(row, scale);
  return (
    <div
      role="treeitem"
      data-id={row.id}
      data-kind={row.kind}
      data-slow={row.slow || undefined}
      data-over={row.share > 1 || failed(row) || undefined}
      aria-label={sentence(row)}
      aria-level={row.depth + 1}
      aria-expanded={row.branches ? !folded : undefined}
      aria-selected={chosen}
      tabIndex={reachable ? 0 : -1}
      className="plan-row"
    >
      <span className="plan-name" style={{ '--depth': Math.min(row.depth, 8) }}>
        <span className="plan-fold">{row.branches ? (folded ? '▸' : '▾') : ''}</span>
        <span className="plan-kind">{KINDS[row.kind]}</span>
        <span className="plan-label">{row.label || 'unnamed'}</span>
        <small>{note(row)}</small>
      </span>
      <span className="plan-lane">
        {bar && <span className="plan-bar" style={{ left: `${bar.left}%`, width: `${bar.width}%` }} />}
      </span>
      <span className="plan-time">{milliseconds(row.milliseconds)}</span>
      <span className="plan-share">{row.share !== null && <span>{share(row.share)}</span>}</span>
    </div>
  );
});

function failed({ kind, entry }) {
  return (kind === 'statement' && entry.failure !== null) || (kind === 'call' && !entry.answered);
}
