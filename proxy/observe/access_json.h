// AccessJson: one line of the access log as a JSON object with Traefik's names, its keys sorted.
//
// In two halves, because RequestCount stands in the middle and is known by the writer only. `Failure` is ours: what
// went wrong, where something did. Header fields are `request_<Name>`, `origin_<Name>`, `downstream_<Name>`; what is
// longer than a line may be is cut, so that nobody can make his line too long to be written. Owned by an AccessLine, on
// its worker's thread. Source: traefik-compat 6.3.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/observe/access_fields.h"
#include "proxy/observe/access_record.h"
#include "proxy/observe/timestamp.h"

namespace mooring::observe {

class AccessJson {
 public:
  // Bytes of output: of one header field, and of all of one message together.
  static constexpr std::size_t kFieldLength = 4096;
  static constexpr std::size_t kFieldsLength = std::size_t{16} * 1024;

  explicit AccessJson(const AccessFields& fields) : fields_(fields) {}

  // `after` stays empty when no number is to be shown.
  void format(const AccessRecord& record, std::string& before, std::string& after);

 private:
  struct Header {
    std::string name;
    std::string value;
  };

  void client(const AccessRecord& record);
  void answer(const AccessRecord& record);
  void request(const AccessRecord& record, std::string& after);
  void target(const AccessRecord& record);
  void service(const AccessRecord& record);
  void times(const AccessRecord& record);
  void headers(std::string_view prefix, const http::HeaderMap* map);
  void collect(const http::HeaderMap& map);
  bool key(AccessField field);
  void key(std::string_view prefix, std::string_view name);
  void text(AccessField field, std::string_view value);
  void number(AccessField field, std::uint64_t value);
  void moment(std::chrono::system_clock::time_point time, bool local);

  const AccessFields& fields_;
  std::string* out_ = nullptr;  // the half that is written now
  std::vector<Header> headers_;
  std::string scratch_;
  ClockText utc_;
  ClockText local_;
};

}  // namespace mooring::observe
