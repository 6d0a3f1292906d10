#include "proxy/config/label_decoder.h"

#include <algorithm>

#include "proxy/config/go_values.h"
#include "proxy/config/label_health.h"
#include "proxy/config/label_mistakes.h"
#include "proxy/config/label_reading.h"
#include "proxy/config/label_texts.h"
#include "proxy/config/label_version1.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"

namespace mooring::config {

DecodedLabels LabelDecoder::decode(const std::map<std::string, std::string>& labels) {
  std::size_t ours = 0;
  for (const auto& [key, value] : labels) {
    // What says no says it for the whole container: nothing else of it matters.
    if (key.starts_with("traefik.") && equal_fold(key, "traefik.enable") && parse_bool(value) == false) {
      out_.enable = false;
      return std::move(out_);
    }
    if (key.starts_with("traefik.") || key.starts_with("mooring.")) ++ours;
  }
  if (ours > kMostLabels) {
    report(code::kTooMuch, Severity::error, {},
           std::to_string(ours) + " labels are more than the " + std::to_string(kMostLabels) + " that are read",
           "the container is not exposed");
    out_.enable = false;
    return std::move(out_);
  }
  for (const auto& [key, value] : labels) read(key, value);
  finish();
  add_mistakes(labels);
  return std::move(out_);
}

// A key in the wrong form is told once, by what is wrong with it and not by what it looks like then.
void LabelDecoder::add_mistakes(const std::map<std::string, std::string>& labels) {
  for (Problem& mistake : find_label_mistakes(labels, where_)) {
    if (mistake.code == code::kLabelForm) {
      const auto same = std::ranges::find_if(out_.problems, [&](const Problem& problem) {
        return problem.key == mistake.key && problem.code != code::kBadValue;
      });
      if (same != out_.problems.end()) {
        mistake.in_force = same->in_force;
        out_.problems.erase(same);
      }
      // "traefik.enable: false" as one key is a wish all the same.
      const std::string_view meant = trimmed(std::string_view{mistake.key}.substr(0, mistake.key.find(':')));
      if (equal_fold(meant, "traefik.enable")) {
        misspelt_enable(mistake.key.ends_with("true") ? "true" : "");
        if (out_.enable == false) mistake.in_force = "the container is not exposed";
      }
    }
    if (out_.problems.size() < kMostLabelProblems) out_.problems.push_back(std::move(mistake));
  }
}

void LabelDecoder::read(const std::string& whole, const std::string& value) {
  const std::string label = shown_key(whole);
  const ResolvedKey key = resolve_label_key(label);
  if (key.fit == KeyFit::foreign) {
    // "traefikhttp.routers…", "tra.efik.http.routers…": not ours by its root, but it may be a slip of one that is.
    const bool slip = equal_fold(std::string_view{label}.substr(0, kRootLength), "traefik") ||
                      label.find("http.routers.") != std::string::npos;
    if (slip) lost_.emplace_back(label, kNoProblem);
    return;
  }
  if (key.own) return read_own(key, label, value);
  const OwnerKind kind = key.owner.kind;
  if (kind == OwnerKind::tcp_or_udp) out_.has_tcp_or_udp = true;
  if (kind == OwnerKind::http_router || kind == OwnerKind::http_service || kind == OwnerKind::http_middleware) {
    out_.has_http = true;
  }
  const bool long_key = label.size() > kLongestLabelKey;
  if (long_key || value.size() > kLongestLabelValue) {
    const auto size = std::to_string(long_key ? label.size() : value.size());
    const auto limit = std::to_string(long_key ? kLongestLabelKey : kLongestLabelValue);
    if (kind == OwnerKind::enable) misspelt_enable("");
    report(code::kTooMuch, Severity::error, label.substr(0, kLongestLabelKey),
           std::string{"the "} + (long_key ? "key" : "value") + " has " + size + " bytes; " + limit + " are read",
           spoil(key, label, "is too long to be read"));
    return;
  }
  if (key.fit == KeyFit::exact) {
    read_exact(key, label, value);
  } else {
    read_wrong(key, label, value);
  }
}

void LabelDecoder::read_wrong(const ResolvedKey& key, const std::string& label, const std::string& value) {
  if (key.fit == KeyFit::version_1) {
    // It said who gets in: a router that a default rule makes would ask nobody.
    const bool frontend = ascii_lower(label).contains(".frontend.");
    if (frontend) out_.no_default_router = "label " + config::quoted(label, kLongestLabelKey) + " is one of Traefik 1";
    report(code::kVersionOneLabel, Severity::warning, label,
           "this is a label of Traefik 1, which later ones do not read",
           frontend ? "the label is ignored, and no default router is made" : std::string{kIgnored},
           "write " + version_one_form(std::string_view{label}.substr(label.find('.') + 1), value));
    return;
  }
  std::string in_force = spoil(key, label, "cannot be read");
  if (key.owner.kind == OwnerKind::enable) {
    misspelt_enable(value);
    if (out_.enable == false) in_force = "the container is not exposed";
  }
  const Severity severity = in_force == kIgnored ? Severity::warning : Severity::error;
  if (key.misspelt_root) {
    report(code::kMisspeltPrefix, severity, label, "the label does not start with \"traefik.\"", std::move(in_force),
           did_you_mean(key));
  } else if (key.fit == KeyFit::malformed) {
    report(code::kMalformedKey, severity, label, "the key has an empty part, one that starts with \"[\", or too many",
           std::move(in_force));
  } else if (key.fit == KeyFit::standalone) {
    report(code::kStandalone, severity, label, "the key needs a field below it and cannot stand alone",
           std::move(in_force));
  } else {
    const bool stranger = key.fit == KeyFit::unknown && key.trail.empty();
    report(code::kUnknownKey, stranger ? Severity::info : severity, label,
           unknown_text(key, of_file() ? "traefik." + label : label), std::move(in_force), did_you_mean(key));
  }
  const std::size_t index = out_.problems.size() - 1;
  doubts_.emplace_back(index, key.owner);
  if (key.fit != KeyFit::misspelt) lost_.emplace_back(label, index);
  // Traefik would drop the container here. A router that a default rule makes would be more than anybody asked for.
  if (key.owner.kind == OwnerKind::none && key.field_at(0) == "http") {
    out_.no_default_router = "label " + config::quoted(label, kLongestLabelKey) + " cannot be read";
    out_.problems.back().in_force = "the label is ignored, and no default router is made";
  }
}

void LabelDecoder::read_exact(const ResolvedKey& key, const std::string& label, const std::string& value) {
  const auto [said, fresh] = said_.try_emplace(ascii_lower(key.canonical), value);
  if (!fresh) {
    if (said->second == value) return;
    if (key.owner.kind == OwnerKind::enable) out_.enable = false;
    report(code::kSaidTwice, Severity::error, label,
           "the same key stands twice, in another case and with another value",
           spoil(key, label, "stands twice, with two values"), "keep one of them");
    return;
  }
  if (key.entry->form == Form::file && !of_file()) return read_file_only(key, label);
  if (key.entry->form == Form::label && of_file()) return read_label_only(key, label);
  if (key.entry->support != Support::done) return read_not_done(key, label, value);
  read_done(key, label, value);
}

void LabelDecoder::read_done(const ResolvedKey& key, const std::string& label, const std::string& value) {
  std::optional<Finding> finding;
  switch (key.owner.kind) {
    case OwnerKind::http_router:
      finding = named(routers_, key.owner.name, label).labels.take(key.field_at(kFieldDepth), value);
      break;
    case OwnerKind::http_service:
      finding = take_service(named(services_, key.owner.name, label).labels, key, label, value);
      break;
    case OwnerKind::http_middleware:
      finding = take_middleware(named(middlewares_, key.owner.name, label).labels, key, value);
      break;
    case OwnerKind::http_transport:
      finding = named(transports_, key.owner.name, label).labels.take(key.trail.back()->name, value);
      break;
    default:
      return read_provider_label(key, label, value);
  }
  if (finding) apply(*finding, key.owner, label);
}

void LabelDecoder::read_provider_label(const ResolvedKey& key, const std::string& label, const std::string& value) {
  if (key.trail.back()->name == "network") {
    out_.network = value;
    return;
  }
  const auto parsed = parse_bool(value);
  if (key.owner.kind == OwnerKind::enable) {
    enable_said_ = true;
    out_.enable = parsed.value_or(false);
    if (parsed) return;
    const Finding finding = bad_value(value, "true or false", true);
    report(finding.code, finding.severity, label, finding.text, "the container is not exposed");
    return;
  }
  out_.allow_non_running = parsed.value_or(false);
  if (!parsed) apply(bad_value(value, "true or false", false), key.owner, label);
}

std::optional<Finding> LabelDecoder::take_service(ServiceLabels& service, const ResolvedKey& key,
                                                  const std::string& label, std::string_view value) {
  service.has_load_balancer = true;
  const std::string_view field = key.field_at(kFieldDepth + 1);
  if (field == "server") return service.take_server(key.trail.back()->name, value);
  if (field == "servers") return take_file_server(service, key, label, value);
  if (field == "sticky") return take_sticky(service.sticky, key.trail.back()->name, value);
  if (field == "healthCheck") {
    const bool header = key.field_at(kFieldDepth + 2) == "headers";
    return take_check(service.health, key.trail.back()->name, header ? key.names.back() : std::string{}, value);
  }
  if (field == "passiveHealthCheck") return take_passive(service.health, key.trail.back()->name, value);
  return service.take(key.trail.back()->name, value);
}

std::optional<Finding> LabelDecoder::take_middleware(MiddlewareLabels& middleware, const ResolvedKey& key,
                                                     std::string_view value) {
  const std::string_view type = key.field_at(kFieldDepth);
  middleware.types.emplace(type);
  if (type == "chain") return middleware.take_chain(value);
  return take_sticky(middleware.sticky, key.trail.back()->name, value);
}

std::optional<Finding> LabelDecoder::take_sticky(StickyLabels& sticky, std::string_view field, std::string_view value) {
  const std::string expected = sticky.take(field, value);
  if (expected.empty()) return std::nullopt;
  return bad_value(value, expected, false);
}

void LabelDecoder::read_not_done(const ResolvedKey& key, const std::string& label, const std::string& value) {
  const std::string_view field = key.field_at(kFieldDepth);
  if (key.owner.kind == OwnerKind::http_router) {
    RouterLabels& router = named(routers_, key.owner.name, label).labels;
    if (field == "tls") return read_tls(router, key, label, value);
  }
  const bool guards = key.entry->support == Support::guards;
  if (key.owner.kind == OwnerKind::http_middleware) {
    named(middlewares_, key.owner.name, label).labels.types.emplace(field);
  } else if (key.owner.kind == OwnerKind::http_service) {
    if (field == "loadBalancer") named(services_, key.owner.name, label).labels.has_load_balancer = true;
  }
  const bool optional = key.owner.kind == OwnerKind::http_service || key.owner.kind == OwnerKind::http_transport;
  if (optional && guards && key.entry->type == ValueType::boolean && parse_bool(value) == false) return;  // as without
  // One Problem for all keys of one type of middleware, one health check, one TCP router.
  std::string what = ascii_lower(key.owner.name) + " " + std::string{key.field_at(0)};
  if (key.owner.kind != OwnerKind::tcp_or_udp) what += " " + std::string{key.field_at(1)} + " " + std::string{field};
  if (key.owner.kind == OwnerKind::http_service) what += " " + std::string{key.field_at(kFieldDepth + 1)};
  std::string in_force = guards ? spoil(key, label, "is not done here yet") : std::string{kIgnored};
  if (!not_done_.insert(std::move(what)).second) return;
  std::string subject = "this key";
  if (key.owner.kind == OwnerKind::http_middleware) subject = "the middleware type " + std::string{field};
  if (key.owner.kind == OwnerKind::tcp_or_udp) subject = ascii_lower(key.field_at(0)) + " routing";
  const Severity severity = in_force == kIgnored ? Severity::warning : Severity::error;
  report(code::kNotDone, severity, label, subject + " is known to Traefik and not done here yet", std::move(in_force));
}

void LabelDecoder::read_tls(RouterLabels& router, const ResolvedKey& key, const std::string& label,
                            const std::string& value) {
  if (key.trail.size() == kFieldDepth + 1) {
    router.tls = parse_toggle(value);
    if (!router.tls) return apply(bad_value(value, "true or false", true), key.owner, label);
  }
  if (router.tls_key.empty()) router.tls_key = label, router.tls_line = line_;
}

void LabelDecoder::read_file_only(const ResolvedKey& key, const std::string& label) {
  std::string in_force{kIgnored};
  std::string fix = "set it in a file";
  if (key.owner.kind == OwnerKind::http_router) in_force = spoil(key, label, "can only be set in a file");
  if (key.owner.kind == OwnerKind::http_service) {
    ServiceLabels& service = named(services_, key.owner.name, label).labels;
    if (key.field_at(kFieldDepth) == "loadBalancer") {
      fix = "write traefik.http.services." + printable(key.owner.name) + ".loadbalancer.server.port or .server.url";
      in_force = spoil(key, label, "can only be set in a file");
    } else if (service.file_only.empty()) {
      service.file_only = label;
    }
  }
  const Severity severity = in_force == kIgnored ? Severity::warning : Severity::error;
  report(code::kFileOnly, severity, label, "Traefik does not take this key from labels", std::move(in_force),
         std::move(fix));
}

std::string LabelDecoder::spoil(const ResolvedKey& key, const std::string& label, std::string_view why) {
  const std::string reason = noun() + config::quoted(label, kLongestLabelKey) + " " + std::string{why};
  const std::string& name = key.owner.name;
  switch (key.owner.kind) {
    case OwnerKind::http_router: {
      Named<RouterLabels>& router = named(routers_, name, label);
      if (router.labels.router.broken.empty()) router.labels.router.broken = reason;
      return router_in_force(router.name);
    }
    case OwnerKind::http_service:
      return spoil_service(key, label, reason);
    case OwnerKind::http_middleware: {
      Named<MiddlewareLabels>& middleware = named(middlewares_, name, label);
      if (key.field_at(kFieldDepth) == "sticky") {  // a cookie's attribute guards nothing
        if (middleware.labels.doubt.empty()) middleware.labels.doubt = reason;
        return std::string{kIgnored};
      }
      if (middleware.labels.broken.empty()) middleware.labels.broken = reason;
      return middleware_in_force(middleware.name);
    }
    case OwnerKind::http_transport: {
      Named<TransportValues>& transport = named(transports_, name, label);
      if (transport.labels.transport.broken.empty()) transport.labels.transport.broken = reason;
      return transport_in_force(transport.name);
    }
    default:
      return std::string{kIgnored};
  }
}

std::string LabelDecoder::spoil_service(const ResolvedKey& key, const std::string& label, const std::string& reason) {
  Named<ServiceLabels>& service = named(services_, key.owner.name, {});
  const SchemaNode& node = *key.trail.back();
  if (of_file() && key.field_at(kFieldDepth + 1) == "servers") return spoil_file_server(service.labels, label);
  if (!decides_address(node)) return std::string{kIgnored};
  if (key.entry == nullptr) {
    // It may have been the port. Whether that matters is known once all labels are read.
    if (service.labels.doubt.empty()) service.labels.doubt = reason;
    return std::string{kIgnored};
  }
  if (service.labels.service.broken.empty()) service.labels.service.broken = reason;
  return service_in_force(service.name);
}

// A wish to be exposed that cannot be read is no wish; a wish not to be is honoured however it is spelt.
void LabelDecoder::misspelt_enable(const std::string& value) {
  if (enable_said_ || parse_bool(value) == true) return;
  out_.enable = false;
  out_.enable_misread = true;
}

void LabelDecoder::apply(const Finding& finding, const KeyOwner& owner, const std::string& label,
                         std::string_view fix) {
  std::string in_force = finding.in_force.empty() ? "the default is in force" : finding.in_force;
  if (finding.breaks) {
    const std::string reason = noun() + config::quoted(label, kLongestLabelKey) + ": " + finding.text;
    const auto set = [&](std::string& broken) {
      if (broken.empty()) broken = reason;
    };
    if (owner.kind == OwnerKind::http_router) {
      Named<RouterLabels>& router = named(routers_, owner.name, label);
      set(router.labels.router.broken);
      in_force = router_in_force(router.name);
    } else if (owner.kind == OwnerKind::http_service) {
      Named<ServiceLabels>& service = named(services_, owner.name, label);
      set(service.labels.service.broken);
      in_force = service_in_force(service.name);
    } else if (owner.kind == OwnerKind::http_middleware) {
      Named<MiddlewareLabels>& middleware = named(middlewares_, owner.name, label);
      set(middleware.labels.broken);
      in_force = middleware_in_force(middleware.name);
    }
  }
  report(finding.code, finding.severity, label, finding.text, std::move(in_force),
         fix.empty() ? finding.fix : std::string{fix});
}

RouterConfig router_config(const DecodedRouter& decoded) {
  RouterConfig router;
  router.rule = decoded.rule.value_or("");
  router.entry_points = decoded.entry_points;
  router.middlewares = decoded.middlewares;
  router.service = decoded.service.value_or("");
  router.priority = decoded.priority;
  router.rule_syntax = decoded.rule_syntax;
  router.broken = decoded.broken;
  return router;
}

DecodedLabels decode_labels(const std::map<std::string, std::string>& labels, std::string_view where) {
  return LabelDecoder{where}.decode(labels);
}

}  // namespace mooring::config
