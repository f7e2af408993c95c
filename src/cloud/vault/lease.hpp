// A credential that Vault makes when it is read and takes back by itself: renewed while it is held, revoked
// at the end. Nothing is kept of the credential here.
#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "cloud/vault/session.hpp"

namespace deployctl::vault {

struct LeaseTerms {
  std::string id; // empty: what was read is no credential of this kind
  std::chrono::seconds lasts{0};
  bool is_renewable = false;
};

LeaseTerms lease_in(const Value& answer);

class Lease {
public:
  // The session outlives it.
  Lease(Session& session, LeaseTerms terms);
  ~Lease(); // revokes it, as far as that goes at once; else it ends with its time
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

private:
  void keep(const std::stop_token& stop);

  Session& session_;
  const LeaseTerms terms_;
  std::jthread keeper_;
};

} // namespace deployctl::vault
