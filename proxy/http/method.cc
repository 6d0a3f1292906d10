#include "proxy/http/method.h"

#include <algorithm>
#include <array>

namespace mooring::http {
namespace {

// In the order of Method.
constexpr std::array<std::string_view, 10> kMethods = {"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
                                                       "CONNECT", "OPTIONS", "TRACE", "PATCH", ""};

// What llhttp knows beside these, and lets through for HTTP. Sorted.
constexpr std::array<std::string_view, 26> kOthers = {
    "ACL",        "BIND",   "CHECKOUT", "COPY",      "LINK",     "LOCK",      "M-SEARCH", "MERGE",       "MKACTIVITY",
    "MKCALENDAR", "MKCOL",  "MOVE",     "NOTIFY",    "PROPFIND", "PROPPATCH", "PURGE",    "QUERY",       "REBIND",
    "REPORT",     "SEARCH", "SOURCE",   "SUBSCRIBE", "UNBIND",   "UNLINK",    "UNLOCK",   "UNSUBSCRIBE",
};
static_assert(std::ranges::is_sorted(kOthers));

}  // namespace

Method method_from(std::string_view text) {
  for (std::size_t i = 0; i + 1 < kMethods.size(); ++i) {
    if (kMethods[i] == text) return static_cast<Method>(i);
  }
  return Method::other;
}

bool is_known_method(std::string_view text) {
  return method_from(text) != Method::other || std::ranges::binary_search(kOthers, text);
}

std::string_view to_string(Method method) {
  return kMethods[static_cast<std::size_t>(method)];
}

}  // namespace mooring::http
