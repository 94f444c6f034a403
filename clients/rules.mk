# Rules for what Node.js builds and checks; included by the Makefile. Paths are relative to the repository's root.
#   graphiql           builds GraphiQL, and fails where it cannot
#   graphiql-optional  for `serve`: builds it where Node.js is, never fails, and does not try a failed build again
#   clients-check      runs the schema through the tools that clients use, and the tests of what GraphiQL draws; says so
#                      where it cannot

GRAPHIQL_BUILD := graph/static/graphiql/manifest.json
GRAPHIQL_SOURCES := $(wildcard clients/graphiql/*.js clients/graphiql/*.json clients/graphiql/source/*.* \
	clients/graphiql/source/*/*) graph/static/first_look.graphql
GRAPHIQL_FAILED := build/graphiql.failed
# Packages come from the registry that npm is set up for; a machine without a way to it should learn so soon.
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-timeout=30000
NODE_FITS := command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null
AGAIN := $(MAKE) --no-print-directory -f $(firstword $(MAKEFILE_LIST))

.PHONY: graphiql graphiql-optional clients-check

graphiql: $(GRAPHIQL_BUILD) ## Build the GraphiQL page (needs Node.js 20 with npm)

$(GRAPHIQL_BUILD): $(GRAPHIQL_SOURCES)
	@$(NODE_FITS) || { echo "graphiql: Node.js 20 or newer with npm is needed" >&2; exit 1; }
	cd clients/graphiql && $(NPM_CI) && node build.js
	@rm -f $(GRAPHIQL_FAILED)

graphiql-optional:
	@if $(AGAIN) --question $(GRAPHIQL_BUILD); then :; \
	elif ! { $(NODE_FITS); }; then \
	  echo "graphiql: not built (Node.js 20 or newer with npm is needed); a plain query page stands in"; \
	elif [ -e $(GRAPHIQL_FAILED) ]; then \
	  echo "graphiql: not built; the last attempt failed, 'make graphiql' tries again"; \
	elif ! $(AGAIN) graphiql; then \
	  mkdir -p $(dir $(GRAPHIQL_FAILED)) && touch $(GRAPHIQL_FAILED); \
	  echo "graphiql: the build failed (see above); a plain query page stands in"; \
	fi

CHECKS_INSTALLED := clients/checks/node_modules/.package-lock.json

$(CHECKS_INSTALLED): clients/checks/package.json clients/checks/package-lock.json
	cd clients/checks && $(NPM_CI)
	@touch $@

clients-check: ## Check schema.graphql with code generators, Relay's compiler and lint rules (needs Node.js 20 with npm)
	@if $(NODE_FITS); then \
	  $(AGAIN) --silent $(CHECKS_INSTALLED) && cd clients/checks && node check.js; \
	else echo "clients-check: skipped, Node.js 20 or newer with npm is needed"; fi
