#include "registry/transport.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "net/retry.hpp"
#include "registry/fault.hpp"
#include "registry/reference.hpp"

namespace deployctl::registry {
namespace {

constexpr net::RetryPolicy unanswered{
    .attempts = 6, .delay = Milliseconds(100), .max_delay = Milliseconds(5'000)};
constexpr net::RetryPolicy refused{
    .attempts = 6, .delay = Milliseconds(200), .max_delay = Milliseconds(30'000)};

struct Network {
  std::array<unsigned char, 4> address;
  int bits;
};
constexpr Network private_networks[] = {{{0, 0, 0, 0}, 8},     {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10},
                                        {{127, 0, 0, 0}, 8},   {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},
                                        {{192, 168, 0, 0}, 16}};

bool in_network(const unsigned char* address, const Network& network) {
  for (int bit = 0; bit < network.bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if (((address[byte] ^ network.address.at(byte)) >> (7 - bit % 8)) & 1) return false;
  }
  return true;
}

// Literal addresses only: what a name resolves to is not known here.
bool is_private_address(const std::string& host) {
  const auto within = [](const unsigned char* address) {
    return std::ranges::any_of(private_networks,
                               [&](const Network& network) { return in_network(address, network); });
  };
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return within(bytes.data());
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1) return false;
  const bool mapped =
      std::all_of(bytes.begin(), bytes.begin() + 10, [](unsigned char b) { return b == 0; }) &&
      bytes[10] == 0xff && bytes[11] == 0xff;
  if (mapped) return within(bytes.data() + 12);
  const bool lowest = std::all_of(bytes.begin(), bytes.begin() + 15, [](unsigned char b) { return b == 0; });
  return lowest || (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
}

bool unanswered_may_help(const Error& error) {
  return error.cause == Cause::network || error.cause == Cause::timeout;
}

} // namespace

Status check_detour(const net::Url& from, const net::Url& to) {
  if (from.scheme == "https" && to.scheme != "https")
    return fail(Cause::policy,
                fmt::format("'{}' sends us on to '{}', which is not encrypted", from.host, to.origin()));
  if (to.host != from.host && (is_private_address(to.host) || to.is_loopback()))
    return fail(Cause::policy, fmt::format("'{}' sends us on to '{}', an address of a private network",
                                           from.host, to.origin()));
  return {};
}

HostSettings Transport::settings(const std::string& host) const {
  return parts_.settings ? parts_.settings(host) : HostSettings{};
}

std::string Transport::origin(const std::string& host) const {
  const bool plain = settings(host).plain_http.value_or(is_loopback_host(host));
  return (plain ? "http://" : "https://") + api_host(host);
}

Status Transport::wait_for_quiet(HostMemory& host, const std::stop_token& stop) const {
  const BootTime left = host.quiet_until() - parts_.clock.boot();
  if (left.count() <= 0 || parts_.wait(std::chrono::ceil<Milliseconds>(left), stop)) return {};
  return fail(Cause::cancelled, "stopped while the registry wanted to be left alone");
}

Status Transport::pause_after(int attempt, const Error& failure, const std::stop_token& stop) const {
  if (!failure.retryable && !unanswered_may_help(failure)) return fail(failure);
  const auto& policy = unanswered_may_help(failure) ? unanswered : refused;
  const auto delay = net::next_delay(policy, attempt, std::nullopt, net::uniform(parts_.random));
  if (!delay) return fail(Error(failure).in(fmt::format("after {} attempts", attempt)));
  if (!parts_.wait(*delay, stop)) return fail(Cause::cancelled, "stopped between two attempts");
  return {};
}

Result<HttpResponse> Transport::send(const HttpRequest& request, HostMemory& host, Again again,
                                     const std::stop_token& stop) const {
  for (int attempt = 1;; ++attempt) {
    DEPLOYCTL_CHECK(wait_for_quiet(host, stop));
    auto response = parts_.http.send(request, stop);
    const bool fine = response && !may_succeed_later(*response);
    if (fine || (!response && !unanswered_may_help(response.error()))) return response;
    const auto asked = response ? net::retry_after(*response, parts_.clock.wall()) : std::nullopt;
    const auto& policy = response ? refused : unanswered;
    const auto delay = net::next_delay(policy, attempt, asked, net::uniform(parts_.random));
    // One request that came too early slows all of them down.
    if (delay && asked) host.be_quiet_until(parts_.clock.boot() + *delay);
    if (again == Again::never || !delay) return response;
    if (!asked && !parts_.wait(*delay, stop)) return fail(Cause::cancelled, "stopped between two attempts");
  }
}

} // namespace deployctl::registry
