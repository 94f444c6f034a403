import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: './generated/schema.graphql',
  documents: ['./generated/operations/*.graphql'],
  ignoreNoDocuments: false,
  generates: {
    './generated/documents/': {
      preset: 'client',
      config: {
        strictScalars: true,
        scalars: { BigInt: 'number', DateTime: 'string' },
        enumsAsTypes: true,
        useTypeImports: true,
      },
      presetConfig: { fragmentMasking: false },
    },
  },
};

export default config;
