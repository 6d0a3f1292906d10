// F: what is wrong with files of dynamic configuration.
#include <algorithm>
#include <array>

#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

constexpr auto kFiles = std::to_array<ProblemCode>({
    {"F001", "A file or directory that cannot be read",
     R"(What providers.file names is not there, may not be read, or is of a kind that is not read (.yml, .yaml and .toml are). What it gave before stays in force, but of a file that was deleted; it is looked at again.)",
     R"(error F001 app.yml: Permission denied; the last good version of the file stays in force)",
     R"(Check the path as the process sees it: inside the container, when it runs in one; and who may read it.)"},
    {"F002", "A Go template in a file",
     R"(The file has `{{ … }}`, which Traefik runs as a Go template. Mooring runs none; the file is refused as a whole, and its last good version stays in force.)",
     R"(error F002 app.yml:3: "{{" begins a Go template, which is known to Traefik and not done here; nothing of the file is in force)",
     R"(Write the text that the template makes.)"},
    {"F003", "One name in two files",
     R"(Two files of the directory define one router, middleware, service or transport. The file whose path comes first is in force.)",
     R"(error F003 b.yml: router "web" is defined in a.yml and in b.yml; the one of a.yml, the first by its path)",
     R"(Give one of them another name.)"},
    {"F004", "A key that only labels have",
     R"(The key is a form that labels alone use. A service that has it gets no endpoint, since it may have been its address; anything else goes on without it.)",
     R"(error F004 app.yml:5: "http.services.web.loadBalancer.server.port": this key is for labels alone; service "web" has no endpoint (503))",
     R"(Write the long form: `loadBalancer.servers: [{url: "http://10.0.0.5:8080"}]`.)",
     "write what it does in the file's own form, or remove it"},
    {"F005", "Too many, too large or too deep files",
     R"(A limit that protects the process: what is beyond it is not read.)",
     R"(error F005 app.yml: the file is larger than 64 MiB; nothing of the file is in force)",
     R"(Split the file, or remove what does not belong there.)"},
});

static_assert(std::ranges::is_sorted(kFiles, {}, &ProblemCode::code));

}  // namespace

std::span<const ProblemCode> file_codes() {
  return kFiles;
}

}  // namespace mooring::config
