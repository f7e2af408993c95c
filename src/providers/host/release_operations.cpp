#include "providers/host/release_operations.hpp"

#include "providers/host/release_observe_script.hpp"
#include "providers/host/release_scripts.hpp"
#include "providers/host/service_scripts.hpp"

namespace deployctl::providers::host {

std::vector<Operation> release_operations() {
  std::vector<Operation> result;
  const auto add = [&](const char* name, Effect effect, const std::string& script, const char* help) {
    result.push_back(
        {.name = name, .effect = effect, .protocol = Protocol::host, .help = help, .script = script});
  };
  add("observe", Effect::read, observe_script,
      "Reads the live release: link, hashes, modes, unit, free space.");
  add("verify", Effect::read, verify_script, "Compares a release with its listing.");
  add("link", Effect::read, link_script, "Reads which release is live.");
  add("service_state", Effect::read, service_state_script, "Reads the state of the unit.");
  add("service_log", Effect::read, service_log_script, "Reads the last lines of the unit's log.");
  add("prepare", Effect::write, prepare_script, "Makes the folders and looks for free space.");
  add("seal", Effect::write, seal_script, "Unpacks, links and names a release that was sent.");
  add("discard", Effect::write, discard_script, "Removes what was sent of a release that has no room.");
  add("switch", Effect::write, switch_script, "Makes a release live.");
  add("mark", Effect::write, mark_script, "Notes which release the service was told about.");
  add("unlink", Effect::write, unlink_script, "Leaves nothing live.");
  add("clean", Effect::write, clean_script, "Removes old releases.");
  add("set-aside", Effect::write, set_aside_script, "Moves a release that was taken back to failed/.");
  add("service", Effect::write, service_script, "Restarts or reloads the unit.");
  add("write-unit", Effect::write, write_unit_script, "Writes the unit's file, or removes it.");
  add("stop", Effect::write, stop_script, "Stops the unit.");
  result.push_back({.name = "upload",
                    .effect = Effect::write,
                    .protocol = Protocol::transfer,
                    .help = "Sends the release's files."});
  for (const char* own : {"preflight", "reload"})
    result.push_back({.name = own,
                      .effect = Effect::write,
                      .protocol = Protocol::host,
                      .help = "Runs the pipeline's own command.",
                      .script = run_in_directory,
                      .from_input = own});
  result.push_back({.name = "health",
                    .effect = Effect::read,
                    .protocol = Protocol::http,
                    .help = "Asks whether the release is healthy.",
                    .method = "GET",
                    .path = ".*"});
  return result;
}

} // namespace deployctl::providers::host
