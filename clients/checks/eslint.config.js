// Lint rules for the schema, as Relay and the naming customs want it, and for the sample operations.
// Both are copies made by check.js: ESLint does not look outside its own folder.
import graphql from '@graphql-eslint/eslint-plugin';
import { buildSchema, isObjectType } from 'graphql';
import { readFileSync } from 'node:fs';

const SCHEMA = 'generated/schema.graphql';
const OPERATIONS = 'generated/operations/*.graphql';

const schema = buildSchema(readFileSync(new URL(SCHEMA, import.meta.url), 'utf8'));
const node = schema.getType('Node');
const withoutId = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.getInterfaces().includes(node))
  .map((type) => type.name);

// The server's SDL printer has no place for descriptions of directive arguments; those of all other inputs are required.
const original = graphql.rules['require-description'];
const requireDescription = {
  ...original,
  create(context) {
    const outside = (check) => (found) => found.parent?.kind === 'DirectiveDefinition' || check(found);
    return Object.fromEntries(Object.entries(original.create(context)).map(([at, check]) => [at, outside(check)]));
  },
};

const parsed = {
  languageOptions: {
    parser: graphql.parser,
    parserOptions: { graphQLConfig: { schema: SCHEMA, documents: OPERATIONS } },
  },
  plugins: { '@graphql-eslint': graphql, insitechart: { rules: { 'require-description': requireDescription } } },
};

export default [
  {
    ...parsed,
    files: [SCHEMA],
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // Candles and sentiment points are points of a series, not objects that anyone looks up by id; and connections
      // are not the only lists there are.
      '@graphql-eslint/relay-edge-types': ['error', { shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
      '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { types: withoutId } }],
      '@graphql-eslint/require-description': 'off',
      'insitechart/require-description': [
        'error',
        {
          types: true,
          DirectiveDefinition: true,
          EnumValueDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
        },
      ],
    },
  },
  {
    ...parsed,
    files: [OPERATIONS],
    rules: graphql.configs['flat/operations-recommended'].rules,
  },
];
