#include "proxy/http/path.h"

#include <array>
#include <cstdint>

namespace mooring::http {
namespace {

enum CharacterClass : std::uint8_t {
  forbidden = 0,   // must be encoded in a path
  unreserved = 1,  // RFC 3986 section 2.3
  reserved = 2,    // may stand in a path, and means something else when it is encoded
  percent = 3,
};

constexpr std::array<std::uint8_t, 256> path_table() {
  std::array<std::uint8_t, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = unreserved;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = unreserved;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = unreserved;
  for (const char c : std::string_view("-._~")) table[static_cast<unsigned char>(c)] = unreserved;
  // '[' and ']' are not pchar, but reserved: browsers send them as they are, and rules keep them apart from %5B.
  for (const char c : std::string_view("/:@!$&'()*+,;=[]")) table[static_cast<unsigned char>(c)] = reserved;
  table['%'] = percent;
  return table;
}

constexpr std::array<std::uint8_t, 256> kClass = path_table();

std::uint8_t class_of(char c) {
  return kClass[static_cast<unsigned char>(c)];
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that "%XX" at `at` stands for, or -1.
int decoded(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

char* encode(char* to, int byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  *to++ = '%';
  *to++ = kDigits[static_cast<std::size_t>(byte) >> 4];
  *to++ = kDigits[static_cast<std::size_t>(byte) & 15];
  return to;
}

// One pass over the common case: nothing encoded, nothing forbidden, no "//" and no segment that begins with a dot.
bool is_plain(std::string_view path) {
  char last = 0;
  for (const char c : path) {
    const std::uint8_t kind = class_of(c);
    if (kind == forbidden || kind == percent) return false;
    if (last == '/' && (c == '/' || c == '.')) return false;
    last = c;
  }
  return true;
}

// Percent-encoding in its one form. `to` has room for three times the path. Null when malformed.
char* normalize_encoding(std::string_view path, char* to) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::uint8_t kind = class_of(path[i]);
    if (kind == forbidden) {
      to = encode(to, static_cast<unsigned char>(path[i]));
    } else if (kind != percent) {
      *to++ = path[i];
    } else {
      const int byte = decoded(path, i);
      if (byte < 0) return nullptr;
      if (kClass[static_cast<std::size_t>(byte)] == unreserved) {
        *to++ = static_cast<char>(byte);
      } else {
        to = encode(to, byte);
      }
      i += 2;
    }
  }
  return to;
}

// Resolves empty, "." and ".." segments in place; returns the new length. The path never climbs above "/".
std::size_t clean(char* path, std::size_t size) {
  std::size_t out = 0;  // path[0, out) is clean, and is empty or ends with a segment, not with '/'
  std::size_t in = 0;
  while (in < size) {
    const std::size_t begin = in + 1;  // path[in] is '/'
    std::size_t end = begin;
    while (end < size && path[end] != '/') ++end;
    const std::string_view segment{path + begin, end - begin};
    if (segment == "..") {
      out = std::string_view{path, out}.rfind('/');  // the last segment goes, with the '/' in front of it
      if (out == std::string_view::npos) out = 0;
    } else if (!segment.empty() && segment != ".") {
      path[out++] = '/';
      for (std::size_t i = begin; i < end; ++i) path[out++] = path[i];
    }
    in = end;
  }
  if (out == 0 || path[size - 1] == '/') path[out++] = '/';
  return out;
}

}  // namespace

std::optional<std::string_view> normalize_path(std::string_view path, Arena& arena, bool sanitized) {
  if (is_plain(path)) return path;
  auto* const to = static_cast<char*>(arena.allocate(path.size() * 3));
  const char* const end = normalize_encoding(path, to);
  if (end == nullptr) return std::nullopt;
  const auto size = static_cast<std::size_t>(end - to);
  return std::string_view{to, sanitized ? clean(to, size) : size};
}

bool has_encoded(std::string_view path, std::string_view bytes) {
  for (std::size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    const int byte = decoded(path, at);
    if (byte >= 0 && bytes.find(static_cast<char>(byte)) != std::string_view::npos) return true;
  }
  return false;
}

std::string_view decode_for_rules(std::string_view path, Arena& arena) {
  if (path.find('%') == std::string_view::npos) return path;
  auto* const decoded_path = static_cast<char*>(arena.allocate(path.size()));
  char* to = decoded_path;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int byte = path[i] == '%' ? decoded(path, i) : -1;
    // Of what is still encoded, '%', '?' and '#' are special to a URI beside the reserved characters of a path.
    const bool stays = byte < 0 || kClass[static_cast<std::size_t>(byte)] >= reserved || byte == '?' || byte == '#';
    if (stays) {
      *to++ = path[i];
    } else {
      *to++ = static_cast<char>(byte);
      i += 2;
    }
  }
  return {decoded_path, static_cast<std::size_t>(to - decoded_path)};
}

}  // namespace mooring::http
