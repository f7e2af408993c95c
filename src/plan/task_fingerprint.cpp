#include "plan/task_fingerprint.hpp"

#include "base/crypto.hpp"
#include "base/json.hpp"

namespace deployctl::plan {
namespace {

bool is_complete(const Value& inputs) {
  bool complete = true;
  for_each_unknown(inputs, [&](const Unknown&) { complete = false; });
  for_each_secret(inputs, [&](const Secret& secret) { complete &= !secret.version().empty(); });
  return complete;
}

} // namespace

std::string task_fingerprint(const TaskMaterial& material) {
  if (!is_complete(material.inputs)) return {};
  return sha256_hex(to_json(Value::Map{{"action", material.action},
                                       {"inputs", material.inputs},
                                       {"instance", material.instance},
                                       {"sources", material.sources_hash}}));
}

} // namespace deployctl::plan
