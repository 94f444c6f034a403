// Relay's runtime with an artifact whose text relay-compiler took out: what travels is its id.
import relay from 'relay-runtime';

import query from './relay/__generated__/StockCardQuery.graphql.js';
import { ADDRESS, show, variables, wire } from './wire.js';

const { Environment, Network, RecordSource, Store, fetchQuery } = relay;

for (const member of ['doc_id', 'documentId']) {
  const network = Network.create(async ({ id }, given) => {
    const body = JSON.stringify({ [member]: id, variables: given });
    const answer = await wire(ADDRESS, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return answer.json();
  });
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  show(await fetchQuery(environment, query, variables).toPromise());
}
