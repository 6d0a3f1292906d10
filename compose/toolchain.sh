# Runs commands in the toolchain: the toolchain image; without an engine this machine itself where it has the libraries,
# else a Debian 13 root. Sourced after compose/engine.sh and compose/base_image.sh.
# `inside COMMAND...` runs one in the repository, at the same path as outside; what it builds goes to build/.
# shellcheck shell=bash
# shellcheck disable=SC2034  # what is set here is read by who sources it
: "${root:?}"

toolchain=none
toolchain_why=""
toolchain_root=/var/tmp/mooring-toolchain-root

docker_socket() {
  case ${DOCKER_HOST:-} in
    unix://*) printf '%s' "${DOCKER_HOST#unix://}" ;;
    *) printf '/var/run/docker.sock' ;;
  esac
}

# As the user who called, so that nothing in build/ is left to root; in the socket's group, for the end-to-end cases.
# TSan turns address randomization off for itself, which Docker's default seccomp profile forbids.
inside_image() {
  local socket options=()
  socket=$(docker_socket)
  options=(--rm --init --network host --security-opt seccomp=unconfined)
  options+=(-v "$root:$root" -w "$root" -v "$socket:/var/run/docker.sock")
  options+=(-e "CCACHE_DIR=$root/build/ccache" -e "HOME=/tmp" -e "CI=${CI:-}" -e "TZ=UTC")
  if [ "$(id -u)" -ne 0 ] && ! docker info -f '{{.SecurityOptions}}' | grep -q rootless; then
    options+=(--user "$(id -u):$(id -g)" --group-add "$(stat -c %g "$socket")")
  fi
  [ ! -t 1 ] || options+=(-t)
  docker run "${options[@]}" "$(toolchain_tag)" "$@"
}

inside_root() {
  # shellcheck disable=SC2016  # the inner shell expands
  chroot "$toolchain_root" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$root" \
    env "CCACHE_DIR=$root/build/ccache" HOME=/tmp LANG=C.UTF-8 "$@"
}

inside() {
  case $toolchain in
    image) inside_image "$@" ;;
    root) inside_root "$@" ;;
    here) CCACHE_DIR="$root/build/ccache" "$@" ;;
  esac
}

# The packages of the toolchain stage: the Dockerfile is the one place that lists them.
toolchain_packages() {
  toolchain_stage | awk '/apt-get install/ { on = 1; next } /^ *&&/ { on = 0 } on { gsub(/\\/, ""); print }'
}

toolchain_is_here() {
  command -v cmake ninja ccache python3 g++ >/dev/null &&
    [ "$(g++ -dumpversion | cut -d . -f 1)" -ge 14 ] &&
    pkg-config --atleast-version=1.50 libuv &&
    pkg-config --exists libcurl re2 yaml-cpp spdlog catch2-with-main 'libcrypto >= 3.5'
}

# Without an engine. Sets $toolchain, or $toolchain_why.
toolchain_without_engine() {
  local packages
  if toolchain_is_here; then
    toolchain=here
    return 0
  fi
  if [ "$(id -u)" -ne 0 ]; then
    toolchain_why="neither GCC 14 with the libraries is here, nor a Docker engine, nor is this root, which could make a Debian 13 root"
    return 1
  fi
  mkdir -p "$toolchain_root$root"
  if toolchain_mount_allowed; then
    toolchain_root_up && toolchain_mount && toolchain=root && return 0
    toolchain_why="a Debian 13 root with the toolchain cannot be made in $toolchain_root"
    return 1
  fi
  # A container without rights: nothing can be mounted in it, but it can be thrown away, so the packages may go right here.
  if grep -qsx 'VERSION_CODENAME=trixie' /etc/os-release && mapfile -t packages < <(toolchain_packages | xargs -n 1) &&
    apt_install "${packages[@]}"; then
    toolchain=here
    return 0
  fi
  toolchain_why="a Debian 13 root cannot be made here (mounting is not allowed), and this machine is not Debian 13 itself"
  return 1
}

# Made once; the file beside it says that it was finished.
toolchain_root_up() {
  [ ! -f "$toolchain_root.ready" ] || return 0
  debian_root "$toolchain_root" || return 1
  cp /etc/resolv.conf "$toolchain_root/etc/resolv.conf"
  chroot "$toolchain_root" apt-get update -qq >&2 || return 1
  # shellcheck disable=SC2046  # words wanted
  DEBIAN_FRONTEND=noninteractive chroot "$toolchain_root" \
    apt-get install -y -qq --no-install-recommends $(toolchain_packages) </dev/null >"$toolchain_root.log" 2>&1 || return 1
  touch "$toolchain_root.ready"
}

toolchain_mount_allowed() {
  local folder
  folder=$(mktemp -d)
  mount -t tmpfs tmpfs "$folder" 2>/dev/null && umount "$folder" && rmdir "$folder"
}

toolchain_mount() {
  mkdir -p "$toolchain_root$root"
  mountpoint -q "$toolchain_root/proc" || mount -t proc proc "$toolchain_root/proc" || return 1
  mountpoint -q "$toolchain_root/dev" || mount --bind /dev "$toolchain_root/dev" || return 1
  mountpoint -q "$toolchain_root$root" || mount --bind "$root" "$toolchain_root$root"
}

toolchain_unmount() {
  local folder
  [ "$toolchain" = root ] || return 0
  for folder in "$root" /dev /proc; do
    ! mountpoint -q "$toolchain_root$folder" || umount "$toolchain_root$folder"
  done
}
