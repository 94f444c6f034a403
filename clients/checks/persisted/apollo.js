// Apollo Client with its persisted-query link: by POST, then by GET for what has a hash.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { ADDRESS, show, variables, wire } from './wire.js';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const card = gql(readFileSync(new URL('StockCard.graphql', import.meta.url), 'utf8'));
const other = gql`
  query StockName($symbol: String!) {
    stock(symbol: $symbol) {
      name
    }
  }
`;

async function ask(useGETForHashedQueries, ...queries) {
  const link = new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(
    new HttpLink({ uri: ADDRESS, fetch: wire }),
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  for (const query of queries) {
    show((await client.query({ query, variables, fetchPolicy: 'network-only' })).data);
  }
}

await ask(false, card, card);
await ask(true, card, other, other);
