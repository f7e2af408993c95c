#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "plan/sample_plan.hpp"

using namespace deployctl;
using namespace deployctl::plan;

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

void check_altered(const std::string& text, const std::string& why) {
  const auto read = from_file(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().cause == Cause::conflict);
  CHECK_THAT(read.error().message,
             Catch::StartsWith("the plan file was changed after it was made") && Catch::Contains(why));
}

} // namespace

TEST_CASE("plan file: what was written is read back") {
  const std::string text = to_file(sample_plan());
  const auto read = from_file(text);
  REQUIRE(read);
  CHECK(to_file(*read) == text);
  CHECK(content_digest(read->content) == sample_plan().envelope.digest);
  const PlannedStep& step = read->content.steps.at(0);
  CHECK(read->content.crossings.at(0).why == "columns are dropped");
  CHECK(read->content.promoted_from == "staging");
  CHECK(read->content.built == std::vector<std::string>{"image"});
  CHECK(step.status == StepStatus::change);
  CHECK(step.targets.at(1).target == sample_plan().content.steps.at(0).targets.at(1).target);
  CHECK(step.targets.at(0).change.stages.at(0).ready->consecutive == 2);
  CHECK(step.targets.at(0).change.desired == sample_plan().content.steps.at(0).targets.at(0).change.desired);
  CHECK(step.inputs.find("image")->get<Unknown>()->expression == "${steps.image.ref}");
  CHECK(step.waves == std::vector<std::vector<std::size_t>>{{1}, {0}});
}

TEST_CASE("plan file: an edited value, expiry or digest is noticed") {
  const std::string text = to_file(sample_plan());
  check_altered(replaced(text, "/srv/app", "/srv/bad"), "checksum");
  check_altered(replaced(text, "2026-03-15", "2036-03-15"), "checksum");
  check_altered(replaced(text, sample_plan().envelope.digest, std::string(64, '0')), "checksum");
  check_altered(replaced(text, "\"epoch\":7", "\"epoch\":8"), "checksum");
}

TEST_CASE("plan file: a digest that is not that of the content is noticed, also with a fitting checksum") {
  Plan plan = sample_plan();
  plan.content.steps.at(0).inputs["path"] = "/srv/bad";
  check_altered(to_file(plan), "digest");
}

TEST_CASE("plan file: spaces and order count") {
  const std::string text = to_file(sample_plan());
  check_altered(text + " ", "not written the way");
  check_altered(replaced(text, "\"epoch\":7", "\"epoch\": 7"), "not written the way");
  check_altered(to_pretty_json(to_value(*from_file(text))), "not written the way");
}

TEST_CASE("plan file: unknown, missing and wrong members are named") {
  const std::string text = to_file(sample_plan());
  check_altered(replaced(text, "\"epoch\":7", "\"epoch\":7,\"extra\":1"),
                "unknown field 'extra' in 'content'");
  check_altered(replaced(text, "\"epoch\":7,", ""), "'content.epoch' is missing");
  check_altered(replaced(text, "\"epoch\":7", "\"epoch\":\"7\""),
                "'content.epoch' is \"7\", expected a whole number");
  check_altered(replaced(text, "\"kind\":\"act\"", "\"kind\":\"explode\""),
                "'content.steps.0.targets.0.change.stages.0.kind' is \"explode\"");
}

TEST_CASE("plan file: duplicate keys, cut text and other formats are refused") {
  const std::string text = to_file(sample_plan());
  CHECK_FALSE(from_file(replaced(text, "\"epoch\":7", "\"epoch\":7,\"epoch\":8")));
  CHECK_FALSE(from_file(text.substr(0, text.size() / 2)));
  CHECK_FALSE(from_file(""));
  const auto newer = from_file(replaced(text, "\"format\":1", "\"format\":2"));
  REQUIRE_FALSE(newer);
  CHECK(newer.error().cause == Cause::config);
  CHECK_THAT(newer.error().message, Catch::Contains("plan format 2 is not known"));
  CHECK_THAT(from_file("{}").error().message, Catch::Contains("not a plan file"));
}

TEST_CASE("plan digest: who, when, facts, release ids and epoch do not change it; everything else does") {
  const Plan plan = sample_plan();
  Plan other = plan;
  other.envelope.created_by = "bob@ci";
  other.content.base_release = "01J00";
  other.content.epoch = 8;
  other.content.promoted_release = "01J01";
  other.content.steps.at(0).targets.at(0).facts = Value::Map{{"disk_free", "1GiB"}};
  CHECK(content_digest(other.content) == content_digest(plan.content));
  other.content.steps.at(0).targets.at(0).fingerprint = "f2";
  CHECK(content_digest(other.content) != content_digest(plan.content));
}

TEST_CASE("plan: counts steps by their strongest change") {
  Content content = sample_plan().content;
  content.steps.push_back(content.steps.at(0));
  content.steps.at(1).targets.at(1).change.action = Action::replace;
  content.steps.push_back({.id = "task", .status = StepStatus::run});
  content.steps.push_back({.id = "same", .status = StepStatus::unchanged});
  content.steps.push_back({.id = "old", .status = StepStatus::gone});
  const Counts counts = count(content);
  CHECK(counts.update == 1);
  CHECK(counts.replace == 1);
  CHECK(counts.run == 1);
  CHECK(counts.unchanged == 1);
  CHECK(counts.create + counts.remove + counts.deferred == 0);
}
