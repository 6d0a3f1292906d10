#include "test/unit/providers/tls_front.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace mooring::docker {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

Key new_key() {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
}

void extend(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer` with `signer`; a CA signs itself.
Certificate new_certificate(const std::string& name, long serial, EVP_PKEY* key, X509* issuer, EVP_PKEY* signer) {
  Certificate made(X509_new(), X509_free);
  constexpr long kDay = 86'400;
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), kDay);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer == nullptr ? made.get() : issuer));
  X509_set_pubkey(made.get(), key);
  extend(made.get(), NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (issuer == nullptr) extend(made.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  if (issuer != nullptr) extend(made.get(), NID_subject_alt_name, "IP:127.0.0.1");
  X509_sign(made.get(), signer, EVP_sha256());
  return made;
}

void use(SSL_CTX* context, const Identity509& identity) {
  const Bio cert_bio(BIO_new_mem_buf(identity.cert.data(), static_cast<int>(identity.cert.size())), BIO_free);
  const Certificate certificate(PEM_read_bio_X509(cert_bio.get(), nullptr, nullptr, nullptr), X509_free);
  const Bio key_bio(BIO_new_mem_buf(identity.key.data(), static_cast<int>(identity.key.size())), BIO_free);
  const Key key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  SSL_CTX_use_certificate(context, certificate.get());
  SSL_CTX_use_PrivateKey(context, key.get());
}

void ask_for(SSL_CTX* context, const std::string& ca) {
  const Bio bio(BIO_new_mem_buf(ca.data(), static_cast<int>(ca.size())), BIO_free);
  const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

int connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return made;
  ::close(made);
  return -1;
}

// Both ways until one side ends.
void relay(SSL* tls, int connection, int engine) {
  std::array<char, 16'384> buffer{};
  while (true) {
    std::array<pollfd, 2> polled{{{connection, POLLIN, 0}, {engine, POLLIN, 0}}};
    if (SSL_pending(tls) == 0 && ::poll(polled.data(), polled.size(), -1) < 0) return;
    if (SSL_pending(tls) > 0 || polled[0].revents != 0) {
      const int count = SSL_read(tls, buffer.data(), static_cast<int>(buffer.size()));
      if (count <= 0 || ::send(engine, buffer.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) != count) return;
    }
    if (polled[1].revents != 0) {
      const ssize_t count = ::recv(engine, buffer.data(), buffer.size(), 0);
      if (count <= 0 || SSL_write(tls, buffer.data(), static_cast<int>(count)) <= 0) return;
    }
  }
}

}  // namespace

TestCa::TestCa() {
  const Key ca_key = new_key();
  const Certificate ca_cert = new_certificate("mooring test CA", 1, ca_key.get(), nullptr, ca_key.get());
  ca = {pem(ca_cert.get()), pem(ca_key.get())};
  long serial = 2;
  for (Identity509* identity : {&server, &client}) {
    const Key key = new_key();
    const Certificate cert = new_certificate("mooring test", serial++, key.get(), ca_cert.get(), ca_key.get());
    *identity = {pem(cert.get()), pem(key.get())};
  }
}

TlsFront::TlsFront(const Identity509& server, std::string socket_path, const std::string& client_ca)
    : context_(SSL_CTX_new(TLS_server_method())),
      socket_path_(std::move(socket_path)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  // As in the program itself: a peer that has gone is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  use(context_, server);
  if (!client_ca.empty()) ask_for(context_, client_ca);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port for the TLS front");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

TlsFront::~TlsFront() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int connection : open_) ::shutdown(connection, SHUT_RDWR);
  }
  acceptor_.join();
  for (std::thread& server : servers_) server.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

std::size_t TlsFront::handshakes() const {
  const std::lock_guard lock(mutex_);
  return handshakes_;
}

void TlsFront::accept_loop() {
  while (true) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    const std::lock_guard lock(mutex_);
    open_.insert(connection);
    if (ending_) ::shutdown(connection, SHUT_RDWR);
    servers_.emplace_back([this, connection] { serve(connection); });
  }
}

void TlsFront::serve(int connection) {
  SSL* tls = SSL_new(context_);
  SSL_set_fd(tls, connection);
  if (SSL_accept(tls) == 1) {
    {
      const std::lock_guard lock(mutex_);
      ++handshakes_;
    }
    const int engine = connect_to(socket_path_);
    if (engine >= 0) relay(tls, connection, engine);
    if (engine >= 0) ::close(engine);
  }
  SSL_free(tls);
  const std::lock_guard lock(mutex_);
  open_.erase(connection);
  ::close(connection);
}

}  // namespace mooring::docker
