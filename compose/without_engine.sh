# What compose/up shows where there can be no Docker engine: Mooring, built in the toolchain, against the stand-in engine
# (test/drydock), whose containers are processes on loopback addresses. Sourced by compose/up, after it has defined
# show_requests and its kin. Everything started here ends with the script.
#
# shellcheck shell=bash
: "${root:?}" "${example:?}"

# In a process group of its own each, because `inside` may put a shell between.
start_in_background() {
  set -m
  inside "$@" >>build/demo/log 2>&1 &
  demo_groups+=($!)
  set +m
}

end_demo() {
  local group
  trap - EXIT INT TERM
  for group in "${demo_groups[@]}"; do
    kill -- "-$group" 2>/dev/null || true
  done
  wait
  toolchain_unmount
}

show_without_engine() {
  local program=build/release/mooring socket=$root/build/demo/docker.sock
  demo_groups=()
  # Processes of one machine have one host name.
  # shellcheck disable=SC2034  # compose/up reads it
  who=Name
  toolchain_without_engine || die "${toolchain_why:?}"
  trap end_demo EXIT
  trap 'exit 130' INT TERM
  mkdir -p build/demo
  : >build/demo/log
  # Without root the port of http cannot be had.
  [ "$(id -u)" -eq 0 ] || [ "$MOORING_PORT" != 80 ] || MOORING_PORT=8000
  check_ports
  say "building Mooring (the first time this takes some minutes)"
  if ! { inside cmake --preset release && inside cmake --build build/release --target mooring; } >build/demo/build.log 2>&1; then
    tail -n 40 build/demo/build.log
    die "Mooring does not build (all of it: build/demo/build.log)."
  fi
  say "starting the stand-in engine with two containers, and Mooring"
  start_in_background python3 test/drydock/example.py --socket "$socket" --example "$example" --scale 2 --program "$program"
  start_in_background "$program" --providers.docker.endpoint="unix://$socket" --providers.docker.exposedByDefault=false \
    --entryPoints.web.address="127.0.0.1:$MOORING_PORT" --entryPoints.traefik.address="127.0.0.1:$MOORING_API_PORT" --api.insecure=true
  wait_ready || {
    tail -n 20 build/demo/log
    die "Not ready after 60 seconds (all that was said: build/demo/log)."
  }
  show_requests
  show "The routing table (shortened), as JSON:" "curl http://127.0.0.1:$MOORING_API_PORT/api/status"
  curl -sS "http://127.0.0.1:$MOORING_API_PORT/api/status" | shorten
  echo
  echo "That was against a stand-in engine, and is ended now. With a Docker engine it keeps running, and can be scaled."
}
