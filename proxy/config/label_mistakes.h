// Mistakes that one container's labels show although each key is right, or nearly: the wrong form, lost dollar signs,
// settings that cancel each other. L015, L050, S02, S13.
//
// Pure, one pass over the labels; changes nothing of what is in force, the decoder has seen to that. Hashes and other
// secrets are never repeated. Any thread. Source: field notes 2.2 and 3 (mistakes 7 and 8).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "proxy/config/problem.h"

namespace mooring::config {

// What may be shown of a label's value, or of anything that was meant to be one: "…" where its key names a secret.
std::string shown_value(std::string_view key, std::string_view value);
// A key as it may be shown: "….users: admin:$apr1$…", where all of it is the key, holds the secret itself.
std::string shown_key(const std::string& key);

Problems find_label_mistakes(const std::map<std::string, std::string>& labels, std::string_view where);

// What is wrong with one item of basicAuth.users ("admin:$apr1$…"), or nothing. Names the user, not the hash.
std::string basic_user_fault(std::string_view item);
// The same of digestAuth.users ("admin:realm:<32 hex digits>").
std::string digest_user_fault(std::string_view item);

}  // namespace mooring::config
