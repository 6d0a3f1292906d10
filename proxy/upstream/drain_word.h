// The upstream's own word that it is about to end: the response field X-Mooring-Drain.
//
// Any value but 0 and false says so. The field is for us: it is bound to the connection (http/hop_by_hop.cc), so that
// no request brings it to an upstream that echoes what it is sent, and no answer to a client. Pure; any thread. For
// people: docs/endpoints.md.
#pragma once

#include "proxy/http/request_head.h"

namespace mooring::upstream {

// Takes the field out of `head`; true when it says that the endpoint drains.
bool take_drain_word(http::ResponseHead& head);

}  // namespace mooring::upstream
