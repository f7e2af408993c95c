// A sentinel secret goes into every input that takes one; then everything a provider gives back is searched
// for it, as it is and as its plain hash.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encode.hpp"
#include "base/json.hpp"
#include "conformance/plan_text.hpp"
#include "conformance/subjects.hpp"

using namespace deployctl;
using namespace deployctl::conformance;

namespace {

std::string text_of(const Error& error) {
  std::string text = error.message + error.help;
  for (const std::string& line : error.evidence) text += "\n" + line;
  for (const std::string& line : error.frames) text += "\n" + line;
  return text;
}

std::string text_of(const Observation& seen) {
  return to_json(seen.managed) + to_json(seen.facts);
}

bool tells(const std::string& text) {
  for (const std::string& form : {std::string(sentinel_bytes), sha256_hex(sentinel_bytes),
                                  to_base64(sentinel_bytes), to_hex(sentinel_bytes)})
    if (text.find(form) != std::string::npos) return true;
  return false;
}

std::string durable(const tests::Recorder& recorder) {
  std::string text;
  for (const Value& undo : recorder.undos) text += to_json(undo);
  for (const std::string& id : recorder.remote_ids) text += id;
  return text;
}

bool takes_secrets(const std::vector<Field>& fields) {
  for (const Field& field : fields)
    if (field.secret != SecretUse::never || takes_secrets(field.fields) || takes_secrets(field.element))
      return true;
  return false;
}

} // namespace

TEST_CASE("conformance: a resource's secret is in nothing that it gives back") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.with_secret(*bench));
    const Change change = *bench->plan(ask);
    CHECK_FALSE(tells(conformance::text_of(change)));
    const auto applied = bench->apply(ask, change);
    CHECK(applied.has_value() != subject.fails);
    CHECK_FALSE(tells(applied ? to_json(*applied) : text_of(applied.error())));
    CHECK_FALSE(tells(durable(bench->recorder)));
    const Observation seen = *bench->observe(ask);
    CHECK_FALSE(tells(text_of(seen)));
    CHECK_FALSE(tells(conformance::text_of(*bench->plan(ask))));
    CHECK_FALSE(tells(to_json(bench->verbs<Resource>().outputs(ask, seen))));
    CHECK_FALSE(tells(to_json(bench->confirm(ask, change, change.stages.front().name).outputs)));
  }
}

TEST_CASE("conformance: a task's secret is in nothing that it gives back") {
  for (const Subject& subject : subjects_of(Kind::task)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.with_secret(*bench));
    const Change change = *bench->plan(ask);
    CHECK_FALSE(tells(conformance::text_of(change)));
    const auto applied = bench->apply(ask, change);
    CHECK(applied.has_value() != subject.fails);
    CHECK_FALSE(tells(applied ? to_json(*applied) : text_of(applied.error())));
    if (applied) continue;
    const Diagnosis diagnosis =
        bench->diagnose({.intent = bench->intent(ask, change, "run"), .error = applied.error()});
    CHECK_FALSE(tells(diagnosis.summary + join_lines(diagnosis.evidence)));
  }
}

TEST_CASE("conformance: a gate's secret is in neither sample nor verdict") {
  for (const Subject& subject : subjects_of(Kind::gate)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.with_secret(*bench));
    const Sample sample = bench->sample(ask);
    const Verdict verdict = bench->verbs<Gate>().judge(ask, std::span(&sample, 1));
    CHECK_FALSE(tells(to_json(sample.data) + verdict.detail + join_lines(verdict.evidence)));
  }
}

TEST_CASE("conformance: commands, paths and identities take no secrets") {
  for (const Subject& subject : subjects()) {
    const auto bench = subject.bench();
    for (const Field& field : bench->provider.description.fields) {
      INFO(subject.action << "." << field.name);
      const bool shown = field.identity || field.type == FieldType::argv || field.type == FieldType::script ||
                         field.type == FieldType::path;
      if (shown) CHECK_FALSE(takes_secrets({field}));
    }
  }
}
