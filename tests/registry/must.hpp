// What tests of the registry client expect to succeed, and names of images in a server of theirs.
#pragma once

#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "registry/reference.hpp"

namespace deployctl::tests {

template <class T>
T must(Result<T> result) {
  INFO((result ? "" : result.error().message));
  REQUIRE(result);
  return *std::move(result);
}

inline void must(const Status& status) {
  INFO((status ? "" : status.error().message));
  REQUIRE(status);
}

template <class Server>
registry::Reference at(const Server& server, const std::string& rest) {
  return registry::parse_reference(server.host() + "/" + rest).value();
}

} // namespace deployctl::tests
