#include "providers/docker/image_presence.hpp"

#include <fmt/core.h>

#include "providers/docker/container_fields.hpp"

namespace deployctl::providers::docker {

Status have_image(WriteSession& session, const Engine& engine, const std::string& image) {
  DEPLOYCTL_TRY(const auto found, engine.find_image(image, session.stop));
  if (found) return {};
  if (is_image_id(image))
    return fail(Cause::image_missing, fmt::format("the engine has no image {}", image),
                "load it there, or name an image of a registry by its digest");
  DEPLOYCTL_TRY(const Text login, login_for(session.connection, image, session.stop));
  session.output.line(Stream::err, "pulling " + image);
  return engine.pull(image, login, &session.output, session.stop).map_error([&](Error error) {
    return std::move(error).in("while pulling " + image);
  });
}

} // namespace deployctl::providers::docker
