#include "engine/approvals.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include "base/pattern.hpp"
#include "base/strings.hpp"
#include "base/time.hpp"
#include "base/ulid.hpp"
#include "engine/approval_store.hpp"
#include "engine/signatures.hpp"
#include "os/files.hpp"
#include "state/audit.hpp"

namespace deployctl::engine {

namespace {

// For the files that ssh-keygen reads; gone with it.
class PrivateFolder {
public:
  static Result<PrivateFolder> make(const Environment& environment) {
    UlidSource ids(environment.ports.clock, environment.ports.random);
    PrivateFolder folder(environment.state.directory() + "/signatures-" + ids.next());
    DEPLOYCTL_CHECK(os::make_directories(folder.path_, 0700));
    return folder;
  }
  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder() {
    std::error_code ignored; // what stays is empty of secrets
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

// "Ann <ann@example.com>" is Ann, her address, and both together.
void add_identity(const std::string& text, std::vector<std::string>& names) {
  static const auto with_address = Pattern::compile("(.*) <([^>]*)>");
  if (!text.empty()) names.push_back(text);
  const auto groups = with_address->groups(text);
  if (!groups) return;
  for (const std::size_t part : {1U, 2U})
    if (!groups->at(part).empty()) names.push_back(groups->at(part));
}

std::vector<std::string> authors(const ApprovalQuestion& question) {
  std::vector<std::string> names;
  add_identity(question.plan.envelope.created_by, names);
  add_identity(question.plan.envelope.author, names);
  add_identity(question.source.commit_author, names);
  return names;
}

Result<std::string> signers_text(const ApprovalQuestion& question) {
  const plan::ApprovalNeeded& needed = question.needed;
  if (!question.source.file_at || needed.signers_commit.empty())
    return fail(Cause::policy, "signed approvals need a git repository: its commits say who may sign");
  auto text = question.source.file_at(needed.signers_commit, needed.rule.signers);
  if (text) return text;
  return fail(Cause::policy,
              fmt::format("who may approve cannot be told: '{}' of commit {} cannot be read: {}",
                          needed.rule.signers, needed.signers_commit.substr(0, 12), text.error().message),
              needed.of_live
                  ? "the live release's commit counts: release the file first, or fetch that commit"
                  : "commit the file beside the pipeline");
}

Result<std::vector<policy::SignedStatement>> all_approvals(const ApprovalQuestion& question) {
  DEPLOYCTL_TRY(auto all, kept_approvals(question.stack.directory(), question.subject.digest));
  DEPLOYCTL_TRY(const auto given, policy::read_approvals(question.given));
  all.insert(all.end(), given.begin(), given.end());
  return all;
}

Result<policy::ExaminedApproval> examine(const SignatureCheck& check, const ApprovalQuestion& question,
                                         const policy::SignedStatement& approval,
                                         const std::stop_token& stop) {
  DEPLOYCTL_TRY(SignatureProof proof, check.prove(approval, question.needed.rule.by, stop));
  policy::ExaminedApproval examined{.statement = approval.statement,
                                    .intact = proof.intact,
                                    .key = std::move(proof.key),
                                    .principals = std::move(proof.names)};
  if (examined.principals.empty() || question.needed.rule.self_counts) return examined;
  DEPLOYCTL_TRY(const SignatureProof as_author, check.prove(approval, authors(question), stop));
  examined.is_author = !as_author.names.empty();
  return examined;
}

Status record_refusals(const ApprovalQuestion& question, const policy::ApprovalVerdict& verdict) {
  if (verdict.refused.empty()) return {};
  return state::append_audit(question.stack.directory(),
                             {.time = format_time(question.environment.ports.clock.wall()),
                              .user = question.environment.user_at_host,
                              .what = "approval_refused",
                              .reason = join(refusal_lines(verdict), "; "),
                              .subject = Value::Map{{"digest", question.subject.digest},
                                                    {"run", question.subject.run},
                                                    {"step", question.subject.step}}});
}

} // namespace

std::optional<plan::ApprovalNeeded> approval_needed(const std::optional<config::ApprovalRule>& rule,
                                                    const Source& source,
                                                    const std::optional<state::Release>& live) {
  if (!rule || !rule->is_signed()) return std::nullopt;
  const bool of_live = live && !live->commit.empty();
  return plan::ApprovalNeeded{
      .rule = *rule, .signers_commit = of_live ? live->commit : source.commit, .of_live = of_live};
}

std::string planned_by(const plan::Envelope& envelope) {
  return envelope.author.empty() ? envelope.created_by : envelope.created_by + " <" + envelope.author + ">";
}

policy::ApprovalSubject approval_subject(const plan::Plan& plan, std::string run, std::string step) {
  return {.project = plan.content.project,
          .environment = plan.content.environment,
          .digest = plan.envelope.digest,
          .planned_by = planned_by(plan.envelope),
          .run = std::move(run),
          .step = std::move(step)};
}

Result<policy::ApprovalVerdict> judge_approvals(const ApprovalQuestion& question,
                                                const std::stop_token& stop) {
  const WallTime now = question.environment.ports.clock.wall();
  DEPLOYCTL_TRY(const std::string signers, signers_text(question));
  DEPLOYCTL_TRY(const auto approvals, all_approvals(question));
  std::vector<policy::ExaminedApproval> examined;
  if (!approvals.empty()) {
    DEPLOYCTL_TRY(const PrivateFolder folder, PrivateFolder::make(question.environment));
    DEPLOYCTL_TRY(const SignatureCheck check,
                  SignatureCheck::open(question.environment.ports.processes, folder.path(), signers, now));
    for (const policy::SignedStatement& approval : approvals) {
      DEPLOYCTL_TRY(policy::ExaminedApproval each, examine(check, question, approval, stop));
      examined.push_back(std::move(each));
    }
  }
  auto verdict = policy::count_approvals(question.needed.rule, question.subject, examined, now);
  DEPLOYCTL_CHECK(record_refusals(question, verdict));
  return verdict;
}

std::string approval_words(std::string_view by, std::string_view how) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> ways = {
      {{"prompt", "at the prompt"}, {"--yes", "with --yes"}, {"signed", "by signature"}}};
  const auto* const way =
      std::find_if(ways.begin(), ways.end(), [&](const auto& each) { return each.first == how; });
  return way == ways.end() ? fmt::format("approved by {} ({})", by, how)
                           : fmt::format("approved by {} {}", by, way->second);
}

std::vector<std::string> refusal_lines(const policy::ApprovalVerdict& verdict) {
  std::vector<std::string> lines;
  for (const policy::RefusedApproval& refused : verdict.refused)
    lines.push_back(refused.who + ": " + refused.why);
  return lines;
}

} // namespace deployctl::engine
