import { graphql } from 'relay-runtime';

export const card = graphql`
  query StockCardQuery($symbol: String!) {
    stock(symbol: $symbol) {
      symbol
      name
    }
  }
`;
