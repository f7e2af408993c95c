// The source at a tag in a temporary folder that goes away again: what a rollback without a record is planned
// and applied from. The repository and its working tree are not touched.
#pragma once

#include <optional>
#include <string>

#include "cli/facts.hpp"
#include "cli/project.hpp"

namespace deployctl::cli {

class Checkout {
public:
  // Of the tag `name`, or `v` and that name. None outside a repository or when it has no such tag.
  static Result<std::optional<Checkout>> at_tag(Invocation& invocation, const Project& project,
                                                const std::string& name);
  // Of a commit that was a tag's when a plan was saved.
  static Result<Checkout> at(Invocation& invocation, const Project& project, const Revision& revision);

  Checkout(Checkout&& other) noexcept;
  Checkout& operator=(Checkout&&) = delete;
  Checkout(const Checkout&) = delete;
  Checkout& operator=(const Checkout&) = delete;
  ~Checkout();

  [[nodiscard]] const Project& project() const { return *project_; }  // the pipeline as it was then
  [[nodiscard]] const std::string& origin() const { return origin_; } // the folder of the one at hand
  [[nodiscard]] const Revision& revision() const { return revision_; }

private:
  Checkout(std::string folder, std::string origin, Revision revision)
      : folder_(std::move(folder)), origin_(std::move(origin)), revision_(std::move(revision)) {}

  std::string folder_; // ours, removed at the end; empty when moved from
  std::string origin_;
  Revision revision_;
  std::optional<Project> project_;
};

} // namespace deployctl::cli
