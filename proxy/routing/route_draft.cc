#include "proxy/routing/route_draft.h"

#include <algorithm>
#include <format>
#include <utility>
#include <variant>

#include "proxy/config/options_reader.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"
#include "proxy/routing/entry_point_routers.h"
#include "proxy/routing/route_table.h"
#include "proxy/routing/rule_parser.h"
#include "proxy/routing/rule_problems.h"
#include "proxy/routing/unknown_reference.h"
#include "proxy/upstream/affinity.h"

namespace mooring::routing {
namespace {

constexpr std::string_view kInternalSyntax = "default";  // as Traefik shows it

class Drafter {
 public:
  Drafter(RouteDraft& draft, const DraftInput& input, const RouteDraft* previous)
      : draft_(draft), route_(*draft.route), input_(input), previous_(previous) {}

  void run() {
    carry_over();
    resolve_entry_points();
    read_rule();
    resolve_middlewares();
    resolve_service();
    check_priority();
    if (!route_.config.broken.empty()) unserved(route_.config.broken);
  }

 private:
  std::string where() const {
    return draft_.router == nullptr || draft_.router->origins.empty() ? "mooring"
                                                                      : draft_.router->origins.front()->origin.label;
  }

  config::Problem& problem(std::string_view code, std::string text, std::string in_force, std::string fix) {
    config::Problem problem;
    problem.code = code;
    problem.where = where();
    problem.key = route_.name;
    problem.text = std::move(text);
    problem.in_force = std::move(in_force);
    problem.fix = std::move(fix);
    draft_.problems.push_back(std::move(problem));
    return draft_.problems.back();
  }

  void take(config::Problem problem) {
    problem.where = where();
    problem.key = route_.name;
    draft_.problems.push_back(std::move(problem));
  }

  // Its rule is matched, and it answers 503.
  void unserved(std::string why) {
    route_.status = RouteStatus::disabled;
    route_.unserved = route_.matcher != nullptr;
    route_.errors.push_back(std::move(why));
  }

  std::string not_served() const {
    return route_.matcher != nullptr ? "the router answers 503" : "the router matches nothing";
  }

  // It matches nothing.
  void disable(std::string why) {
    route_.status = RouteStatus::disabled;
    route_.unserved = false;
    route_.matcher = nullptr;
    route_.errors.push_back(std::move(why));
  }

  void carry_over() {
    route_.counters =
        previous_ != nullptr ? previous_->route->counters : std::make_shared<observe::Cells<RouteCounters>>();
    route_.priority = effective_priority(route_.config.rule, route_.config.priority);
    // Somebody who is alive and has the same rule comes first, whatever their names are.
    if (route_.config.ended) --route_.priority;
    if (route_.config.standby) {
      route_.status = RouteStatus::warning;
      route_.errors.emplace_back(
          "out of force: another generation of its Compose service is, which does not define it");
    }
    if (route_.config.default_rule) route_.recursion_mark = upstream::fnv1_hex(route_.name);
  }

  void resolve_entry_points() {
    if (route_.config.entry_points.empty()) {
      route_.entry_points = config::default_entry_points(input_.options);
      return;
    }
    std::vector<std::string> known;
    known.reserve(input_.options.entry_points.size());
    for (const auto& [name, options] : input_.options.entry_points) known.push_back(name);
    for (const std::string& name : route_.config.entry_points) {
      if (input_.options.entry_points.contains(name)) {
        if (std::ranges::find(route_.entry_points, name) == route_.entry_points.end()) {
          route_.entry_points.push_back(name);
        }
        continue;
      }
      const std::string near(config::nearest(name, known));
      std::string all;
      for (const std::string& one : known) all.append(all.empty() ? "" : ", ").append(one);
      route_.errors.push_back("entryPoint \"" + name + "\" doesn't exist");  // Traefik's words
      problem(config::code::kUnknownEntryPoint,
              std::format("entry point \"{}\" doesn't exist; there are: {}", name, all),
              "the router answers 503 on the entry points of its list that exist",
              near.empty() ? "use one of them" : "did you mean \"" + near + "\"?");
      bad_entry_point_ = true;
    }
    if (bad_entry_point_ && route_.entry_points.empty())
      route_.errors.emplace_back("no valid entryPoint for this router");
  }

  // Null: there is no such syntax, and nobody can say what the rule means.
  const RuleDialect* dialect() const {
    const std::string& syntax = route_.config.rule_syntax;
    if (syntax.empty()) {
      return input_.options.default_rule_syntax == config::RuleSyntax::v2 ? &dialect_v2() : &dialect_v3();
    }
    if (syntax == "v2") return &dialect_v2();
    return syntax == "v3" || syntax == kInternalSyntax ? &dialect_v3() : nullptr;
  }

  void read_rule() {
    // Said where it was read: a file's router that has none.
    if (route_.config.rule.empty() && !route_.config.broken.empty()) return disable(route_.config.broken);
    const RuleDialect* dialect = this->dialect();
    if (dialect == nullptr) {
      problem(config::code::kBadRule,
              "the rule syntax " + config::quoted(route_.config.rule_syntax) + " is neither v2 nor v3",
              "the router matches nothing", "v3, or take ruleSyntax away");
      return disable("unknown rule syntax");
    }
    auto rule = parse_rule(route_.config.rule, *dialect);
    if (!rule) {
      config::Problem unreadable = unreadable_rule(route_.config.rule, rule.error());
      unreadable.fix += other_syntax(*dialect);
      take(std::move(unreadable));
      return disable("unreadable rule: " + rule.error().message);
    }
    draft_.rule = std::move(*rule);
    draft_.canonical = canonical(*draft_.rule);
    for (config::Problem& useless : useless_parts(*draft_.rule)) take(std::move(useless));
    const Route* old = previous_ == nullptr ? nullptr : previous_->route.get();
    const bool same = old != nullptr && old->matcher != nullptr && old->config.rule == route_.config.rule &&
                      old->config.rule_syntax == route_.config.rule_syntax;
    route_.matcher = same ? old->matcher : std::make_shared<const Matcher>(*draft_.rule);
    if (!bad_entry_point_) return;
    route_.status = RouteStatus::disabled;
    route_.unserved = true;
  }

  // Whether it is a rule of the other version, as somebody has who comes from Traefik 2.
  std::string other_syntax(const RuleDialect& tried) const {
    const bool was_v2 = &tried == &dialect_v2();
    if (!parse_rule(route_.config.rule, was_v2 ? dialect_v3() : dialect_v2())) return {};
    return was_v2 ? "; or set ruleSyntax to v3" : "; or set ruleSyntax to v2";
  }

  void resolve_middlewares() {
    ResolvedChain chain = resolve_chain(route_.config.middlewares, input_.merged.middlewares);
    for (config::Problem& found : chain.problems) {
      unserved(found.text);
      found.where = where();
      found.key = route_.name;
      draft_.problems.push_back(std::move(found));
    }
    draft_.chain = std::move(chain.names);
    draft_.asked_middlewares = std::move(chain.asked);
    draft_.missing_middlewares = std::move(chain.missing);
    draft_.sticky_middleware = std::ranges::any_of(draft_.chain, [&](const std::string& name) {
      return std::holds_alternative<config::StickyConfig>(input_.merged.middlewares.at(name).config);
    });
  }

  void resolve_service() {
    route_.service = route_.config.service;
    if (route_.service.empty() && !route_.config.broken.empty()) return;  // said where it was read
    if (input_.internal_services.contains(route_.service)) return;
    const auto found = input_.merged.services.find(route_.service);
    if (found != input_.merged.services.end()) {
      draft_.service = &found->second;
      return;
    }
    std::vector<std::string_view> known;
    known.reserve(input_.merged.services.size());
    for (const auto& [name, service] : input_.merged.services) known.push_back(name);
    draft_.missing_service = route_.service;
    config::Problem said = unknown_reference("the service", route_.service, known, config::code::kUnknownService);
    problem(said.code, std::move(said.text), not_served(),
            said.fix.empty() ? "define it, or name one that there is" : std::move(said.fix));
    unserved("the service \"" + route_.service + "\" does not exist");
  }

  void check_priority() {
    if (route_.config.priority <= kMaxPriority) return;
    problem(config::code::kBadPriority, "the priority is above " + std::to_string(kMaxPriority), not_served(),
            "use a smaller number");
    unserved("the priority belongs to internal routers");
    // In its place before all others: a wider router must not take what this one was to guard.
    route_.priority = kMaxPriority;
  }

  RouteDraft& draft_;
  Route& route_;
  const DraftInput& input_;
  const RouteDraft* previous_;
  bool bad_entry_point_ = false;
};

}  // namespace

RouteDraft draft_route(const std::string& name, const config::MergedRouter& router, const DraftInput& input,
                       const RouteDraft* previous) {
  RouteDraft draft;
  draft.route = std::make_shared<Route>();
  draft.route->name = name;
  draft.route->config = router.config;
  draft.route->origins = router.origins;
  draft.router = &router;
  Drafter(draft, input, previous).run();
  return draft;
}

RouteDraft draft_internal(const std::string& name, const InternalRoute& internal, const DraftInput& input,
                          const RouteDraft* previous) {
  RouteDraft draft;
  draft.route = std::make_shared<Route>();
  Route& route = *draft.route;
  route.name = name;
  route.config.rule = internal.rule;
  route.config.rule_syntax = kInternalSyntax;
  route.config.service = internal.service;
  route.config.entry_points = {internal.entry_point};
  route.config.broken = internal.broken;
  const auto entry_point = input.options.entry_points.find(internal.entry_point);
  if (entry_point != input.options.entry_points.end()) {
    route.config.middlewares = entry_point_middlewares(entry_point->second, internal.name);
  }
  Drafter(draft, input, previous).run();
  if (route.status != RouteStatus::disabled) route.chain = internal.chain;
  if (!internal.broken.empty()) {
    config::Problem problem;
    problem.code = config::code::kUnknownEntryPoint;
    problem.where = "mooring";
    problem.key = name;
    problem.text = internal.broken;
    problem.in_force = "requests to entry point \"" + internal.entry_point + "\" are answered 503";
    problem.fix = "name an entry point that exists, or \":\" and a port";
    draft.problems.push_back(std::move(problem));
  }
  // Internal priorities are above what anybody may ask for.
  route.config.priority = internal.priority;
  route.priority = internal.priority;
  return draft;
}

}  // namespace mooring::routing
