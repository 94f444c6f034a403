/**
 * @generated SignedSource<<e6a6cb1d0e1a760028f61a599fe53779>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
import { FragmentRefs } from "relay-runtime";
export type StockQuote_stock$data = {
  readonly id: string;
  readonly quote: {
    readonly at: string;
    readonly changePercent: number | null | undefined;
    readonly price: number;
    readonly volume: number;
  } | null | undefined;
  readonly " $fragmentType": "StockQuote_stock";
};
export type StockQuote_stock$key = {
  readonly " $data"?: StockQuote_stock$data;
  readonly " $fragmentSpreads": FragmentRefs<"StockQuote_stock">;
};

import StockQuoteRefetchQuery_graphql from './StockQuoteRefetchQuery.graphql';

const node: ReaderFragment = {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": {
    "refetch": {
      "connection": null,
      "fragmentPathInResult": [
        "node"
      ],
      "operation": StockQuoteRefetchQuery_graphql,
      "identifierInfo": {
        "identifierField": "id",
        "identifierQueryVariableName": "id"
      }
    }
  },
  "name": "StockQuote_stock",
  "selections": [
    {
      "alias": null,
      "args": null,
      "concreteType": "Quote",
      "kind": "LinkedField",
      "name": "quote",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "price",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "changePercent",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "volume",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "at",
          "storageKey": null
        }
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "id",
      "storageKey": null
    }
  ],
  "type": "Stock",
  "abstractKey": null
};

(node as any).hash = "d68b67d20a0435074254a196d30c9c7d";

export default node;
