#include "providers/compose/faults.hpp"

#include <array>
#include <string>

#include <fmt/core.h>

#include "base/sanitize.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr std::size_t shown_lines = 20;

struct KnownWords {
  std::string_view words;
  Cause cause;
  std::string_view help = {};
};

constexpr std::string_view volume_help =
    "nothing removes a volume here: give the changed one another name and move the data, or take the change "
    "back";

// A question first, whatever else was said beside it.
constexpr std::array<KnownWords, 4> questions = {{
    {"exists but doesn't match configuration in compose file", Cause::conflict, volume_help},
    {"Recreate (data will be lost)", Cause::conflict, volume_help},
    {"If you continue, volume data could be lost", Cause::conflict,
     "the image of what runs is gone from the host, and with it what says where its anonymous volumes are: "
     "save the data, then give the path a named volume"},
    {"Continue with the new image? [yN]", Cause::conflict, volume_help},
}};

constexpr std::array<KnownWords, 15> known_words = {{
    {"but a volume with the same name uses a different driver", Cause::conflict, volume_help},
    {"but a volume with the same name has a different", Cause::conflict, volume_help},
    {"declared as external, but could not be found", Cause::not_found,
     "create the volume on the host, or take 'external' out of the file"},
    {"needs to be recreated", Cause::conflict,
     "the network's definition changed: give it another name, or remove it by hand while nothing uses it"},
    {"port is already allocated", Cause::conflict, "another container holds the port"},
    {"address already in use", Cause::conflict, "another program of the host holds the port"},
    {"is already in use by container", Cause::conflict, "a container of that name is there already"},
    {"manifest unknown", Cause::image_missing},
    {"No such image", Cause::image_missing},
    {"no matching manifest for", Cause::image_arch},
    {"pull access denied", Cause::auth, "log in to the registry on the host as the user who deploys"},
    {"unauthorized", Cause::auth, "log in to the registry on the host as the user who deploys"},
    {"no basic auth credentials", Cause::auth, "log in to the registry on the host as the user who deploys"},
    {"no space left on device", Cause::capacity},
    {"permission denied while trying to connect to the Docker daemon", Cause::permission,
     "the user must be allowed to use the engine's socket, which is as much as root"},
}};

template <std::size_t count>
const KnownWords* spoken(const std::array<KnownWords, count>& table, std::string_view said) {
  for (const KnownWords& known : table)
    if (said.find(known.words) != std::string_view::npos) return &known;
  return nullptr;
}

} // namespace

Error explained(Error error) {
  std::string said = error.message;
  for (const std::string& line : error.evidence) said += '\n' + line;
  const KnownWords* known = spoken(questions, said);
  if (!known) known = spoken(known_words, said);
  if (!known) return error;
  error.cause = known->cause;
  if (!known->help.empty()) error.help = std::string(known->help);
  return error;
}

Status refuse_questions(const HostResult& result) {
  const std::string said = result.out + '\n' + result.err;
  const KnownWords* question = spoken(questions, said);
  if (!question) return {};
  return fail({.cause = question->cause,
               .message = fmt::format("Compose asked a question that is for people: '{}'", question->words),
               .help = std::string(question->help),
               .evidence = last_lines(said, shown_lines)});
}

} // namespace deployctl::providers::compose
