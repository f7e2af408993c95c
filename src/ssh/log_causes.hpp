// What ssh wrote about a connection that failed or ended, turned into a cause. Pure: a table of the sentences
// that ssh has, in the order of how much they explain.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <deployctl/error.hpp>

namespace deployctl::ssh {

// Key of a host that is not the one in known_hosts, as the log tells it.
struct ChangedKey {
  std::string fingerprint; // "SHA256:..." of the key that was shown
  std::string file;        // known_hosts
  int line = 0;

  friend bool operator==(const ChangedKey&, const ChangedKey&) = default;
};
std::optional<ChangedKey> changed_key_in(std::string_view log);

// "SHA256:..." of the key in a line of known_hosts; nothing when there is none.
std::optional<std::string> fingerprint_of(std::string_view known_hosts_line);

// Whether the server reported that the command ended; in the log of level DEBUG1.
bool tells_command_end(std::string_view log);
// Nothing when the log holds no sentence that is known.
std::optional<Error> find_cause(std::string_view log, const std::string& host);
// The error to show for `host`; its evidence are the log's last lines. `retryable` only for a connection that
// was dropped before any authentication (MaxStartups): trying again costs nobody an account.
Error cause_in(std::string_view log, const std::string& host);
// The same for a connection that stood: ssh tells its log nothing when the server closes it.
Error cause_of_loss(std::string_view log, const std::string& host);
// The old key's fingerprint is said beside the new one's when the caller has found it.
Error changed_key_error(const ChangedKey& key, const std::string& host,
                        const std::optional<std::string>& known_fingerprint);

} // namespace deployctl::ssh
