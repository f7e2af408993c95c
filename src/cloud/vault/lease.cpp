#include "cloud/vault/lease.hpp"

#include <algorithm>

namespace deployctl::vault {
namespace {

constexpr std::chrono::seconds shortest_wait(1);

} // namespace

LeaseTerms lease_in(const Value& answer) {
  const Value* renewable = answer.find("renewable");
  const bool* flag = renewable ? renewable->get<bool>() : nullptr;
  return {.id = cloud::text_at(answer, "lease_id"),
          .lasts = std::chrono::seconds(cloud::number_at(answer, "lease_duration").value_or(0)),
          .is_renewable = flag && *flag};
}

Lease::Lease(Session& session, LeaseTerms terms) : session_(session), terms_(std::move(terms)) {
  if (terms_.is_renewable) keeper_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
}

Lease::~Lease() {
  keeper_.request_stop();
  if (keeper_.joinable()) keeper_.join();
  session_.farewell("end of a lease", "sys/leases/revoke", Value::Map{{"lease_id", terms_.id}});
}

// A lease ends with the token that it was read with, so that one is kept alive too. What cannot be renewed
// any more ends with its time: whoever uses it is told by the service that it is for.
void Lease::keep(const std::stop_token& stop) {
  for (std::chrono::seconds lasts = terms_.lasts; lasts.count() > 0;) {
    const std::chrono::seconds nearest = std::min(lasts, session_.token_lasts().value_or(lasts));
    if (!session_.parts().wait(std::max(nearest * 2 / 3, shortest_wait), stop)) return;
    const auto answer =
        session_.post("renewal of a lease", "sys/leases/renew", Value::Map{{"lease_id", terms_.id}}, stop);
    if (!answer || !answer->is_good()) return;
    lasts = lease_in(*answer->body).lasts;
  }
}

} // namespace deployctl::vault
