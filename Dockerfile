# The stages: toolchain (what builds and tests Mooring) -> build -> runtime (the last, so that `docker build .` gives
# what ships, with the classic builder too).
FROM debian:trixie-slim AS toolchain
ENV DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      g++ clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev llvm-19 cmake ninja-build ccache pkg-config git \
      libuv1-dev libllhttp-dev libcurl4-openssl-dev libssl-dev nlohmann-json3-dev libyaml-cpp-dev libre2-dev \
      libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev catch2 libbenchmark-dev \
      python3 shellcheck curl ca-certificates procps iproute2 \
      docker-cli docker-compose haproxy nginx-light wrk valgrind gdb \
 && rm -rf /var/lib/apt/lists/*

# .dockerignore lets through only what is compiled here, so a change of a test does not build the program again. The
# precompiled headers and the batches save compiler's time; the release preset without them is for everybody else.
FROM toolchain AS build
WORKDIR /src
COPY . .
RUN cmake --preset release -DMOORING_TESTS=OFF -DMOORING_PCH=ON -DMOORING_UNITY=ON \
 && cmake --build build/release --target mooring \
 && strip -o /usr/local/bin/mooring build/release/mooring

# Debian's packages rather than libraries copied out of the build stage: they come to less than 25 MB, and whoever scans
# the image sees what is in it. A library that is missing here fails the last command of the stage, not a user.
FROM debian:trixie-slim AS runtime
LABEL org.opencontainers.image.title="Mooring" \
      org.opencontainers.image.description="An edge proxy for Docker that ties each session to its container" \
      org.opencontainers.image.licenses="Apache-2.0"
# /run/mooring holds the control socket. The program may be started as any user and with no capability at all, so the
# folder is open like /tmp (the socket itself is not). `traefik` is there for what people have in their compose files:
# `exec traefik ...`, and a healthcheck that names it.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      libuv1t64 libllhttp9.2 libcurl4t64 libyaml-cpp0.8 libre2-11 libspdlog1.15 libfmt10 libssl3t64 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
 && install -d -m 1777 /run/mooring \
 && ln -s mooring /usr/local/bin/traefik
COPY --from=build /usr/local/bin/mooring /usr/local/bin/mooring
RUN ["mooring", "version"]
EXPOSE 80
# Started as root, the program binds its ports and then becomes an unprivileged user by itself (no USER, no file
# capability: one would make exec fail under `cap_drop: ALL`).
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["mooring", "healthcheck"]
ENTRYPOINT ["mooring"]
