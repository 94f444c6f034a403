// Tells from an answer's text, as the response pane holds it, whether there is a plan to draw, and if not, why.
import { readCost, readLedger } from './ledger.js';

export const TOKEN = 'x-insitechart-operator';

/**
 * Return one of
 *   { state: 'none' }                       nothing was answered yet
 *   { state: 'plan', ledger, cost, errors } the plan, and the number of errors beside the data
 *   { state: 'token', message }             the server wants the operator's token first
 *   { state: 'refused', message }           nothing ran
 *   { state: 'without' }                    something ran, and nobody asked for its plan, or the server knows none
 */
export function readAnswer(text) {
  if (!text) return { state: 'none' };
  const answer = parsed(text);
  const { plan, cost } = answer.extensions ?? {};
  const errors = Array.isArray(answer.errors) ? answer.errors : [];
  if (plan !== null && typeof plan === 'object' && !Array.isArray(plan)) {
    return { state: 'plan', ledger: readLedger(plan), cost: readCost(cost), errors: errors.length };
  }
  if ('data' in answer) return { state: 'without' };
  const message = typeof errors[0]?.message === 'string' ? errors[0].message : '';
  const token = errors.some((error) => error?.extensions?.header === TOKEN);
  return { state: token ? 'token' : 'refused', message };
}

function parsed(text) {
  try {
    const answer = JSON.parse(text);
    return answer !== null && typeof answer === 'object' ? answer : {};
  } catch {
    return {}; // the response pane also shows what is no JSON, such as a failure to reach the server
  }
}
