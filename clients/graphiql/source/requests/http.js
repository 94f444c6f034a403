// One operation as one POST. It can be stopped: the request is then aborted, and nothing of it is shown any more.

/** Return an async iterable of one result; GraphiQL stops one that is under way by its `return`. */
export function post(url, operation, headers) {
  const abort = new AbortController();
  const end = { done: true, value: undefined };
  const stopped = new Promise((resolve) => abort.signal.addEventListener('abort', () => resolve(end)));
  let sent = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (sent || abort.signal.aborted) return end;
      sent = true;
      const answered = answerTo(url, operation, headers, abort.signal).then((value) => ({ done: false, value }));
      return Promise.race([stopped, answered]);
    },
    async return() {
      abort.abort();
      return end;
    },
  };
}

async function answerTo(url, operation, headers, signal) {
  const request = { method: 'POST', body: JSON.stringify(operation), signal };
  try {
    request.headers = allHeaders(headers);
  } catch (error) {
    return failure(`Request not sent. Request headers: ${error.message}`);
  }
  let response;
  let text;
  try {
    response = await fetch(url, request);
    text = await response.text();
  } catch (error) {
    return failure(`The server could not be reached: ${error.message}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    return failure(`HTTP ${response.status}, and the answer is not JSON: ${text.slice(0, 500) || 'it is empty'}`);
  }
}

// By these, a document error comes back with its own status, as any client of the API would see it.
function allHeaders(typed) {
  const headers = new Headers({
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'content-type': 'application/json',
  });
  for (const [name, value] of Object.entries(typed ?? {})) headers.set(name, value);
  return headers;
}

const failure = (message) => ({ errors: [{ message }] });
