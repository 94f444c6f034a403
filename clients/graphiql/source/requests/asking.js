// Whether operations ask for their plan: off until switched on, then remembered by the browser, for all of its tabs.

const KEY = 'graphiql:insitechart-plan'; // under GraphiQL's prefix, so that its "Clear data" forgets this too
const HEADER = 'x-insitechart-extensions';
const NAMES = ['plan', 'cost'];

const listeners = new Set();
let on = localStorage.getItem(KEY) === 'on';

export const asksForPlan = () => on;

export function askForPlan(wanted) {
  on = wanted;
  try {
    if (on) localStorage.setItem(KEY, 'on');
    else localStorage.removeItem(KEY);
  } catch (error) {
    console.warn('The browser did not remember whether to ask for plans.', error);
  }
  for (const tell of listeners) tell();
}

/** Call `tell` at every change, here or in another tab of the browser; returns what ends that. */
export function whenAskingChanges(tell) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

addEventListener('storage', ({ key, newValue }) => {
  if (key !== KEY && key !== null) return; // null: all was cleared
  on = newValue === 'on';
  for (const tell of listeners) tell();
});

/** Return the headers that a person typed, with the plan asked for beside any other extension that they name. */
export function withPlan(headers) {
  const names = [];
  const others = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (name.toLowerCase() === HEADER) names.push(...String(value).split(',').map((each) => each.trim()));
    else others[name] = value;
  }
  return { ...others, [HEADER]: [...new Set([...names.filter(Boolean), ...NAMES])].join(', ') };
}
