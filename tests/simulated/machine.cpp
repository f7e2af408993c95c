#include "simulated/machine.hpp"

namespace deployctl::simulated {
namespace {

constexpr std::chrono::seconds epoch{1'767'225'600}; // 2026-01-01T00:00:00Z

tl::unexpected<Error> refused(const std::string& what) {
  return fail(Cause::internal, "this simulated machine has no " + what);
}

} // namespace

std::chrono::system_clock::time_point VirtualClock::wall() const {
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(epoch + boot()));
}

std::chrono::nanoseconds VirtualClock::boot() const {
  return std::chrono::nanoseconds(now_.load());
}

void VirtualClock::advance(std::chrono::nanoseconds by) {
  if (by.count() > 0) now_.fetch_add(by.count());
}

void VirtualClock::advance_to(std::chrono::nanoseconds boot) {
  std::int64_t now = now_.load();
  while (now < boot.count() && !now_.compare_exchange_weak(now, boot.count())) {
  }
}

void SeededRandom::fill(std::span<std::byte> out) {
  const std::scoped_lock lock(mutex_);
  for (std::byte& byte : out) byte = static_cast<std::byte>(engine_() & 0xffU);
}

Result<HttpResponse> RefusingHttp::send(const HttpRequest& request, std::stop_token) {
  return refused("network for " + request.url);
}

Result<HostResult> RefusingHosts::run(const Host& host, const HostCommand&, std::stop_token) {
  return refused("host " + host.name);
}

Status RefusingHosts::transfer(const Host& host, const HostTransfer&, std::stop_token) {
  return refused("host " + host.name);
}

Result<ProcessResult> RefusingProcesses::run(const ProcessRequest& request, std::stop_token) {
  return refused("processes for " + request.operation);
}

Result<std::string> RefusingFiles::blob(const std::string& sha256) {
  return refused("file with the content " + sha256);
}

Result<std::string> RefusingFiles::find(const std::string& path, const std::string&) {
  return refused("file " + path);
}

Result<std::string> RefusingFiles::read(const std::string& path, std::size_t) {
  return refused("file " + path);
}

} // namespace deployctl::simulated
