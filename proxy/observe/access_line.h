// AccessLine: one line of the access log as Traefik writes it, in one of three formats:
//
// - common: client - user [time] "METHOD target HTTP/1.1" status bytes "referer" "agent" number "router" "server" 5ms
// - genericCLF: the same up to the agent
// - json: see access_json.h
//
// Referer and agent are "-" unless those headers are kept, as in Traefik. What came from a peer is escaped: no byte of
// it ends a field or a line, or acts on a terminal. Owned by one worker, used on its thread; its memory is used again.
// Source: traefik-compat 6.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/config/options.h"
#include "proxy/observe/access_fields.h"
#include "proxy/observe/access_json.h"
#include "proxy/observe/access_record.h"

namespace mooring::observe {

class AccessLine {
 public:
  // What is longer is cut. A request line has 32 KiB at most.
  static constexpr std::size_t kTextLength = 32 * 1024;

  explicit AccessLine(const config::AccessLogOptions& options = {})
      : format_(options.format), fields_(options.fields), json_(fields_) {}
  AccessLine(const AccessLine&) = delete;
  AccessLine& operator=(const AccessLine&) = delete;

  void format(const AccessRecord& record);
  // Whether a line has a number between its halves: the same for all of them.
  bool numbered() const;
  const AccessFields& fields() const { return fields_; }

  // Up to the line's number, and what follows it with the line feed. Good until the next format().
  std::string_view before_number() const { return before_; }
  std::string_view after_number() const { return after_; }

 private:
  void common(const AccessRecord& record);
  void header(std::string& out, const AccessRecord& record, http::FieldId id);
  std::string_view shown(AccessField field, std::string_view text) const;
  std::string_view time_of(std::chrono::system_clock::time_point time);

  const config::AccessLogFormat format_;
  const AccessFields fields_;
  AccessJson json_;
  std::string before_;
  std::string after_;
  std::string scratch_;
  std::int64_t second_ = -1;  // the one that time_ is for: made once a second
  std::string time_;
};

}  // namespace mooring::observe
