// From a parsed document to a validated Pipeline, or to every mistake in it at once. Pure: all that may be
// known about the world comes in as Facts and Probes. For cli, plan and tests; it sends no request and
// resolves no secret.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/diagnostic.hpp>
#include <deployctl/provider.hpp>

#include "config/facts.hpp"
#include "config/pipeline.hpp"
#include "config/probes.hpp"

namespace deployctl::yaml {
struct Document;
}

namespace deployctl::config {

// What is read, and with which knowledge. Holds references: everything must outlive the call.
struct Subject {
  const yaml::Document& document;
  const Facts& facts;
  const Catalog& catalog;
  const Probes& probes;
};

struct Outcome {
  std::optional<Pipeline> pipeline;    // none if any diagnostic is an error
  std::vector<Diagnostic> diagnostics; // by position, none twice; may hold warnings beside a pipeline
};

// One environment, for plan and apply. Mistakes that concern other environments only are reported too: a file
// is valid as a whole. An unset variable is an error only where this environment's steps use it.
Outcome load(const Subject& subject, std::string_view environment);

// Every environment, offline, without facts about the repository: unset variables and missing files are
// warnings.
std::vector<Diagnostic> validate(const Subject& subject);

// In file order; for completion and "no environment 'x', similar names: ...".
std::vector<std::string> environment_names(const yaml::Document& document);

// `plan NAME` and `apply NAME` take an environment or a plan file: a name that is both needs "./NAME" for the
// file. Error (config) if it is both, or neither; true: it is an environment; false: a file.
Result<bool> is_environment(std::string_view name, const yaml::Document& document, const FileProbe& files);

// What the engine calls when a step's unknown inputs became known: the same checks and the same shapes (files
// hashed, durations canonical) that `load` gave the known ones. Error (config) with the first problem.
Result<Value> finish_inputs(const Description& description, const Value& inputs, const FileProbe& files);

} // namespace deployctl::config
