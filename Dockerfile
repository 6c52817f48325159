# One image for every Python process of the platform; the command says which. The portal and its gateway are built in stages of their own, last.
FROM python:3.13-slim-trixie AS platform
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig-config fonts-babelstone-han postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 platform \
 && useradd --uid 10001 --gid platform --no-create-home --home-dir /tmp --shell /usr/sbin/nologin platform \
 && install -d -o platform -g platform -m 750 /var/lib/platform/files /var/lib/platform/cache
WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY shared shared
COPY services services
COPY ops ops
COPY docs/openapi.json docs/openapi.json
RUN python -m compileall -q shared services ops
USER 10001:10001

# The public image gives up root on its own; this one never has it.
FROM redis:8 AS redis
RUN install -d -o redis -g redis /data
USER redis

FROM node:24-slim AS portal
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM platform AS guides
COPY web/guides/pictures web/guides/pictures
COPY web/src/features/guides/made web/src/features/guides/made
RUN mkdir /tmp/guides && python -m ops.guides.paper /tmp/guides /tmp/cache

FROM nginx:1.28 AS gateway
# Its start fills in the template; the only folder it may write to is /tmp.
RUN rm -rf /etc/nginx/conf.d && ln -s /tmp /etc/nginx/conf.d
COPY gateway/nginx.conf /etc/nginx/nginx.conf
COPY gateway/headers.conf gateway/problems.conf gateway/proxy.conf /etc/nginx/platform/
COPY gateway/platform.conf.template /etc/nginx/templates/platform.conf.template
COPY docs/openapi.json docs/api.html /usr/share/nginx/html/
COPY --from=portal /build/web/dist /usr/share/nginx/html/portal
COPY --from=guides /tmp/guides /usr/share/nginx/html/portal/assets
EXPOSE 8080
USER 10001:10001
