# Stand-ins for Stripe and for a mail server, to try the market out: the services' image, and the tools that `make run` uses.
#
#     docker build -f deploy/trial.Dockerfile -t tasuki-trial .
ARG BUILD_BASE=debian:bookworm-slim
ARG TASUKI_IMAGE=tasuki:latest

FROM ${BUILD_BASE} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-pip
COPY deploy/trial.lock /build/
RUN python3 -m pip install --no-cache-dir --no-deps --require-hashes --only-binary=:all: --target /trial -r /build/trial.lock

FROM ${TASUKI_IMAGE}
COPY --from=build /trial /opt/trial
COPY tools /app/tools
ENV PYTHONPATH=/opt/trial
