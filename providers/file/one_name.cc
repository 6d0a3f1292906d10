#include "providers/file/one_name.h"

#include <memory>
#include <utility>

#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"

namespace mooring::file {

namespace {

using Owners = std::map<std::string, std::string>;

template <typename Map>
bool claims_all(Owners& owners, const std::string& kind, const Map& map, const std::string& file) {
  bool all = true;
  for (const auto& [name, config] : map) all = owners.try_emplace(kind + " " + name, file).first->second == file && all;
  return all;
}

template <typename Map>
void drop_taken(const Owners& owners, const std::string& kind, Map& map, config::Fragment& fragment) {
  std::erase_if(map, [&](const auto& item) {
    const std::string& owner = owners.at(kind + " " + item.first);
    if (owner == fragment.id) return false;
    config::Problem problem;
    problem.code = config::code::kFileTwice;
    problem.where = fragment.id;
    problem.text = kind + " " + config::quoted(item.first) + " is defined in " + config::printable(owner) + " and in " +
                   config::printable(fragment.id);
    problem.in_force = "the one of " + config::printable(owner) + ", the first by its path";
    problem.fix = "give one of them another name";
    fragment.problems.push_back(std::move(problem));
    return true;
  });
}

}  // namespace

config::FragmentPtr OneName::first_come(config::FragmentPtr fragment) {
  const config::Fragment& said = *fragment;
  bool all = claims_all(owners_, "router", said.routers, said.id);
  all = claims_all(owners_, "middleware", said.middlewares, said.id) && all;
  all = claims_all(owners_, "service", said.services, said.id) && all;
  all = claims_all(owners_, "servers transport", said.servers_transports, said.id) && all;
  if (all) return fragment;
  config::Fragment rest = said;
  drop_taken(owners_, "router", rest.routers, rest);
  drop_taken(owners_, "middleware", rest.middlewares, rest);
  drop_taken(owners_, "service", rest.services, rest);
  drop_taken(owners_, "servers transport", rest.servers_transports, rest);
  return std::make_shared<const config::Fragment>(std::move(rest));
}

}  // namespace mooring::file
