// An engine behind TLS: tcp:// with certificates as text or as files, and what must not be spoken to.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "providers/docker/provider.h"
#include "test/unit/providers/recording_sink.h"
#include "test/unit/providers/scripted_engine.h"
#include "test/unit/providers/tls_front.h"
#include "test/unit/providers_file/folder.h"

namespace mooring::docker {
namespace {

using Said = RecordingSink::Said;

const TestCa& certificates() {
  static const TestCa kMade;
  return kMade;
}

struct TlsBench {
  ScriptedEngine engine;
  TlsFront front;
  RecordingSink sink;
  config::DockerOptions options;
  std::unique_ptr<DockerProvider> provider;

  explicit TlsBench(const std::string& client_ca = {})
      : front(certificates().server, engine.endpoint().substr(7), client_ca) {
    FakeContainer container;
    container.id = full_id(1);
    engine.put(container);
    options.endpoint = "tcp://127.0.0.1:" + std::to_string(front.port());
    options.tls.emplace();
  }
  ~TlsBench() {
    if (provider) provider->stop();
  }
  void start() {
    provider = std::make_unique<DockerProvider>(options, [] { return Identity{}; });
    provider->start(sink);
  }
  bool syncs() {
    start();
    return sink.wait([](const Said& said) { return said.synced && said.fragments.contains(full_id(1)); });
  }
  // The refusal is told, and nothing of the engine is known.
  bool refuses(const std::string& part) {
    start();
    const bool told = sink.wait([&](const Said& said) { return said.status().error.find(part) != std::string::npos; });
    if (!told) UNSCOPED_INFO("it is: " << sink.said().status().error);
    return told && sink.said().fragments.empty();
  }
};

TEST_CASE("an engine behind TLS, its CA given as text or as a file") {
  TlsBench bench;
  SECTION("text") {
    bench.options.tls->ca = certificates().ca.cert;
    CHECK(bench.syncs());
  }
  SECTION("file") {
    const file::Folder folder;
    folder.write("ca.pem", certificates().ca.cert);
    bench.options.tls->ca = folder.at("ca.pem").string();
    CHECK(bench.syncs());
  }
  SECTION("https:// says the same") {
    bench.options.endpoint.replace(0, 3, "https");
    bench.options.tls->ca = certificates().ca.cert;
    CHECK(bench.syncs());
  }
  CHECK(bench.front.handshakes() > 0);
  CHECK(bench.sink.wait([](const Said& said) { return said.status().connected; }));
}

TEST_CASE("an engine that asks for a client's certificate gets ours") {
  TlsBench bench(certificates().ca.cert);
  bench.options.tls->ca = certificates().ca.cert;
  SECTION("as text") {
    bench.options.tls->cert = certificates().client.cert;
    bench.options.tls->key = certificates().client.key;
    CHECK(bench.syncs());
  }
  SECTION("as files, as DOCKER_CERT_PATH has them") {
    const file::Folder folder;
    folder.write("cert.pem", certificates().client.cert);
    folder.write("key.pem", certificates().client.key);
    bench.options.tls->cert = folder.at("cert.pem").string();
    bench.options.tls->key = folder.at("key.pem").string();
    CHECK(bench.syncs());
  }
  SECTION("none, and is refused by the engine") {
    bench.start();
    CHECK(bench.sink.wait([](const Said& said) { return !said.status().error.empty(); }));
    CHECK(bench.sink.said().fragments.empty());
  }
}

TEST_CASE("an engine whose certificate nobody vouches for is not spoken to") {
  TlsBench bench;
  SECTION("no CA of ours") {
    CHECK(bench.refuses("certificate"));
  }
  SECTION("another CA") {
    bench.options.tls->ca = TestCa().ca.cert;  // of the same name
    CHECK(bench.refuses("signature failure"));
  }
  SECTION("another name") {
    bench.options.tls->ca = certificates().ca.cert;
    bench.options.endpoint = "tcp://localhost:" + std::to_string(bench.front.port());
    CHECK(bench.refuses("localhost"));
  }
  SECTION("a CA file that is not there") {
    bench.options.tls->ca = "/nowhere/ca.pem";
    CHECK(bench.refuses("/nowhere/ca.pem"));
  }
  SECTION("unless the options say that it need not be vouched for") {
    bench.options.tls->insecure_skip_verify = true;
    CHECK(bench.syncs());
  }
}

TEST_CASE("the API version that was asked for is spoken") {
  TlsBench bench;
  bench.options.tls->ca = certificates().ca.cert;
  bench.options.api_version = "1.30";
  CHECK(bench.syncs());
  CHECK(bench.engine.requests("/v1.30/containers/json") > 0);
  CHECK(bench.engine.requests("/v1.41/") == 0);
  CHECK(bench.sink.said().status().api_version == "1.30");
}

}  // namespace
}  // namespace mooring::docker
