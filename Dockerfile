# One process, not root, with an init that forwards signals and collects ended children.
# The servers are not in here: name them with INSITECHART_DATABASE_URL and INSITECHART_REDIS_URL (see compose.yaml).

# The GraphiQL page, served by the application itself.
FROM node:22.21-bookworm-slim AS page
WORKDIR /build/clients/graphiql
COPY clients/graphiql/package.json clients/graphiql/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY clients/graphiql ./
COPY graph/static /build/graph/static
RUN node build.js

FROM python:3.11.14-slim-bookworm AS application
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/insitechart
COPY requirements/container.lock /tmp/container.lock
RUN /opt/insitechart/bin/pip install --require-hashes -r /tmp/container.lock
WORKDIR /srv/insitechart
COPY pyproject.toml schema.graphql ./
COPY graph graph
COPY resolvers resolvers
COPY loaders loaders
COPY storage storage
COPY ingest ingest
COPY ops ops
COPY clients/operations clients/operations
COPY --from=page /build/graph/static/graphiql graph/static/graphiql
RUN /opt/insitechart/bin/pip install --no-index --no-deps --no-build-isolation -e . \
    && /opt/insitechart/bin/python -m compileall -q .

FROM python:3.11.14-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin insitechart
COPY --from=application /opt/insitechart /opt/insitechart
COPY --from=application /srv/insitechart /srv/insitechart
WORKDIR /srv/insitechart
ENV PATH=/opt/insitechart/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    INSITECHART_ENVIRONMENT=production \
    INSITECHART_HOST=0.0.0.0 \
    INSITECHART_PORT=8000
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['INSITECHART_PORT'] + '/livez', timeout=2)"]
ENTRYPOINT ["tini", "--", "insitechart"]
CMD ["serve"]
