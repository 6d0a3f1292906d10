#include "proxy/cli/version.h"

#include <openssl/crypto.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "mooring_version.h"
#include "proxy/cli/http_client.h"
#include "proxy/http/request_parser.h"
#include "proxy/loop/libuv_version.h"

namespace mooring::cli {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "gcc " __VERSION__;
#endif

#if defined(__x86_64__)
constexpr const char* kMachine = "linux/amd64";
#elif defined(__aarch64__)
constexpr const char* kMachine = "linux/arm64";
#else
constexpr const char* kMachine = "linux";
#endif

}  // namespace

std::string version_text(bool json) {
  nlohmann::ordered_json document;
  document["version"] = MOORING_VERSION;
  document["platform"] = kMachine;
  document["compiler"] = kCompiler;
  document["libuv"] = loop::libuv_version();
  document["llhttp"] = http::RequestParser::library_version();
  document["libcurl"] = http_client_version();
  document["openssl"] = OpenSSL_version(OPENSSL_VERSION_STRING);
  if (json) return document.dump();
  std::string text = "mooring " MOORING_VERSION " (";
  text.append(kMachine);
  for (const char* library : {"libuv", "llhttp", "libcurl", "openssl"}) {
    text.append(", ").append(library).append(" ").append(document[library].get<std::string>());
  }
  return text + ")";
}

int run_version(const VersionOptions& options) {
  std::puts(version_text(options.json).c_str());
  return 0;
}

}  // namespace mooring::cli
