// A list that pages forward, as a table with a "load more" button; the connection is refetched through Query.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query StockTableQuery($filter: StockFilter, $count: Int!, $cursor: String) {
    ...StockTable_query @arguments(filter: $filter, count: $count, cursor: $cursor)
  }
`;

export const table = graphql`
  fragment StockTable_query on Query
  @argumentDefinitions(
    filter: { type: "StockFilter" }
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "StockTablePaginationQuery") {
    stocks(filter: $filter, first: $count, after: $cursor) @connection(key: "StockTable_stocks", filters: ["filter"]) {
      edges {
        node {
          id
          symbol
          name
          ...StockMentions_stock
        }
      }
    }
  }
`;
