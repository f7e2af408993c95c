#include "providers/compose/operations.hpp"

#include <string>

#include "providers/compose/scripts.hpp"
#include "providers/compose/work_scripts.hpp"

namespace deployctl::providers::compose {

std::vector<Operation> project_operations() {
  std::vector<Operation> result;
  const auto add = [&](const char* name, Effect effect, const std::string& script, const char* help) {
    result.push_back(
        {.name = name, .effect = effect, .protocol = Protocol::host, .help = help, .script = script});
  };
  add("observe", Effect::read, observe_script,
      "Reads the live release, its containers and volumes, and has Compose render the wanted one in a folder "
      "that goes away again.");
  add("look", Effect::read, look_script, "Reads the state of the project's containers.");
  add("log", Effect::read, log_script, "Reads the last lines of a container.");
  add("present", Effect::read, present_script, "Looks for a release that was sent before.");
  add("prepare", Effect::write, prepare_script, "Makes the folders and looks for free space.");
  add("seal", Effect::write, seal_script, "Writes .env and the pinned images, checks the project, names it.");
  add("discard", Effect::write, discard_script, "Removes what was sent of a release that has no room.");
  add("pull", Effect::write, pull_script, "Pulls the images that are not there.");
  add("run", Effect::write, run_script_text, "Runs one command of Compose, without anybody to ask.");
  add("note", Effect::write, note_up_script, "Notes which release Compose was told to run.");
  add("record", Effect::write, record_script, "Makes a release the live one.");
  add("clean", Effect::write, clean_script, "Removes old releases, and images if that is wanted.");
  add("set-aside", Effect::write, set_aside_script, "Moves a release that was taken back to failed/.");
  result.push_back({.name = "upload",
                    .effect = Effect::write,
                    .protocol = Protocol::transfer,
                    .help = "Sends the files of a release."});
  return result;
}

} // namespace deployctl::providers::compose
