// Request methods: text to Method and back, and which texts are methods at all.
//
// The known ones are those of llhttp for HTTP (RFC 9110, WebDAV, UPnP, PATCH, QUERY …); any other is answered with 501.
// Pure functions; any thread.
#pragma once

#include <string_view>

#include "proxy/http/request_head.h"

namespace mooring::http {

// Case-sensitive (RFC 9110 section 9.1). `other` for methods that nobody here tells apart, known or not.
Method method_from(std::string_view text);
bool is_known_method(std::string_view text);

// "GET" …; empty for `other`: the text is in RequestHead::method_text.
std::string_view to_string(Method method);

}  // namespace mooring::http
