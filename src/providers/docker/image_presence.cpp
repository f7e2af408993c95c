#include "providers/docker/image_presence.hpp"

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/members.hpp"
#include "providers/docker/container_fields.hpp"
#include "registry/image_files.hpp"

namespace deployctl::providers::docker {
namespace {

// By its digest, so that going back sends what was sent then.
Status carry(WriteSession& session, const Engine& engine, const std::string& image, const Value& archive) {
  const std::string name = text_at(archive, "path");
  DEPLOYCTL_TRY(const std::string path, session.ports.files.blob(text_at(archive, "sha256")));
  DEPLOYCTL_TRY(const std::unique_ptr<BodySource> source, registry::open_body(path));
  session.output.line(Stream::err, fmt::format("sending '{}', {}", name, format_size(source->size())));
  if (auto loaded = engine.load(*source, session.stop); !loaded)
    return fail(std::move(loaded).error().in(fmt::format("while sending '{}'", name)));
  DEPLOYCTL_TRY(const auto found, engine.find_image(image, session.stop));
  if (found) return {};
  return fail(Cause::image_missing, fmt::format("'{}' does not hold the image {}", name, image),
              "make it anew with 'docker save', or name the image that is in it");
}

} // namespace

Status have_image(WriteSession& session, const Engine& engine, const std::string& image,
                  const Value& archive) {
  DEPLOYCTL_TRY(const auto found, engine.find_image(image, session.stop));
  if (found) return {};
  if (!archive.is_null()) return carry(session, engine, image, archive);
  if (is_image_id(image))
    return fail(Cause::image_missing, fmt::format("the engine has no image {}", image),
                "bring it there with 'archive', or name an image of a registry by its digest");
  DEPLOYCTL_TRY(const Text login, login_for(session.connection, image, session.stop));
  session.output.line(Stream::err, "pulling " + image);
  return engine.pull(image, login, &session.output, session.stop).map_error([&](Error error) {
    return std::move(error).in("while pulling " + image);
  });
}

} // namespace deployctl::providers::docker
