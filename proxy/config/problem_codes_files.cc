// F: what is wrong with files of dynamic configuration.
#include <algorithm>
#include <array>

#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

constexpr auto kFiles = std::to_array<ProblemCode>({
    {"F001", "A file or directory that cannot be read",
     R"(What providers.file names is not there, may not be read, or is not a file. What it gave before stays in force, and it is looked at again.)",
     R"(error F001 dynamic/app.yml: permission denied)",
     R"(Check the path as the process sees it: inside the container, when it runs in one; and who may read it.)"},
    {"F002", "A Go template in a file",
     R"(The file has `{{ … }}`, which Traefik runs as a Go template. Mooring runs none; the file is not taken.)",
     R"(error F002 dynamic/app.yml:3: "{{" begins a Go template, which is not run here)",
     R"(Write the text that the template makes.)"},
    {"F003", "One name in two files",
     R"(Two files of the directory define one router, middleware, service or transport. The file whose path comes first is in force.)",
     R"(error F003 dynamic/b.yml: router "web" is also defined by dynamic/a.yml)", R"(Give one of them another name.)"},
    {"F004", "A key that only labels have",
     R"(The key is the short form that labels use; in a file the long form stands. It is ignored.)",
     R"(error F004 dynamic/app.yml:5: http.services.web.loadBalancer.server.port is a label's key)",
     R"(Write the long form: `loadBalancer.servers: [{url: "http://10.0.0.5:8080"}]`.)"},
    {"F005", "Too many, too large or too deep files",
     R"(A limit that protects the process: what is beyond it is not read.)",
     R"(error F005 dynamic/app.yml: the file is larger than 16 MiB)",
     R"(Split the file, or remove what does not belong there.)"},
});

static_assert(std::ranges::is_sorted(kFiles, {}, &ProblemCode::code));

}  // namespace

std::span<const ProblemCode> file_codes() {
  return kFiles;
}

}  // namespace mooring::config
