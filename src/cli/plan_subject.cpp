#include "cli/plan_subject.hpp"

#include <array>
#include <filesystem>
#include <fstream>

#include "os/files.hpp"

namespace deployctl::cli {
namespace {

constexpr std::size_t largest_plan = std::size_t{256} << 20;

// Plans are named as the shell sees them, and a folder that is called like an environment is no plan.
class RegularFiles final : public config::FileProbe {
public:
  [[nodiscard]] Result<Value> file(const std::string& path) const override { return not_asked(path); }
  [[nodiscard]] Result<Value> tree(const std::string& path) const override { return not_asked(path); }
  [[nodiscard]] bool exists(const std::string& path) const override {
    return std::filesystem::is_regular_file(path);
  }

private:
  static Result<Value> not_asked(const std::string& path) {
    return fail(Cause::internal, "the content of '" + path + "' is not asked for here");
  }
};

} // namespace

bool counts_as_source(const std::string& path) {
  constexpr std::string_view approvals = ".approvals";
  const bool approves = path.size() > approvals.size() && path.ends_with(approvals);
  const std::string plan = approves ? path.substr(0, path.size() - approvals.size()) : path;
  constexpr std::string_view opening = R"({"content":{)"; // most files are read no further
  std::array<char, opening.size()> begins{};
  std::ifstream(plan, std::ios::binary).read(begins.data(), begins.size());
  if (std::string_view(begins.data(), begins.size()) != opening) return true;
  const Result<std::string> text = os::read_file(plan, largest_plan);
  return !text || !plan::from_file(*text);
}

std::string approvals_file(const std::string& plan_file) {
  return plan_file + ".approvals";
}

Result<PlanSubject> find_subject(const Project& project, const std::string& name) {
  bool is_environment = false;
  if (name.find('/') == std::string::npos) {
    DEPLOYCTL_TRY(is_environment, config::is_environment(name, project.document, RegularFiles()));
  }
  if (is_environment) return PlanSubject{.environment = name, .plan = std::nullopt};
  Result<std::string> text = os::read_file(name, largest_plan);
  if (!text && text.error().cause == Cause::not_found)
    return fail(Cause::config, "there is no plan file '" + name + "'");
  if (!text) return fail(std::move(text).error());
  DEPLOYCTL_TRY(plan::Plan plan, plan::from_file(*text).map_error([&](Error error) {
    return std::move(error).in("while checking the digest of '" + name + "'");
  }));
  if (plan.content.operation != "apply" && plan.content.operation != "rollback")
    return fail(Cause::config,
                "'" + name + "' is a plan of '" + plan.content.operation + "', not of 'apply' or 'rollback'");
  if (plan.content.project != project.name())
    return fail(Cause::config, "'" + name + "' is a plan of '" + plan.content.project +
                                   "', the pipeline is of '" + project.name() + "'");
  std::string environment = plan.content.environment;
  return PlanSubject{.environment = std::move(environment), .plan = std::move(plan)};
}

} // namespace deployctl::cli
