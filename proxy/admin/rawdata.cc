#include "proxy/admin/rawdata.h"

#include <mooring_version.h>

#include <cstddef>
#include <string_view>

#include "proxy/admin/status_routers.h"
#include "proxy/admin/table_objects.h"
#include "proxy/observe/timestamp.h"

namespace mooring::admin {
namespace {

constexpr std::string_view kCodename = "bollard";

// "routers":{"web@docker":{…},…}; nothing at all where there is none.
class Section {
 public:
  Section(std::string& text, std::string_view name) : text_(text), name_(name) {}
  ~Section() {
    if (!empty_) text_ += '}';
  }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  void add(std::string_view name, const Json& object) {
    if (empty_) {
      if (text_.size() > 1) text_ += ',';
      text_.append("\"").append(name_).append("\":{");
    } else {
      text_ += ',';
    }
    empty_ = false;
    append_go_json(text_, name);
    text_ += ':';
    append_go_json(text_, object);
  }

 private:
  std::string& text_;
  std::string_view name_;
  bool empty_ = true;
};

class Counted {
 public:
  void add(std::string_view status) {
    ++total_;
    if (status == "warning") ++warnings_;
    if (status == "disabled") ++errors_;
  }
  Json object() const { return {{"total", total_}, {"warnings", warnings_}, {"errors", errors_}}; }

 private:
  std::size_t total_ = 0;
  std::size_t warnings_ = 0;
  std::size_t errors_ = 0;
};

}  // namespace

std::string rawdata_text(const TableView& view) {
  std::string text = "{";
  {
    Section routers(text, "routers");
    view.each_router(
        [&](const routing::Route& route) { routers.add(route.name, router_object(route, Form::in_rawdata)); });
  }
  {
    Section middlewares(text, "middlewares");
    view.each_middleware(
        [&](const MiddlewareRow& row) { middlewares.add(row.name, middleware_object(row, view, Form::in_rawdata)); });
  }
  {
    Section services(text, "services");
    view.each_service(
        [&](const ServiceRow& row) { services.add(row.name, service_object(row, view, Form::in_rawdata)); });
  }
  return text + "}\n";
}

Json overview_document(const TableView& view, const config::Options& options) {
  Counted routers;
  Counted services;
  Counted middlewares;
  view.each_router([&](const routing::Route& route) { routers.add(to_string(route.status)); });
  view.each_service([&](const ServiceRow& row) { services.add(status_of(row)); });
  view.each_middleware([&](const MiddlewareRow& row) { middlewares.add(status_of(row)); });
  const Json none = Counted().object();
  Json document = {
      {"http", {{"routers", routers.object()}, {"services", services.object()}, {"middlewares", middlewares.object()}}},
      {"tcp", {{"routers", none}, {"services", none}, {"middlewares", none}}},
      {"udp", {{"routers", none}, {"services", none}}},
      {"certificates", none},
      {"features", {{"tracing", ""}, {"metrics", ""}, {"accessLog", options.access_log.enabled}}}};
  Json providers = Json::array();
  if (options.docker.enabled) providers.push_back("Docker");
  if (options.file_provider.enabled) providers.push_back("File");
  if (!providers.empty()) document["providers"] = std::move(providers);
  return document;
}

Json version_document(const server::StatusSource& source) {
  return {{"Version", MOORING_VERSION}, {"Codename", kCodename}, {"startDate", observe::rfc3339(source.started_ms())}};
}

}  // namespace mooring::admin
