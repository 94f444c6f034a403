// The switch that makes operations ask for their plan.
import { useSyncExternalStore } from 'react';
import { askForPlan, asksForPlan, whenAskingChanges } from '../requests/asking.js';

export function useAsking() {
  return useSyncExternalStore(whenAskingChanges, asksForPlan);
}

export function Switch({ asks }) {
  return (
    <label className="plan-switch" title="Sends x-insitechart-extensions: plan, cost with every query and mutation">
      <input type="checkbox" role="switch" checked={asks} onChange={(event) => askForPlan(event.target.checked)} />
      Ask for the plan
    </label>
  );
}
