import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: './schema.graphql',
  documents: ['./StockCard.graphql'],
  generates: {
    './codegen/': {
      preset: 'client',
      config: { scalars: { BigInt: 'number', DateTime: 'string' } },
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
    },
  },
};

export default config;
