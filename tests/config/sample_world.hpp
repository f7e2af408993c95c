// What a case says about the world, in lines of a file `world` beside its deploy.yaml:
//   validate | load ENVIRONMENT          what is called; validate when there is no such line
//   env NAME=VALUE   set NAME=VALUE   version V   live STEP OUTPUT VALUE
//   git sha|branch|tag|describe VALUE    the repository; without any line there is none
//   file PATH   tree PATH   outside PATH PATHs of the probe: found, or leaving the folder by a link
#pragma once

#include <set>
#include <string>

#include "config/facts.hpp"
#include "config/probes.hpp"

namespace sample {

class Files : public deployctl::config::FileProbe {
public:
  std::set<std::string> files;
  std::set<std::string> trees;
  std::set<std::string> outside;

  deployctl::Result<deployctl::Value> file(const std::string& path) const override;
  deployctl::Result<deployctl::Value> tree(const std::string& path) const override;
  bool exists(const std::string& path) const override;
};

struct World {
  std::string environment; // empty: validate
  deployctl::config::Facts facts;
  Files files;
};

World read_world(const std::string& text);
std::vector<std::string> zones();

// The outcome of a whole case as text: diagnostics with places, then the pipeline if there is one.
std::string transcript(const std::string& yaml, const World& world);

} // namespace sample
