# One image for every Python process of the platform; the command says which. The portal and its gateway are built in stages of their own, last.
FROM python:3.13-slim-trixie AS platform
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig-config \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home platform \
 && install -d -o platform /var/lib/platform/files /var/lib/platform/cache
WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
ENV PATH=/opt/venv/bin:$PATH
COPY shared shared
COPY services services
COPY ops ops
COPY docs/openapi.json docs/openapi.json
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER platform

FROM node:24-slim AS portal
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM nginx:1.28 AS gateway
COPY gateway/proxy.conf /etc/nginx/proxy.conf
COPY gateway/platform.conf.template /etc/nginx/templates/platform.conf.template
COPY docs/openapi.json /usr/share/nginx/html/openapi.json
COPY --from=portal /build/web/dist /usr/share/nginx/html/portal
