#include "cli/restorability.hpp"

namespace deployctl::cli {
namespace {

bool is_denied(const Error& error) {
  return error.cause == Cause::auth || error.cause == Cause::permission;
}

} // namespace

Result<std::vector<CheckedRelease>> check_releases(Wiring& wiring, int limit) {
  DEPLOYCTL_TRY(const auto lines, wiring.history().releases(wiring.pipeline().stack(), limit));
  std::vector<state::Release> releases;
  for (const state::ReleaseLine& line : lines) {
    DEPLOYCTL_TRY(auto release, wiring.history().release(line.id));
    if (release) releases.push_back(*std::move(release));
  }
  std::vector<engine::Restorable> answers =
      engine::check_restorable(wiring.engine(), wiring.pipeline(), releases);
  std::vector<CheckedRelease> checked;
  for (std::size_t i = 0; i < releases.size(); ++i)
    checked.push_back({std::move(releases[i]), std::move(answers[i])});
  return checked;
}

std::string verdict_of(const engine::Restorable& restorable) {
  if (restorable.missing.empty())
    return restorable.notes.empty() ? "yes" : "yes, with today's value of some secrets";
  std::string text = "no: " + restorable.missing.front().message;
  const std::size_t more = restorable.missing.size() - 1;
  return more == 0 ? text : text + " (and " + std::to_string(more) + " more)";
}

Value to_value(const engine::Restorable& restorable) {
  Value::List missing;
  for (const Error& error : restorable.missing)
    missing.push_back(Value::Map{{"cause", to_text(error.cause)}, {"message", error.message}});
  return Value::Map{{"restorable", restorable.missing.empty()},
                    {"missing", std::move(missing)},
                    {"notes", Value::List(restorable.notes.begin(), restorable.notes.end())}};
}

ExitCode exit_code_of(const std::vector<CheckedRelease>& releases) {
  ExitCode code = ExitCode::done;
  for (const CheckedRelease& checked : releases)
    for (const Error& error : checked.restorable.missing) {
      if (!is_denied(error)) return ExitCode::failed;
      code = ExitCode::denied;
    }
  return code;
}

} // namespace deployctl::cli
