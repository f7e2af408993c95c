// Signed approvals with real keys, made and proved by the system's ssh-keygen.
#include <catch2/catch.hpp>

#include <fstream>

#include "engine/approval_store.hpp"
#include "engine/approvals.hpp"
#include "engine/signatures.hpp"
#include "engine/stack_rig.hpp"
#include "os/environment.hpp"
#include "os/processes.hpp"
#include "state/audit.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using Catch::Matchers::Contains;
using Texts = std::vector<std::string>;

namespace {

// Keys of several people, and the file that says whose they are, as the live release's commit has it.
struct SigningRig : StackRig {
  os::LocalProcesses processes{machine.clock, folder.path(), os::read_environment()};
  std::map<std::string, std::string> keys; // who -> path
  std::string signers;
  Texts asked_files;

  SigningRig() {
    for (const char* who : {"lead", "ops", "ann@laptop", "stranger"}) make_key(who);
    for (const char* who : {"lead", "ops", "ann@laptop"}) signers += who + (" " + public_key(who));
    source.file_at = [this](const std::string& commit, const std::string& path) -> Result<std::string> {
      asked_files.push_back(commit.substr(0, 4) + ":" + path);
      return signers;
    };
    pipeline.approval = config::ApprovalRule{
        .by = {"lead", "ops", "ann@laptop"}, .expires = std::chrono::hours(4), .signers = "deploy-signers"};
    add_single("db", "v1");
  }

  void make_key(const std::string& who) {
    keys[who] = folder.path() + "/" + who;
    const ProcessRequest request{
        .argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", who, "-f", keys[who]},
        .inherit = {"PATH"},
        .directory = folder.path()};
    REQUIRE(processes.run(request, {}).value().exit_code == 0);
  }

  std::string public_key(const std::string& who) {
    std::ifstream file(keys.at(who) + ".pub");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  policy::SignedStatement signed_by(const std::string& who, const policy::ApprovalStatement& statement) {
    return {.statement = statement, .signature = sign(processes, keys.at(who), statement, {}).value()};
  }

  policy::ApprovalStatement statement_of(const plan::Plan& plan) {
    return {.subject = approval_subject(plan),
            .signed_at = format_time(machine.clock.wall()),
            .expires_at = format_time(machine.clock.wall() + std::chrono::hours(4))};
  }

  policy::SignedStatement approval(const std::string& who, const plan::Plan& plan) {
    return signed_by(who, statement_of(plan));
  }

  Ending apply_with(const plan::Plan& plan, const std::vector<policy::SignedStatement>& approvals) {
    const auto process = this->process();
    Environment environment{.catalog = catalog,
                            .ports = {.http = machine.http,
                                      .hosts = machine.hosts,
                                      .processes = processes,
                                      .files = machine.files,
                                      .clock = machine.clock,
                                      .random = machine.random},
                            .state = process->state,
                            .history = process->history,
                            .resolver = process->resolver,
                            .redactions = process->redactions,
                            .events = events,
                            .approve = process->environment.approve, // says yes to everything
                            .tool = "0.1.0",
                            .user_at_host = "ann@laptop",
                            .skip_to = process->environment.skip_to};
    ApplyOptions given = options;
    given.approvals = approvals.empty() ? "" : policy::write_approvals(approvals);
    return engine::apply(environment, pipeline, source, plan, given);
  }

  // The one reason why this approval alone is not enough.
  std::string refusal(const plan::Plan& plan, const policy::SignedStatement& approval) {
    const Ending ending = apply_with(plan, {approval});
    CHECK(ending.exit_code == 6);
    CHECK(world->things().empty());
    REQUIRE(ending.error);
    return ending.error->evidence.size() == 1 ? ending.error->evidence.front() : ending.error->message;
  }

  std::vector<state::AuditEntry> audit() {
    auto state = state::LocalState::open(folder.path(), machine.random).value();
    return state::read_audit(state.stack(pipeline.stack()).value().directory()).value();
  }
};

} // namespace

TEST_CASE("approvals: a signature of this plan by one who may grants, and the records name them") {
  SigningRig rig;
  const auto plan = rig.plan().value();
  REQUIRE(plan.content.approval);
  CHECK_FALSE(plan.content.approval->of_live);
  const Ending ending = rig.apply_with(plan, {rig.approval("lead", plan)});
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  REQUIRE(rig.live());
  REQUIRE(rig.live()->approvals.size() == 1);
  CHECK(rig.live()->approvals[0].by == "lead");
  CHECK(rig.live()->approvals[0].how == "signed");
  CHECK(rig.asked_files == Texts{"aaaa:deploy-signers"});
}

TEST_CASE("approvals: a yes, of a flag or a person, is no signature") {
  SigningRig rig;
  const auto plan = rig.plan().value();
  const Ending ending = rig.apply_with(plan, {});
  CHECK(ending.exit_code == 6);
  CHECK_THAT(ending.error->message, Contains("0 of 1 signed approvals"));
  CHECK_THAT(ending.error->help, Contains("deployctl approve FILE"));
  CHECK(rig.world->things().empty());
}

TEST_CASE("approvals: a quorum of two needs two") {
  SigningRig rig;
  rig.pipeline.approval->quorum = 2;
  const auto plan = rig.plan().value();
  const auto lead = rig.approval("lead", plan);
  CHECK(rig.apply_with(plan, {lead, lead}).exit_code == 6);
  CHECK(rig.apply_with(plan, {lead, rig.approval("ops", plan)}).exit_code == 0);
}

TEST_CASE("approvals: what does not count is refused with its reason, and that is written down") {
  SigningRig rig;
  const auto plan = rig.plan().value();
  auto statement = rig.statement_of(plan);
  SECTION("altered after signing") {
    auto altered = rig.approval("lead", plan);
    altered.statement.expires_at = "2027-01-01T00:00:00.000Z";
    CHECK_THAT(rig.refusal(plan, altered), Contains("altered after it was signed"));
  }
  SECTION("of another plan") {
    statement.subject.digest = std::string(64, 'd');
    CHECK_THAT(rig.refusal(plan, rig.signed_by("lead", statement)), Contains("of another plan"));
  }
  SECTION("of another environment") {
    statement.subject.environment = "staging";
    CHECK_THAT(rig.refusal(plan, rig.signed_by("lead", statement)), Contains("'shop/staging'"));
  }
  SECTION("by a stranger's key") {
    CHECK_THAT(rig.refusal(plan, rig.approval("stranger", plan)), Contains("SHA256:"));
  }
  SECTION("by a key that the file no longer has") {
    const auto approval = rig.approval("ops", plan);
    rig.signers = "lead " + rig.public_key("lead");
    CHECK_THAT(rig.refusal(plan, approval), Contains("not, or no longer"));
  }
  SECTION("by a key whose time in the file is over") {
    rig.signers = "lead valid-before=\"20251231\" " + rig.public_key("lead");
    CHECK_THAT(rig.refusal(plan, rig.approval("lead", plan)), Contains("not, or no longer"));
  }
  SECTION("by a key that may sign other things only") {
    rig.signers = "lead namespaces=\"git\" " + rig.public_key("lead");
    CHECK_THAT(rig.refusal(plan, rig.approval("lead", plan)), Contains("not, or no longer"));
  }
  SECTION("past its time") {
    const auto approval = rig.approval("lead", plan);
    rig.machine.clock.advance(std::chrono::hours(5));
    CHECK_THAT(rig.refusal(plan, approval), Contains("it expired at"));
  }
  SECTION("by who made the plan") {
    CHECK_THAT(rig.refusal(plan, rig.approval("ann@laptop", plan)), Contains("self: deny"));
  }
  SECTION("by who made the commit") {
    rig.source.commit_author = "Olga <ops>";
    CHECK_THAT(rig.refusal(plan, rig.approval("ops", plan)), Contains("self: deny"));
  }
  REQUIRE(rig.audit().size() == 1);
  CHECK(rig.audit()[0].what == "approval_refused");
  CHECK(rig.audit()[0].subject.find("digest")->text() != nullptr);
}

TEST_CASE("approvals: with self: allow the author counts") {
  SigningRig rig;
  rig.pipeline.approval->self_counts = true;
  const auto plan = rig.plan().value();
  CHECK(rig.apply_with(plan, {rig.approval("ann@laptop", plan)}).exit_code == 0);
}

TEST_CASE("approvals: a denial outweighs an approval") {
  SigningRig rig;
  const auto plan = rig.plan().value();
  auto denial = rig.statement_of(plan);
  denial.decision = policy::Decision::deny;
  const Ending ending = rig.apply_with(plan, {rig.approval("lead", plan), rig.signed_by("ops", denial)});
  CHECK(ending.exit_code == 6);
  CHECK_THAT(ending.error->message, Contains("ops denied it"));
}

TEST_CASE("approvals: with a live release its commit says who may sign") {
  SigningRig rig;
  const auto first = rig.plan().value();
  REQUIRE(rig.apply_with(first, {rig.approval("lead", first)}).exit_code == 0);
  rig.source.commit = std::string(40, 'b');
  rig.change("p2");
  rig.set_value("db", "v2");
  rig.asked_files.clear();
  const auto second = rig.plan().value();
  REQUIRE(second.content.approval);
  CHECK(second.content.approval->of_live);
  CHECK(rig.apply_with(second, {rig.approval("lead", second)}).exit_code == 0);
  CHECK(rig.asked_files == Texts{"aaaa:deploy-signers"});
}

TEST_CASE("approvals: when the signers file cannot be read nobody may sign") {
  SigningRig rig;
  const auto plan = rig.plan().value();
  rig.source.file_at = [](const std::string&, const std::string& path) -> Result<std::string> {
    return fail(Cause::not_found, "no file '" + path + "'");
  };
  const Ending ending = rig.apply_with(plan, {rig.approval("lead", plan)});
  CHECK(ending.exit_code == 6);
  CHECK_THAT(ending.error->message, Contains("who may approve cannot be told"));
}

TEST_CASE("approvals: a step waits for its signature, which the state keeps, and then goes on") {
  SigningRig rig;
  rig.step("db").approval = *rig.pipeline.approval;
  rig.pipeline.approval.reset();
  const auto plan = rig.plan().value();
  const Ending parked = rig.apply_with(plan, {});
  CHECK(parked.exit_code == 6);
  CHECK(parked.outcome == Outcome::parked);
  CHECK_THAT(parked.error->help, Contains("deployctl approve " + parked.run));
  CHECK(rig.world->things().empty());

  auto state = state::LocalState::open(rig.folder.path(), rig.machine.random).value();
  const std::string directory = state.stack(rig.pipeline.stack()).value().directory();
  auto of_the_plan = rig.statement_of(plan);
  REQUIRE(keep_approval(directory, rig.machine.clock, rig.signed_by("lead", of_the_plan)));
  const Ending still = rig.apply_with(plan, {});
  CHECK(still.outcome == Outcome::parked);
  CHECK_THAT(still.error->evidence.at(0), Contains("not of this step"));

  auto statement = of_the_plan;
  statement.subject = approval_subject(plan, parked.run, "db");
  REQUIRE(keep_approval(directory, rig.machine.clock, rig.signed_by("lead", statement)));
  const Ending done = rig.apply_with(plan, {});
  INFO((done.error ? done.error->message : ""));
  CHECK(done.exit_code == 0);
  CHECK(done.run == parked.run);
  CHECK(rig.live()->approvals.back().step == "db");
  CHECK(rig.live()->approvals.back().by == "lead");
}
