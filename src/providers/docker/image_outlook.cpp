#include "providers/docker/image_outlook.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "providers/docker/container_fields.hpp"

namespace deployctl::providers::docker {
namespace {

// Machines that run another's programs as well.
constexpr auto also_runs = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"linux/amd64", "linux/386"},
    {"linux/arm64", "linux/arm"},
});

// Of the registry; anything else may only mean that this engine, or who stands before it, does not take the
// question.
constexpr auto telling = std::to_array({Cause::image_missing, Cause::network, Cause::tls});

bool can_run(const std::string& machine, const std::string& offered) {
  return machine == offered ||
         std::ranges::find(also_runs, std::pair<std::string_view, std::string_view>(machine, offered)) !=
             also_runs.end();
}

// Empty: it can, or one of the two is not known.
std::string foreign_platform(const std::string& machine, const std::vector<std::string>& offered) {
  if (machine.empty() || offered.empty()) return {};
  if (std::ranges::any_of(offered, [&](const std::string& one) { return can_run(machine, one); })) return {};
  return fmt::format("its image is for {}, and this machine is {}; where it is emulated, pull it there first",
                     join(offered, ", "), machine);
}

} // namespace

Result<std::string> image_obstacle(ReadSession& session, const Engine& engine, const std::string& image,
                                   const Value& archive) {
  DEPLOYCTL_TRY(const auto found, engine.find_image(image, session.stop));
  // By its id it comes out of the archive, or some other way that nobody can look at before.
  if (found || !archive.is_null() || is_image_id(image)) return std::string();
  DEPLOYCTL_TRY(const Text login, login_for(session.connection, image, session.stop));
  auto platforms = engine.find_platforms(image, login, session.stop);
  if (platforms) return foreign_platform(engine.endpoint().platform, *platforms);
  Error error = std::move(platforms).error();
  if (error.cause == Cause::auth || error.cause == Cause::cancelled)
    return fail(std::move(error).in(fmt::format("while looking whether '{}' can be pulled", image)));
  if (std::ranges::find(telling, error.cause) == telling.end()) return std::string();
  return fmt::format("its image cannot be pulled: {}", error.message);
}

} // namespace deployctl::providers::docker
