#include <algorithm>

#include "proxy/config/label_health.h"
#include "proxy/config/label_lost.h"
#include "proxy/config/label_reading.h"
#include "proxy/config/label_texts.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

// The router of `names` that `stray` was most likely meant for: nearly the same name, or the only one there is.
std::string_view meant_router(const std::string& stray, const std::vector<std::string>& names) {
  const std::string_view near = nearest(stray, names);
  if (!near.empty()) return near;
  // Short names: "t77" for "t7".
  const auto found = std::ranges::find_if(names, [&](const std::string& name) {
    return !name.empty() && stray.size() > 1 && edit_distance(stray, name, 1) <= 1;
  });
  if (found != names.end()) return *found;
  return names.size() == 1 ? std::string_view{names.front()} : std::string_view{};
}

}  // namespace

void LabelDecoder::finish() {
  settle_lost();
  finish_services();
  finish_own();
  finish_middlewares();
  settle_doubts();
  finish_routers();
  finish_transports();
  line_ = 0;
  for (auto& [folded, service] : services_) out_.services.emplace(service.name, std::move(service.labels.service));
  bound_problems();
}

// A label that leads nowhere may have been meant for something that other labels define: that is not served without it.
void LabelDecoder::settle_lost() {
  if (lost_.size() > kMostLostLabels) {
    report(code::kTooMuch, Severity::error, {},
           std::to_string(lost_.size()) + " labels cannot be read; with more than " + std::to_string(kMostLostLabels) +
               " nobody can say what is missing",
           "the container is not exposed");
    out_.enable = false;
    return;
  }
  for (const auto& [label, index] : lost_) {
    const auto lost = find_lost_owner(label, [this](const KeyOwner& owner) {
      if (owner.kind == OwnerKind::http_router) return routers_.contains(owner.name);
      if (owner.kind == OwnerKind::http_service) return services_.contains(owner.name);
      return middlewares_.contains(owner.name);
    });
    if (!lost) {
      const bool ours = !label.starts_with("mooring.") && label.find("routers.") != std::string::npos;
      if (index == kNoProblem && ours) router_astray(label);
      continue;
    }
    ResolvedKey meant = resolve_label_key(lost->canonical);
    meant.owner = lost->owner;
    std::string in_force = spoil(meant, label, "cannot be read");
    if (index == kNoProblem) {
      report(code::kMisspeltPrefix, Severity::error, label, "the label does not start with \"traefik.\"",
             std::move(in_force), did_you_mean(meant));
      continue;
    }
    Problem& problem = out_.problems[index];
    problem.severity = in_force == kIgnored ? Severity::warning : Severity::error;
    problem.in_force = std::move(in_force);
    problem.fix = did_you_mean(meant);
  }
}

void LabelDecoder::finish_services() {
  for (auto& [folded, service] : services_) {
    const KeyOwner owner{OwnerKind::http_service, service.name};
    line_ = service.line;
    if (const auto finding = service.labels.settle(of_file())) {
      apply(*finding, owner, stem() + "http.services." + service.name);
    }
    if (of_file()) finish_file_servers(service);
    sticky_alone(service.labels.sticky, stem() + "http.services." + service.name + ".loadbalancer.sticky");
  }
}

// A key that was ignored may in the end have broken its owner: nothing else said what it might have said.
void LabelDecoder::settle_doubts() {
  for (const auto& [index, owner] : doubts_) {
    Problem& problem = out_.problems[index];
    if (problem.in_force != kIgnored) continue;
    if (const auto service = services_.find(owner.name);
        owner.kind == OwnerKind::http_service && service != services_.end()) {
      const ServiceLabels& labels = service->second.labels;
      if (labels.doubt.empty() || labels.service.broken != labels.doubt) continue;
      problem.severity = Severity::error;
      problem.in_force = service_in_force(service->second.name) + ", because the key may have been its port";
    }
    if (const auto middleware = middlewares_.find(owner.name);
        owner.kind == OwnerKind::http_middleware && middleware != middlewares_.end()) {
      const MiddlewareLabels& labels = middleware->second.labels;
      if (labels.doubt.empty() || labels.broken != labels.doubt) continue;
      problem.severity = Severity::error;
      problem.in_force = middleware_in_force(middleware->second.name);
    }
  }
}

// The only router of the container may have been meant: the default rule must not stand in for what it says.
void LabelDecoder::router_astray(const std::string& label) {
  out_.has_http = true;
  out_.no_default_router = "label " + config::quoted(label, kLongestLabelKey) + " cannot be read";
  report(code::kMisspeltPrefix, Severity::error, label, "the label does not start with \"traefik.http.\"",
         "the label is ignored, and no default router is made", "begin it with traefik.http.routers.");
}

void LabelDecoder::finish_middlewares() {
  for (auto& [folded, middleware] : middlewares_) {
    const std::string prefix = stem() + "http.middlewares." + middleware.name;
    line_ = middleware.line;
    if (const auto finding = middleware.labels.settle()) {
      apply(*finding, {OwnerKind::http_middleware, middleware.name}, prefix);
    }
    if (middleware.labels.broken.empty()) sticky_alone(middleware.labels.sticky, prefix + ".sticky");
    out_.middlewares.emplace(middleware.name, middleware.labels.config());
  }
}

void LabelDecoder::finish_routers() {
  for (auto& [folded, router] : routers_) {
    line_ = router.labels.tls_line;
    if (const auto finding = router.labels.settle()) {
      apply(*finding, {OwnerKind::http_router, router.name}, router.labels.tls_key);
    }
    if (of_file()) {
      finish_file_router(router);
    } else {
      stray_router(router);
    }
  }
  for (auto& [folded, router] : routers_) out_.routers.emplace(router.name, std::move(router.labels.router));
}

// A router without rule and service, beside one that has a rule: most likely a slip of the pen, and the default rule
// would publish it, without the other's middlewares.
void LabelDecoder::stray_router(Named<RouterLabels>& stray) {
  const DecodedRouter& router = stray.labels.router;
  if (router.rule || router.service || !router.broken.empty()) return;
  std::vector<std::string> names;
  for (const auto& [folded, other] : routers_) {
    if (other.labels.router.rule) names.push_back(other.name);
  }
  if (names.empty()) return;
  const std::string_view meant = meant_router(stray.name, names);
  const Finding finding{
      code::kStrayRouter,
      Severity::error,
      "router " + config::quoted(stray.name) + " has neither rule nor service; the default rule would publish it",
      true,
      {}};
  const std::string own_rule = "give " + config::quoted(stray.name) + " a rule";
  apply(finding, {OwnerKind::http_router, stray.name}, stray.key,
        meant.empty() ? own_rule : "did you mean router " + config::quoted(meant) + "? Else " + own_rule);
  if (meant.empty()) return;
  DecodedRouter& sibling = routers_.find(meant)->second.labels.router;
  if (router.middlewares.empty() || !sibling.middlewares.empty() || !sibling.broken.empty()) return;
  // The middlewares were most likely the other's, and it would be served without them.
  sibling.broken = "its middlewares seem to be on router " + config::quoted(stray.name);
  out_.problems.back().in_force = "neither of the two is served (503)";
}

void LabelDecoder::sticky_alone(const StickyLabels& sticky, const std::string& label) {
  if (!sticky.alone()) return;
  report(code::kStickyAlone, Severity::info, label, "sticky=true alone does nothing in Traefik",
         "it is honoured here as sticky.cookie=true", "write " + printable(label, kLongestLabelKey) + ".cookie=true");
}

void LabelDecoder::bound_problems() {
  const std::size_t most = of_file() ? kMostFileProblems : kMostLabelProblems;
  if (out_.problems.size() <= most) return;
  // The worst stay: what breaks something is not pushed out by a flood of remarks.
  std::ranges::stable_sort(out_.problems, std::ranges::greater{}, &Problem::severity);
  const auto left_out = out_.problems.size() - most;
  out_.problems.resize(most);
  report(code::kTooMuch, Severity::warning, {},
         std::to_string(left_out) + " more problems of this " + (of_file() ? "file" : "container") + " are not shown",
         "what they say is in force all the same");
}

}  // namespace mooring::config
