#include <catch2/catch.hpp>

#include "policy/approval_count.hpp"

using namespace deployctl;
using namespace deployctl::policy;
using Catch::Matchers::Contains;
using Texts = std::vector<std::string>;

namespace {

const WallTime now = parse_time("2026-11-22T12:00:00Z").value();

config::ApprovalRule rule(int quorum = 1) {
  return {
      .by = {"lead", "ops"}, .quorum = quorum, .expires = std::chrono::hours(4), .signers = "deploy-signers"};
}

ApprovalSubject subject() {
  return {.project = "shop", .environment = "production", .digest = "d1", .planned_by = "ann@laptop"};
}

ExaminedApproval by(Texts principals, const std::string& key) {
  return {.statement = {.subject = subject(),
                        .signed_at = "2026-11-22T11:00:00Z",
                        .expires_at = "2026-11-22T15:00:00Z"},
          .intact = true,
          .key = key,
          .principals = std::move(principals)};
}

// The one reason for which this approval is refused.
std::string why_refused(const ExaminedApproval& approval) {
  const auto verdict = count_approvals(rule(), subject(), {approval}, now);
  CHECK_FALSE(verdict.granted);
  CHECK(verdict.by.empty());
  return verdict.refused.size() == 1 ? verdict.refused.front().why : "";
}

} // namespace

TEST_CASE("approvals: a quorum of distinct principals grants") {
  CHECK(count_approvals(rule(), subject(), {by({"lead"}, "k1")}, now).granted);
  const auto one = count_approvals(rule(2), subject(), {by({"lead"}, "k1")}, now);
  CHECK_FALSE(one.granted);
  CHECK(one.reason == "1 of 2 signed approvals by lead, ops");
  const auto both = count_approvals(rule(2), subject(), {by({"lead"}, "k1"), by({"ops"}, "k2")}, now);
  CHECK(both.granted);
  CHECK(both.by == Texts{"lead", "ops"});
}

TEST_CASE("approvals: one key is one person, and one principal is one person") {
  const auto same_key =
      count_approvals(rule(2), subject(), {by({"lead", "ops"}, "k1"), by({"lead", "ops"}, "k1")}, now);
  CHECK_FALSE(same_key.granted);
  const auto same_name = count_approvals(rule(2), subject(), {by({"lead"}, "k1"), by({"lead"}, "k2")}, now);
  CHECK_FALSE(same_name.granted);
  // Whoever may be both leaves the other seat free.
  const auto seated =
      count_approvals(rule(2), subject(), {by({"lead", "ops"}, "k1"), by({"lead"}, "k2")}, now);
  CHECK(seated.granted);
}

TEST_CASE("approvals: none is no approval") {
  const auto none = count_approvals(rule(), subject(), {}, now);
  CHECK_FALSE(none.granted);
  CHECK(none.reason == "0 of 1 signed approvals by lead, ops");
}

TEST_CASE("approvals: what does not count is refused with its reason") {
  auto approval = by({"lead"}, "k1");
  SECTION("of another plan") {
    approval.statement.subject.digest = "d2";
    CHECK_THAT(why_refused(approval), Contains("of another plan"));
  }
  SECTION("for another environment") {
    approval.statement.subject.environment = "staging";
    CHECK_THAT(why_refused(approval), Contains("'shop/staging'"));
  }
  SECTION("of a plan that somebody else made") {
    approval.statement.subject.planned_by = "eve@laptop";
    CHECK_THAT(why_refused(approval), Contains("made by 'eve@laptop'"));
  }
  SECTION("of a step") {
    approval.statement.subject.run = "r1";
    approval.statement.subject.step = "api";
    CHECK_THAT(why_refused(approval), Contains("of step 'api'"));
  }
  SECTION("altered") {
    approval.intact = false;
    CHECK_THAT(why_refused(approval), Contains("altered after it was signed"));
  }
  SECTION("by a key that is not, or no longer, a signer's") {
    approval.principals.clear();
    CHECK_THAT(why_refused(approval), Contains("is not, or no longer, one of lead, ops"));
  }
  SECTION("past its own end") {
    approval.statement.expires_at = "2026-11-22T12:00:00Z";
    CHECK_THAT(why_refused(approval), Contains("it expired at"));
  }
  SECTION("past what the rule allows, whatever it says of itself") {
    approval.statement.signed_at = "2026-11-22T08:00:00Z";
    approval.statement.expires_at = "2027-11-22T08:00:00Z";
    CHECK_THAT(why_refused(approval), Contains("approvals count for 4h"));
  }
  SECTION("from the future") {
    approval.statement.signed_at = "2026-11-22T12:30:00Z";
    CHECK_THAT(why_refused(approval), Contains("in the future"));
  }
  SECTION("by the author") {
    approval.is_author = true;
    CHECK_THAT(why_refused(approval), Contains("self: deny"));
    auto open = rule();
    open.self_counts = true;
    CHECK(count_approvals(open, subject(), {approval}, now).granted);
  }
}

TEST_CASE("approvals: a denial outweighs, and whoever denied may approve later") {
  auto denial = by({"ops"}, "k2");
  denial.statement.decision = Decision::deny;
  const auto denied = count_approvals(rule(), subject(), {by({"lead"}, "k1"), denial}, now);
  CHECK_FALSE(denied.granted);
  CHECK(denied.reason == "ops denied it");
  auto later = by({"ops"}, "k2");
  later.statement.signed_at = "2026-11-22T11:30:00Z";
  CHECK(count_approvals(rule(), subject(), {denial, later}, now).granted);
  CHECK(count_approvals(rule(), subject(), {later, denial}, now).granted);
}

TEST_CASE("approvals: a denial by somebody who may not approve changes nothing") {
  auto foreign = by({}, "k9");
  foreign.statement.decision = Decision::deny;
  CHECK(count_approvals(rule(), subject(), {by({"lead"}, "k1"), foreign}, now).granted);
}
