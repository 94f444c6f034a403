// Compiled, never run: it holds the generated types to what the API promises of them.
import type { ResultOf } from '@graphql-typed-document-node/core';
import { ChartDocument, StockPageDocument, type StockPageQueryVariables, type TimeRange } from './generated/documents/graphql';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Holds<T extends true> = T;

type Stock = NonNullable<ResultOf<typeof StockPageDocument>['stock']>;
type Chart = NonNullable<NonNullable<ResultOf<typeof ChartDocument>['stock']>['priceSeries']>;

export type Promises = [
  Holds<Equal<Stock['symbol'], string>>, // never null
  Holds<Equal<Stock['marketCap'], number | null>>, // BigInt is a number
  Holds<Equal<NonNullable<Stock['quote']>['at'], string>>, // DateTime is a string
  Holds<Equal<NonNullable<Stock['sentiment']>['averageScore'], number | null>>, // null without mentions
  Holds<Equal<Chart['time'], Array<string>>>,
  Holds<Equal<Chart['volume'], Array<number>>>,
  Holds<Equal<TimeRange['from'], string>>,
  Holds<Equal<undefined extends StockPageQueryVariables['timeframe'] ? true : false, true>>, // has a default
  Holds<Equal<undefined extends StockPageQueryVariables['symbol'] ? true : false, false>>, // must be given
];
