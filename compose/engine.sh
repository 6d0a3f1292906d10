# Sees to a Docker engine and to Compose: finds them, else installs and starts them. Sourced by compose/up, compose/down
# and test/run, with `set -eu`. What is started here is written down in $engine_state, so that engine_stop ends that and
# nothing else. Where there can be no engine, engine_up fails and $engine_why says why, in one line.
# shellcheck shell=bash
# shellcheck disable=SC2034  # what is set here is read by who sources it

engine_state=/run/mooring-engine
engine_why=""
engine_started=no
compose=()

say() { printf '== %s\n' "$*" >&2; }

engine_answers() { command -v docker >/dev/null && timeout 20 docker version >/dev/null 2>&1; }

# The first that is there: Compose v2, then v1. Sets the array `compose`.
compose_find() {
  if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
  elif docker-compose version >/dev/null 2>&1; then
    compose=(docker-compose)
  else
    return 1
  fi
}

# apt_install NAME...: of each argument ("a|b" is a choice) the first that this distribution has. Quiet unless it fails.
apt_install() {
  local wanted=() choice name log
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    return 1
  fi
  log=$(mktemp)
  apt-get update -qq >"$log" 2>&1 || {
    cat "$log" >&2
    rm -f "$log"
    return 1
  }
  for choice in "$@"; do
    for name in ${choice//|/ }; do
      if apt-cache show "$name" >/dev/null 2>&1; then
        wanted+=("$name")
        break
      fi
    done
  done
  say "installing ${wanted[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${wanted[@]}" </dev/null >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
  }
  rm -f "$log"
}

engine_install() {
  local wanted=()
  # Debian 13 has the command line in a package of its own; before that it is in docker.io.
  command -v dockerd >/dev/null || wanted+=(docker.io iptables ca-certificates)
  command -v docker >/dev/null || wanted+=("docker-cli|docker.io")
  compose_find || wanted+=("docker-compose-v2|docker-compose")
  [ ${#wanted[@]} -eq 0 ] || apt_install "${wanted[@]}"
}

# Is process $1 a living dockerd? A dead one that nobody has reaped yet still has a name, but no program file.
is_dockerd() { [[ "$(readlink "/proc/$1/exe" 2>/dev/null)" == */dockerd* ]]; }

# Is a dockerd running, whether it answers or not? (pgrep may not be there.)
dockerd_runs() {
  local process
  for process in /proc/[0-9]*; do
    ! is_dockerd "${process#/proc/}" || return 0
  done
  return 1
}

# engine_wait SECONDS: until the engine answers, or no dockerd runs any more, or the time is up.
engine_wait() {
  local deadline=$((SECONDS + $1))
  until engine_answers; do
    if [ "$SECONDS" -ge "$deadline" ] || ! dockerd_runs; then
      return 1
    fi
    sleep 0.2
  done
}

# dockerd needs a working iptables. Where the kernel has no nf_tables the legacy variant may do; it is put first in
# dockerd's own PATH, because what the rest of the machine uses is not ours to change.
iptables_that_works() {
  if iptables -w -t nat -L -n >/dev/null 2>&1 || ! iptables-legacy -w -t nat -L -n >/dev/null 2>&1; then
    printf '%s' "$PATH"
    return
  fi
  mkdir -p "$engine_state/bin"
  ln -sf "$(command -v iptables-legacy)" "$engine_state/bin/iptables"
  ln -sf "$(command -v ip6tables-legacy)" "$engine_state/bin/ip6tables"
  printf '%s' "$engine_state/bin:$PATH"
}

# The first line in which dockerd says why it gave up.
engine_complaint() {
  { grep -m 1 '^failed to start' "$engine_state/dockerd.log" || tail -n 1 "$engine_state/dockerd.log"; } | cut -c 1-300
}

engine_start() {
  if [ -d /run/systemd/system ]; then
    # The distribution's own service: it stays, as any installed service does.
    systemctl start docker && engine_wait 60 && return 0
    engine_why="the docker service does not start (systemctl status docker)"
    return 1
  fi
  if dockerd_runs; then
    engine_wait 30 && return 0
    engine_why="a dockerd runs here but does not answer: $(docker version 2>&1 | tail -n 1)"
    return 1
  fi
  mkdir -p "$engine_state"
  # A machine without an init system may have no control groups mounted.
  [ -n "$(ls -A /sys/fs/cgroup 2>/dev/null)" ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null || true
  say "starting dockerd (log: $engine_state/dockerd.log)"
  # /var/run/docker.pid may be left from an engine that was killed; no dockerd runs, as was just seen.
  rm -f /var/run/docker.pid
  PATH=$(iptables_that_works) setsid dockerd </dev/null >"$engine_state/dockerd.log" 2>&1 &
  echo $! >"$engine_state/pid"
  engine_started=yes
  engine_wait 60 && return 0
  engine_why="dockerd does not start: $(engine_complaint)"
  engine_stop
  return 1
}

engine_up() {
  if ! engine_answers; then
    if [ "$(id -u)" -ne 0 ]; then
      engine_why="no Docker engine answers here, and only root can install or start one"
      return 1
    fi
    if ! engine_install; then
      engine_why="Docker is not here and cannot be installed from this machine's package sources"
      return 1
    fi
    engine_answers || engine_start || return 1
  fi
  if ! compose_find && ! { apt_install "docker-compose-v2|docker-compose" && compose_find; }; then
    engine_why="the Docker engine answers, but neither 'docker compose' nor docker-compose is here"
    return 1
  fi
}

# Ends the dockerd that engine_start wrote down, and waits until it is gone.
engine_stop() {
  local pid deadline
  [ -f "$engine_state/pid" ] || return 0
  pid=$(cat "$engine_state/pid")
  if is_dockerd "$pid"; then
    say "stopping the dockerd that was started here (pid $pid)"
    kill "$pid"
    deadline=$((SECONDS + 60))
    while is_dockerd "$pid" && [ "$SECONDS" -lt "$deadline" ]; do
      sleep 0.2
    done
  fi
  rm -f "$engine_state/pid"
  engine_started=no
}
