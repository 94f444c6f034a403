// urql with its persisted exchange, which asks, and registers, by GET. A GET has to prove that no foreign page sent it.
import { Client, fetchExchange, gql } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { readFileSync } from 'node:fs';

import { ADDRESS, show, variables, wire } from './wire.js';

const card = gql(readFileSync(new URL('StockCard.graphql', import.meta.url), 'utf8'));
for (const preferGetForPersistedQueries of ['force', false]) {
  const client = new Client({
    url: ADDRESS,
    fetch: wire,
    fetchOptions: { headers: { 'graphql-require-preflight': '1' } },
    preferGetMethod: preferGetForPersistedQueries,
    exchanges: [persistedExchange({ preferGetForPersistedQueries }), fetchExchange],
    requestPolicy: 'network-only',
  });
  for (let time = 0; time < 2; time += 1) {
    const { data, error } = await client.query(card, variables).toPromise();
    if (error) throw error;
    show(data);
  }
}
