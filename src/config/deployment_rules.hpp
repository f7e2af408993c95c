// The rules of an environment, and of a step that waits for a yes, as plain data: read by
// config/read_rules.hpp, judged by the layer `policy`. Nothing here decides.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/strategy.hpp>

namespace deployctl::config {

// From where an environment may be deployed.
struct Allow {
  std::vector<std::string> branches;
  std::vector<std::string> tags;
  std::optional<bool> clean;
};

// A moment of every week (minutes since Monday 00:00), or one moment (text "YYYY-MM-DD hh:mm").
struct FreezeMoment {
  std::optional<int> minute_of_week;
  std::string date;

  friend bool operator==(const FreezeMoment&, const FreezeMoment&) = default;
};

// `from` and `to` are of one kind. The first minute is frozen, the last is not.
struct FreezeWindow {
  FreezeMoment from;
  FreezeMoment to;
  std::string zone = "UTC"; // IANA
  std::string reason;
};

struct ApprovalRule {
  std::vector<std::string> by; // principals of `signers`; empty: whoever is there to answer
  int quorum = 1;
  Milliseconds expires{86'400'000};
  bool self_counts = false; // whether the author's own approval does
  std::string signers;      // OpenSSH allowed-signers file beside the pipeline; with `by`

  [[nodiscard]] bool is_signed() const { return !by.empty(); }
};

} // namespace deployctl::config
