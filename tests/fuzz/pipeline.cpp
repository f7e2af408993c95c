// Any text as a pipeline: it is refused or loaded, never both; every mistake has a message, a code of the
// table and a place inside the text; what loads has a digest that loading again gives again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/diagnostic_codes.hpp"
#include "config/load.hpp"
#include "config/sample_catalog.hpp"
#include "config/sample_world.hpp"
#include "yaml/document.hpp"

namespace {

using namespace deployctl;

void expect(bool holds) {
  if (!holds) std::abort();
}

bool check(const std::vector<Diagnostic>& diagnostics, std::size_t size) {
  bool errors = false;
  std::uint32_t last = 0;
  for (const auto& diagnostic : diagnostics) {
    errors = errors || diagnostic.severity == Severity::error;
    expect(!diagnostic.message.empty() && find_diagnostic_code(diagnostic.code) != nullptr);
    expect(diagnostic.span.begin <= diagnostic.span.end && diagnostic.span.end <= size &&
           last <= diagnostic.span.begin);
    last = diagnostic.span.begin;
  }
  return errors;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = yaml::parse("deploy.yaml", std::string(reinterpret_cast<const char*>(data), size));
  if (!parsed.document) return 0;
  static const Catalog catalog = sample::catalog();
  const auto world =
      sample::read_world("env KEY=x\ntree app\nfile a\ngit sha 0123456789012345678901234567890123456789\n");
  const config::Probes probes{.files = world.files, .zones = sample::zones};
  const config::Subject subject{*parsed.document, world.facts, catalog, probes};
  check(config::validate(subject), size);
  for (const auto& environment : config::environment_names(*parsed.document)) {
    const auto outcome = config::load(subject, environment);
    const bool errors = check(outcome.diagnostics, size);
    expect(outcome.pipeline.has_value() != errors);
    if (outcome.pipeline)
      expect(config::load(subject, environment).pipeline->digest == outcome.pipeline->digest);
    break; // one says as much as all
  }
  return 0;
}
