// Secret references, hosts and moments of a freeze: what parses keeps its promises, whatever the text.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/secret_reference.hpp"
#include "config/freeze.hpp"
#include "config/hosts.hpp"
#include "config/version_number.hpp"

namespace {

using namespace deployctl;

void expect(bool holds) {
  if (!holds) std::abort();
}

void check_reference(std::string_view text) {
  const auto reference = parse_secret_reference(text);
  if (!reference) return expect(!reference.error().message.empty());
  const auto* scheme = find_secret_scheme(reference->scheme);
  expect(scheme != nullptr && !reference->source.empty());
  expect(reference->argv.empty() == (reference->scheme != "exec"));
  if (scheme->key == SecretKey::required) expect(reference->key.has_value());
  if (scheme->key == SecretKey::none) expect(!reference->key.has_value());
}

void check_host(std::string_view text) {
  const auto host = config::parse_host(text);
  if (!host) return expect(!host.error().message.empty());
  expect(!host->address.empty() && host->address.front() != '-');
  expect(host->user.empty() || host->user.front() != '-');
  expect(host->port >= 0 && host->port <= 65'535);
  expect(host->address.find_first_of(" \t\n'\"\\$`;|&<>()") == std::string::npos);
  // A host's name is how it is written: read again it is the same machine.
  const auto again = config::parse_host(host->name);
  expect(again && again->address == host->address && again->port == host->port);
}

void check_moment(std::string_view text) {
  const auto moment = config::parse_freeze_moment(text);
  if (!moment) return;
  expect(moment->minute_of_week.has_value() == moment->date.empty());
  if (moment->minute_of_week) expect(*moment->minute_of_week >= 0 && *moment->minute_of_week < 7 * 24 * 60);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_reference(text);
  check_host(text);
  check_moment(text);
  if (config::parse_version(text)) expect(config::compare_versions(text, text) == 0);
  return 0;
}
