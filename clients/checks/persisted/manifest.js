// Apollo Client whose ids come from the manifest that was registered, and a query that is in none.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';
import { readFileSync } from 'node:fs';

import { ADDRESS, show, variables, wire } from './wire.js';

const manifest = JSON.parse(readFileSync(new URL('apollo.json', import.meta.url), 'utf8'));
const card = gql(readFileSync(new URL('StockCard.graphql', import.meta.url), 'utf8'));
const ids = generatePersistedQueryIdsFromManifest({ loadManifest: async () => manifest });
const network = new HttpLink({ uri: ADDRESS, fetch: wire });
const client = (link) => new ApolloClient({ link, cache: new InMemoryCache() });

show((await client(new PersistedQueryLink(ids).concat(network)).query({ query: card, variables })).data);
const adHoc = gql`
  query AdHoc {
    freshness {
      feed
    }
  }
`;
await client(network)
  .query({ query: adHoc })
  .then(
    ({ data }) => show(data),
    () => console.log('refused'),
  );
