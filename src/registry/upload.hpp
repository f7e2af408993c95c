// One blob on its way into a repository: a mount where that is possible, otherwise one POST and one PUT,
// parts of it where a server takes no more at once, and a fresh start or the rest when a connection breaks.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "registry/exchange.hpp"
#include "registry/manifest.hpp"

namespace deployctl::registry {

// An upload that a registry has opened; without a location there is nothing left to send.
struct Session {
  std::string location;
  std::uint64_t least_chunk = 0; // bytes, when the registry says so
};

// `from`: a repository of the same host to mount from, or empty. A mount that is refused becomes an upload.
Result<Session> start_upload(Exchange& exchange, const Access& access, const Digest& digest,
                             const std::string& from, const std::stop_token& stop);
// Tells the registry that nothing more comes; what it answers does not matter.
void cancel_upload(Exchange& exchange, const Access& access, const Session& session);

class Upload {
public:
  Upload(Exchange& exchange, const Access& access, const Descriptor& blob, BodySource& source,
         std::stop_token stop)
      : exchange_(exchange), access_(access), blob_(blob), source_(source), stop_(std::move(stop)) {}

  Status run(const std::string& from);

private:
  Status send();      // what is left of it, from offset_
  Status send_last(); // and closes the upload
  Status send_chunk(std::uint64_t count);
  Result<bool> arrived_or_continue();             // after a failure; true: the registry has all of it
  [[nodiscard]] std::uint64_t chunk_size() const; // 0: all at once
  Error refusal(const HttpRequest& request, const HttpResponse& response);

  Exchange& exchange_;
  const Access& access_;
  const Descriptor& blob_;
  BodySource& source_;
  std::stop_token stop_;
  Session session_;
  std::uint64_t offset_ = 0; // the registry has all before it
  bool lost_ = false;        // it does not have what it said
};

} // namespace deployctl::registry
