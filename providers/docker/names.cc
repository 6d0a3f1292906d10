#include "providers/docker/names.h"

#include <re2/re2.h>
#include <re2/stringpiece.h>

namespace mooring::docker {

std::string normalize(std::string_view text) {
  static const re2::RE2 word("([\\p{L}\\p{N}]+)");
  std::string result;
  re2::StringPiece rest(text.data(), text.size());
  re2::StringPiece part;
  while (re2::RE2::FindAndConsume(&rest, word, &part)) {
    if (!result.empty()) {
      result += '-';
    }
    result.append(part.data(), part.size());
  }
  return result;
}

std::string raw_service_name(const Container& container) {
  const std::string project = label_of(container.labels, kComposeProject);
  const std::string service = label_of(container.labels, kComposeService);
  return project.empty() || service.empty() ? container.name : service + "_" + project;
}

std::string service_name(const Container& container) {
  std::string name = normalize(raw_service_name(container));
  return name.empty() ? container.id.substr(0, 12) : name;
}

std::string label_for_people(const Container& container) {
  const std::string project = label_of(container.labels, kComposeProject);
  const std::string service = label_of(container.labels, kComposeService);
  if (project.empty() || service.empty()) {
    return container.name.empty() ? container.id.substr(0, 12) : container.name;
  }
  const std::string number = label_of(container.labels, kComposeNumber);
  return number.empty() ? project + "/" + service : project + "/" + service + "-" + number;
}

bool is_one_off(const Labels& labels) {
  const std::string value = label_of(labels, kComposeOneOff);
  return value == "True" || value == "true";
}

}  // namespace mooring::docker
