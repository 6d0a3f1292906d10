# Sees to the base image, debian:trixie-slim, and to the images built on it. It is pulled; where it cannot be, it is made
# with debootstrap from the place this machine's own packages come from. Sourced after compose/engine.sh.
# shellcheck shell=bash
: "${root:?}"

base_image=debian:trixie-slim

# apt_sources: "URI SUITE" for each binary package source, from one-line and from deb822 files.
apt_sources() {
  local folder=${APT_FOLDER:-/etc/apt} files=() file
  for file in "$folder"/sources.list "$folder"/sources.list.d/*.list "$folder"/sources.list.d/*.sources; do
    [ ! -f "$file" ] || files+=("$file")
  done
  [ ${#files[@]} -gt 0 ] || return 0
  awk '
    function flush(  i, j, uri, suite, n, m) {
      if (field["types"] ~ /(^| )deb( |$)/ && field["enabled"] !~ /no|false/) {
        n = split(field["uris"], uri, " "); m = split(field["suites"], suite, " ")
        for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) print uri[i], suite[j]
      }
      delete field; name = ""
    }
    FNR == 1 { flush() }
    /^[ \t]*#/ { next }
    FILENAME ~ /\.list$/ {
      if ($1 == "deb") { sub(/\[[^]]*\]/, ""); print $2, $3 }
      next
    }
    /^[ \t]*$/ { flush(); next }
    /^[ \t]/ { if (name != "") field[name] = field[name] " " $0; next }
    { name = tolower(substr($0, 1, index($0, ":") - 1)); field[name] = substr($0, index($0, ":") + 1) }
    END { flush() }' "${files[@]}"
}

# debian_root FOLDER [VARIANT]: a Debian 13 root in FOLDER. Each of the machine's sources is tried, then debootstrap's own default.
debian_root() {
  local target=$1 uri security
  command -v debootstrap >/dev/null || apt_install debootstrap debian-archive-keyring || return 1
  while read -r uri; do
    rm -rf "${target:?}"/*
    say "making a Debian 13 root with debootstrap${uri:+ from $uri}"
    # shellcheck disable=SC2086  # no source at all: debootstrap's default
    if debootstrap --variant=minbase trixie "$target" $uri >"$target.log" 2>&1 </dev/null; then
      security=$(apt_sources | awk '$2 ~ /^[a-z]+-security$/ && $1 ~ /security/ { print $1; exit }')
      [ -z "$security" ] || echo "deb $security trixie-security main" >>"$target/etc/apt/sources.list"
      rm -f "$target.log"
      return 0
    fi
  done < <(apt_sources | awk '$1 ~ /^(https?|file):/ && $2 !~ /security|updates|backports|\/$/ && !seen[$1]++ { print $1 }'; echo)
  tail -n 3 "$target.log" >&2
  return 1
}

# What Debian's slim images leave out: pages, translations and package lists.
slim_down() {
  printf 'path-exclude /usr/share/%s/*\n' doc man info locale >"$1/etc/dpkg/dpkg.cfg.d/slim"
  echo 'path-include /usr/share/doc/*/copyright' >>"$1/etc/dpkg/dpkg.cfg.d/slim"
  rm -rf "$1"/usr/share/{man,info,locale}/* "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*
  find "$1/usr/share/doc" -type f ! -name copyright -delete
}

base_image_up() {
  local folder
  docker image inspect "$base_image" >/dev/null 2>&1 && return 0
  say "pulling $base_image"
  timeout 300 docker pull -q "$base_image" >/dev/null 2>&1 && return 0
  say "it cannot be pulled here"
  if [ "$(id -u)" -ne 0 ]; then
    say "$base_image cannot be pulled, and only root can make it with debootstrap"
    return 1
  fi
  folder=$(mktemp -d /var/tmp/mooring-base.XXXXXX)
  if debian_root "$folder" && slim_down "$folder" &&
    tar -C "$folder" -c . | docker import --change 'CMD ["bash"]' - "$base_image" >/dev/null; then
    rm -rf "$folder"
    return 0
  fi
  rm -rf "$folder" "$folder.log"
  return 1
}

# The machine's proxy settings are for the build, not for the image: build arguments of these names are not kept in it.
# Host networking, because a resolver on 127.0.0.1 cannot be reached from the bridge.
image_build() { docker build --network host --build-arg http_proxy --build-arg https_proxy --build-arg no_proxy "$@"; }

# The toolchain stage has a tag made from its own text: a change of it builds a new one, and nothing else does.
toolchain_stage() { awk '/^FROM / { inside = ($NF == "toolchain") } inside' "$root/Dockerfile"; }
toolchain_tag() { printf 'mooring-toolchain:%s' "$(toolchain_stage | sha256sum | cut -c 1-12)"; }

toolchain_up() {
  docker image inspect "$(toolchain_tag)" >/dev/null 2>&1 && return 0
  say "building the toolchain image $(toolchain_tag)"
  toolchain_stage | image_build -q -t "$(toolchain_tag)" - >&2
}
