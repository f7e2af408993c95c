// The stages of compose.project on one host: what is sent and run there, in which order.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "providers/compose/inputs.hpp"
#include "providers/compose/move.hpp"

namespace deployctl::providers::compose {

// One host while one stage works on it.
class ProjectWork {
public:
  // `inputs` has its secrets resolved.
  ProjectWork(WriteSession& session, std::string socket, const ProjectInputs& inputs, const Change& change,
              const Stage& stage, const Intent& intent);

  // Every stage of plan.hpp. Done twice it does what it does once.
  Status run();

private:
  Status upload();
  Status send();
  Status pull();
  Status up();
  Status clean();
  Status back();
  Status set_aside();
  Status remove();

  Status check_images();
  Status send_tree();
  Status seal();
  Status end_dropped();
  Status bring_up(const UpWishes& wishes);
  Status take_down();
  Status note(const std::string& state); // what Compose was told to run
  Status make_live();                    // notes what was proven, and repoints `current`
  void warn(const Result<HostResult>& done);
  Result<HostResult> script(const std::string& operation, const std::string& text,
                            std::vector<std::string> arguments, Text input = {},
                            const std::map<std::string, Text>& environment = {});
  // One command line of Compose in the folder of a release.
  Status compose(const std::string& folder, std::vector<std::string> line);
  [[nodiscard]] std::string name() const; // of the release that becomes live
  [[nodiscard]] std::string revision() const;

  WriteSession& session_;
  std::string socket_;
  const ProjectInputs& inputs_;
  const Stage& stage_;
  const Intent& intent_;
  Move move_;
};

} // namespace deployctl::providers::compose
