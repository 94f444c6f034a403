// A connection below a node: Relay refetches it by the stock's id through `node`.
import { graphql } from 'relay-runtime';

export const mentions = graphql`
  fragment StockMentions_stock on Stock
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
  @refetchable(queryName: "StockMentionsPaginationQuery") {
    mentions(first: $count, after: $cursor) @connection(key: "StockMentions_mentions") {
      edges {
        node {
          id
          text
          postedAt
        }
      }
    }
  }
`;
