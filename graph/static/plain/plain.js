// Sends the form as one GraphQL request to the address this page came from and prints what comes back, as it came.
const form = document.getElementById('operation');
const status = document.getElementById('status');
const result = document.getElementById('result');
const button = form.querySelector('button');

function body() {
  const text = form.variables.value.trim();
  const variables = text ? JSON.parse(text) : {};
  if (variables === null || typeof variables !== 'object' || Array.isArray(variables)) {
    throw new SyntaxError('a JSON object is expected, such as {"symbol": "AAPL"}');
  }
  return JSON.stringify({ query: form.query.value, variables });
}

function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(payload) {
  const started = performance.now();
  const response = await fetch(window.location.pathname, {
    method: 'POST',
    headers: {
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      'Content-Type': 'application/json',
      ...(form.plan.checked && { 'x-insitechart-extensions': 'plan, cost' }),
    },
    body: payload,
  });
  const text = await response.text();
  status.value = `HTTP ${response.status}, ${Math.round(performance.now() - started)} ms`;
  result.textContent = readable(text);
}

async function run() {
  if (button.disabled) return;
  let payload;
  try {
    payload = body();
  } catch (error) {
    status.value = 'not sent';
    result.textContent = `Variables: ${error.message}`;
    return;
  }
  button.disabled = true;
  status.value = 'running';
  try {
    await send(payload);
  } catch (error) {
    status.value = 'no answer';
    result.textContent = `The server could not be reached: ${error.message}`;
  } finally {
    button.disabled = false;
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  run();
});
form.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
