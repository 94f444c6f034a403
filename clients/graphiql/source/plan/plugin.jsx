// The panel beside the docs and the history. It draws the plan of the answer that the response pane shows, whichever
// tab, run or event of a subscription that is of, by reading that pane's text: the two never tell of different answers.
import { pick, useGraphiQL } from '@graphiql/react';
import { useMemo, useRef } from 'react';
import { readAnswer } from './answer.js';
import { draw } from './drawing.js';
import { Missing } from './missing.jsx';
import './plan.css';
import { Switch, useAsking } from './switch.jsx';
import { Totals } from './totals.jsx';
import { Waterfall } from './waterfall.jsx';

function Panel() {
  const { tabs, activeTabIndex, isFetching } = useGraphiQL(pick('tabs', 'activeTabIndex', 'isFetching'));
  const tab = tabs[activeTabIndex];
  const { text, before } = useShown(tab?.id, tab?.response, isFetching);
  const asks = useAsking();
  const answer = useMemo(() => readAnswer(text), [text]);
  const drawing = useMemo(() => (answer.state === 'plan' ? draw(answer.ledger, answer.cost) : null), [answer]);
  return (
    <section aria-label="Plan" className="plan">
      <header className="plan-header">
        <h2>Plan</h2>
        <Switch asks={asks} />
      </header>
      <p role="status" className="plan-status">
        {statusOf(isFetching, before && drawing, answer)}
      </p>
      {drawing ? (
        <div aria-busy={isFetching} className={before ? 'plan-before' : undefined}>
          <Totals totals={drawing.totals} />
          <Waterfall key={`${tab.id} ${drawing.shape}`} drawing={drawing} />
        </div>
      ) : (
        !isFetching && <Missing answer={answer} asks={asks} />
      )}
    </section>
  );
}

// GraphiQL clears the response when a run begins. The drawing stays, dimmed, until the next answer takes its place:
// most answers are there before the eye has followed.
function useShown(tab, text, fetching) {
  const last = useRef({});
  if (text) last.current = { tab, text };
  const before = !text && fetching && last.current.tab === tab;
  return before ? { text: last.current.text, before } : { text, before };
}

function statusOf(fetching, before, { errors }) {
  if (fetching) return before ? 'Running. Below is the plan of the answer before.' : 'Running.';
  if (errors) return `${errors === 1 ? 'One error stands' : `${errors} errors stand`} beside the data.`;
  return '';
}

function Icon(props) {
  return (
    <svg height="1em" viewBox="0 0 14 14" fill="none" stroke="currentColor" strokeWidth="1.5" {...props}>
      <path d="M1 1V13M3 3H8M5 7H11M9 11H13" />
    </svg>
  );
}

export const PLAN_PLUGIN = { title: 'Plan', icon: Icon, content: Panel };
