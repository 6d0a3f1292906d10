// What comes from the engine's socket is trusted to be meant well, not to be well formed: every decoder takes any
// bytes, and what it gives can be built into a fragment.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "providers/docker/engine_json.h"
#include "providers/docker/fragment_builder.h"

namespace {

using namespace mooring;

void build(const docker::Container& container) {
  static const config::DockerOptions options;
  static const docker::FragmentBuilder builder(options);
  if (container.id.empty()) return;  // nobody can be asked about it: the table never gets so far
  docker::Surroundings around;
  around.find = [](std::string_view) -> const docker::Container* { return nullptr; };
  const docker::Built built = builder.build(container, around);
  if (built.fragment == nullptr) return;
  for (const auto& [name, router] : built.fragment->routers) {
    if (router.service.empty() && router.broken.empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto container = docker::decode_inspect(text)) build(*container);
  if (const auto list = docker::decode_list(text)) {
    for (const docker::Container& container : *list) build(container);
  }
  static_cast<void>(docker::decode_event(text));
  static_cast<void>(docker::decode_version(text));
  static_cast<void>(docker::decode_message(text));
  return 0;
}
