// The files that guardrails look at, read from this machine. What is wrong with them is policy's to say.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "policy/lint/lint.hpp"

namespace deployctl::cli {

class LintFiles {
public:
  // What is known of the folder that an image is built from: all its files, or only its .dockerignore.
  enum class Contexts { listed, ignore_file };

  // Both absolute. Names are shown as they are reached from `here`.
  LintFiles(std::filesystem::path here, std::filesystem::path pipeline, Contexts contexts = Contexts::listed)
      : here_(std::move(here)), pipeline_(std::move(pipeline)), contexts_known_(contexts) {}

  // A file, whatever it is, or of a folder those that git keeps and a rule looks at.
  Status add_path(const std::string& path);
  // A file, if a rule looks at such.
  Status add_file(const std::filesystem::path& path) { return add(path, false); }

  policy::lint::LintInput take() { return std::move(input_); }

private:
  Status add_folder(const std::string& folder);
  Status add(const std::filesystem::path& path, bool named);
  void add_context(const std::filesystem::path& dockerfile, const std::string& name);
  const policy::lint::BuildContext* context_of(const std::string& folder);

  std::filesystem::path here_;
  std::filesystem::path pipeline_;
  Contexts contexts_known_;
  policy::lint::LintInput input_;
  std::map<std::string, std::optional<policy::lint::BuildContext>> contexts_; // none: cannot be listed
};

// Names of the files in a pipeline's folder, and of its workflows, that a rule looks at, without the
// pipeline; of a repository those that git keeps, and git is not asked when there are none.
Result<std::vector<std::string>> names_beside(const std::filesystem::path& pipeline);

} // namespace deployctl::cli
