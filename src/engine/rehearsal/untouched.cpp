#include "engine/rehearsal/untouched.hpp"

#include <algorithm>

namespace deployctl::engine::rehearsal {

namespace {

auto refused() {
  return fail(Cause::internal, "a rehearsal touches nothing");
}

} // namespace

void Untouched::Zeros::fill(std::span<std::byte> out) {
  std::fill(out.begin(), out.end(), std::byte{0});
}

Result<HttpResponse> Untouched::send(const HttpRequest&, std::stop_token) {
  return refused();
}
Result<HostResult> Untouched::run(const Host&, const HostCommand&, std::stop_token) {
  return refused();
}
Status Untouched::transfer(const Host&, const HostTransfer&, std::stop_token) {
  return refused();
}
Result<ProcessResult> Untouched::run(const ProcessRequest&, std::stop_token) {
  return refused();
}
Result<std::string> Untouched::blob(const std::string&) {
  return refused();
}
Result<std::string> Untouched::find(const std::string&, const std::string&) {
  return refused();
}
Result<std::string> Untouched::read(const std::string&, std::size_t) {
  return refused();
}
void Untouched::emit(Event) {}
Result<Value> Untouched::file(const std::string&) const {
  return refused();
}
Result<Value> Untouched::tree(const std::string&) const {
  return refused();
}
bool Untouched::exists(const std::string&) const {
  return false;
}

} // namespace deployctl::engine::rehearsal
