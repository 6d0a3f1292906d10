// Routers, services and middlewares as objects in Traefik's shape.
//
// Names, order and omissions are those of Go's encoder for Traefik's runtime configuration. Shown are settings that are
// done here, of what is broken only why: values of what could not be built (password lists among them) are in no
// document. Pure; any thread. Source: traefik-compat 7.
#pragma once

#include <string>
#include <string_view>

#include "proxy/admin/json_text.h"
#include "proxy/admin/table_view.h"

namespace mooring::admin {

// In /api/rawdata objects stand behind their names; elsewhere they say name, provider and type themselves.
enum class Form { in_rawdata, named };

Json router_object(const routing::Route& route, Form form);
Json service_object(const ServiceRow& row, const TableView& view, Form form);
Json middleware_object(const MiddlewareRow& row, const TableView& view, Form form);

// A service as the router wrote it: without the provider where that is the router's own.
std::string service_as_written(const routing::Route& route);

std::string_view provider_of(std::string_view qualified);
std::string_view status_of(const ServiceRow& row);
std::string_view status_of(const MiddlewareRow& row);
// "loadbalancer", "sticky", "chain"; empty where that is not known.
std::string_view type_of(const ServiceRow& row);
std::string_view type_of(const MiddlewareRow& row);

}  // namespace mooring::admin
