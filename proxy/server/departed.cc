#include "proxy/server/departed.h"

#include <cstdint>

namespace mooring::server {

Departed::Leaving::Leaving(Departed& of, const std::string& fragment)
    : departed(of), id(fragment), deadline(of.loop_.deadlines(), passed, this) {
  deadline.set(static_cast<std::uint64_t>(of.time_.count()));
}

void Departed::add(const std::string& id) {
  leaving_.insert_or_assign(id, std::make_unique<Leaving>(*this, id));
}

void Departed::passed(void* context) {
  auto& leaving = *static_cast<Leaving*>(context);
  Departed& departed = leaving.departed;
  const std::string id = leaving.id;
  departed.forget(id);
  departed.over_(id);
}

}  // namespace mooring::server
