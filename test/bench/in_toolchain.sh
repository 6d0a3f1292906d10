# shellcheck shell=bash
# in_toolchain SCRIPT [ARGUMENT...]: for a benchmark that lacks its tools here: runs it again in the toolchain, and ends with
# its status; what that took is stopped again. From the tree's root.
in_toolchain() {
  # shellcheck source=compose/engine.sh
  . compose/engine.sh
  # shellcheck source=compose/base_image.sh
  . compose/base_image.sh
  # shellcheck source=compose/toolchain.sh
  . compose/toolchain.sh
  if engine_up && base_image_up && toolchain_up; then
    # shellcheck disable=SC2034  # inside() reads it
    toolchain=image
  else
    toolchain_without_engine || {
      echo "$1: $toolchain_why" >&2
      exit 1
    }
  fi
  trap 'toolchain_unmount; [ "$engine_started" = no ] || engine_stop' EXIT
  inside "$@"
  exit
}
