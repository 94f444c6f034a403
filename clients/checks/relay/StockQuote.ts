// A fragment without a connection, refetched on its own by the stock's id.
import { graphql } from 'relay-runtime';

export const quote = graphql`
  fragment StockQuote_stock on Stock @refetchable(queryName: "StockQuoteRefetchQuery") {
    quote {
      price
      changePercent
      volume
      at
    }
  }
`;
