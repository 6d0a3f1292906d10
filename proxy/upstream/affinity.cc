#include "proxy/upstream/affinity.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace mooring::upstream {
namespace {

constexpr std::size_t kPartDigits = 16;

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

Digest digest(std::string_view text, const EVP_MD* algorithm) {
  Digest result{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), result.data(), &length, algorithm, nullptr);
  return result;
}

std::uint64_t head_of(const Digest& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(value); ++i) value = value << 8U | bytes[i];
  return value;
}

// Exactly 16 lower-case hex digits.
std::optional<std::uint64_t> parse_part(std::string_view text) {
  if (text.size() != kPartDigits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else {
      return std::nullopt;
    }
    value = value << 4U | digit;
  }
  return value;
}

}  // namespace

std::optional<AffinityCookie> AffinityCookie::parse(std::string_view value) {
  AffinityCookie cookie;
  std::array<std::uint64_t, kMaxParts + 1> numbers{};
  std::size_t count = 0;
  while (true) {
    if (count == numbers.size()) return std::nullopt;
    const auto part = parse_part(value.substr(0, kPartDigits));
    if (!part) return std::nullopt;
    numbers[count++] = *part;
    value.remove_prefix(kPartDigits);
    if (value.empty()) break;
    if (value.front() != '.') return std::nullopt;
    value.remove_prefix(1);
  }
  if (count < 2) return std::nullopt;
  cookie.count = count - 1;
  for (std::size_t i = 0; i < cookie.count; ++i) cookie.parts[i] = numbers[i];
  cookie.session = numbers[count - 1];
  return cookie;
}

std::string AffinityCookie::to_string() const {
  std::string text;
  text.reserve((count + 1) * (kPartDigits + 1));
  for (std::size_t i = 0; i < count; ++i) {
    text += hex16(parts[i]);
    text += '.';
  }
  return text + hex16(session);
}

std::uint64_t sha256_head(std::string_view text) {
  return head_of(digest(text, EVP_sha256()));
}

std::uint64_t keyed_head(std::string_view key, std::string_view text) {
  Digest result{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), result.data(), &length);
  return head_of(result);
}

std::string fnv1_hex(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash *= 0x100000001b3ULL;
    hash ^= static_cast<unsigned char>(c);
  }
  std::array<char, kPartDigits> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), hash, 16);
  return {digits.data(), end.ptr};
}

std::string hex16(std::uint64_t value) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(kPartDigits, '0');
  for (std::size_t i = kPartDigits; i-- > 0; value >>= 4U) text[i] = kDigits[value & 0xfU];
  return text;
}

std::string generated_cookie_name(std::string_view qualified_service) {
  const Digest hash = digest(std::string("_TRAEFIK_BACKEND_").append(qualified_service), EVP_sha1());
  return "_" + hex16(head_of(hash)).substr(0, 5);
}

std::string sanitized_cookie_name(std::string_view name) {
  static constexpr std::string_view kAllowed = "!#$%&'*+-.^`|~";
  std::string clean(name);
  for (char& c : clean) {
    const bool letter_or_digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter_or_digit && kAllowed.find(c) == std::string_view::npos) c = '_';
  }
  return clean;
}

std::uint64_t random_session() {
  // One call to the generator serves many sessions; what is left is this thread's alone.
  thread_local std::array<std::uint64_t, 32> reserve{};
  thread_local std::size_t left = 0;
  std::uint64_t session = 0;
  while (session == 0) {
    if (left == 0) {
      // The kernel's generator: no lock, and nothing that workers share. It cannot fail for so few bytes
      // (getentropy(3)).
      if (getentropy(reserve.data(), sizeof(reserve)) != 0) std::abort();
      left = reserve.size();
    }
    session = reserve[--left];
  }
  return session;
}

}  // namespace mooring::upstream
