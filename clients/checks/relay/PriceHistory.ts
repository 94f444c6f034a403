// A connection that pages backward: candles ascend in time, so the newest page is the last one.
import { graphql } from 'relay-runtime';

export const history = graphql`
  fragment PriceHistory_stock on Stock
  @argumentDefinitions(count: { type: "Int", defaultValue: 100 }, cursor: { type: "String" })
  @refetchable(queryName: "PriceHistoryPaginationQuery") {
    prices(bucket: DAY, last: $count, before: $cursor) @connection(key: "PriceHistory_prices") {
      edges {
        node {
          time
          close
        }
      }
    }
  }
`;

export const query = graphql`
  query PriceHistoryQuery($symbol: String!) {
    stock(symbol: $symbol) {
      ...PriceHistory_stock
      ...StockQuote_stock
    }
  }
`;
