#include "ssh/log_causes.hpp"

#include <array>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/encode.hpp"
#include "base/integer.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"

namespace deployctl::ssh {
namespace {

constexpr std::size_t evidence_lines = 6;

struct Sentence {
  std::string_view in_log;
  Cause cause;
  std::string_view message; // completes "web-1: "
  std::string_view help;
  bool before_authentication = false; // dropped by the server without a look at who we are
};

// The first that occurs anywhere in the log counts. A refused key ends with the same line as an unknown one,
// and every failure ends with "closed by", so the order matters.
constexpr std::array sentences{
    Sentence{"you have requested strict checking", Cause::tls, "its host key is not known",
             "verify the key's fingerprint and add it to known_hosts"},
    Sentence{"Host key verification failed", Cause::tls, "its host key could not be verified",
             "verify the key's fingerprint and add it to known_hosts"},
    Sentence{"Too many authentication failures", Cause::auth, "too many keys were offered",
             "name the one key with IdentityFile and IdentitiesOnly in the SSH configuration"},
    Sentence{"Permission denied (", Cause::auth, "the login was refused",
             "check user and key with: ssh -v HOST true"},
    Sentence{"Could not resolve hostname", Cause::network, "its name could not be resolved", ""},
    Sentence{"hostname contains invalid characters", Cause::config, "ssh does not take this as a host name",
             ""},
    Sentence{"Bad configuration option", Cause::config, "the SSH configuration is not valid", ""},
    Sentence{"Bad owner or permissions on", Cause::config, "the SSH configuration may be changed by others",
             ""},
    Sentence{"no argument after keyword", Cause::config, "the SSH configuration is not valid", ""},
    Sentence{"Connection refused", Cause::network, "the connection was refused", ""},
    Sentence{"timed out during banner exchange", Cause::network,
             "connected, but no SSH server answered in time", ""},
    Sentence{"Connection timed out", Cause::network, "the connection timed out", ""},
    Sentence{"No route to host", Cause::network, "there is no route to it", ""},
    Sentence{"Network is unreachable", Cause::network, "its network cannot be reached", ""},
    Sentence{"not responding", Cause::network, "it stopped answering and the connection was given up", ""},
    Sentence{"too long for Unix domain socket", Cause::config, "the path of the control socket is too long",
             "set XDG_RUNTIME_DIR or TMPDIR to a directory with a short path"},
    Sentence{"kex_exchange_identification", Cause::network,
             "the server dropped the connection before the login",
             "its MaxStartups may be too low for this many connections", true},
    Sentence{"ssh_exchange_identification", Cause::network,
             "the server dropped the connection before the login",
             "its MaxStartups may be too low for this many connections", true},
    Sentence{"Unable to negotiate", Cause::network, "client and server have no algorithm in common", ""},
    Sentence{"closed by remote host", Cause::network, "the server closed the connection", ""},
    Sentence{"Connection reset by", Cause::network, "the connection was reset", ""},
    Sentence{"Connection closed by", Cause::network, "the server closed the connection", ""},
    Sentence{"Broken pipe", Cause::network, "the connection broke", ""},
};

// Of `line`, what stands behind `prefix`; nothing for other lines.
std::optional<std::string_view> behind(std::string_view line, std::string_view prefix) {
  const std::size_t found = line.find(prefix);
  if (found == std::string_view::npos) return std::nullopt;
  return trim(line.substr(found + prefix.size()));
}

// Without debug lines and those about single channels: "channel 2: open failed: connect failed: Connection
// refused".
std::string of_the_connection(std::string_view log) {
  std::string own;
  for (const std::string_view line : split(log, '\n'))
    if (!line.starts_with("channel ") && !line.starts_with("debug")) own.append(line).push_back('\n');
  return own;
}

// "Offending ED25519 key in /home/me/.ssh/known_hosts:3"
void read_place(std::string_view place, ChangedKey& key) {
  const std::size_t colon = place.rfind(':');
  if (colon == std::string_view::npos) return;
  const std::string_view number = place.substr(colon + 1);
  key.line = parse_integer<decltype(key.line)>(number).value_or(0);
  key.file = place.substr(0, colon);
}

} // namespace

std::optional<ChangedKey> changed_key_in(std::string_view log) {
  if (log.find("REMOTE HOST IDENTIFICATION HAS CHANGED") == std::string_view::npos) return std::nullopt;
  ChangedKey key;
  for (const std::string_view line : split(log, '\n')) {
    if (const auto place = behind(line, " key in "); place && line.starts_with("Offending"))
      read_place(*place, key);
    if (line.starts_with("SHA256:")) {
      const std::string_view text = trim(line);
      key.fingerprint = text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
    }
  }
  return key;
}

std::optional<std::string> fingerprint_of(std::string_view known_hosts_line) {
  std::string_view previous;
  for (const std::string_view word : split(trim(known_hosts_line), ' ')) {
    const bool names_type =
        previous.starts_with("ssh-") || previous.starts_with("ecdsa-") || previous.starts_with("sk-");
    previous = word;
    if (!names_type) continue;
    const auto key = from_base64(word);
    if (!key) return std::nullopt;
    std::string digest = to_base64(sha256(*key).view());
    while (digest.ends_with('=')) digest.pop_back();
    return "SHA256:" + digest;
  }
  return std::nullopt;
}

Error changed_key_error(const ChangedKey& key, const std::string& host,
                        const std::optional<std::string>& known_fingerprint) {
  const std::string place = fmt::format("{}:{}", key.file, key.line);
  return {.cause = Cause::tls,
          .message = fmt::format("the host key of '{}' has changed: {} is known ({}), it showed {}", host,
                                 known_fingerprint.value_or("another key"), place, key.fingerprint),
          .help = fmt::format(
              "nothing was sent to it; if the host has a new key on purpose, replace the line {}", place),
          .evidence = {}};
}

bool tells_command_end(std::string_view log) {
  return log.find(" rtype exit-") != std::string_view::npos; // exit-status or exit-signal
}

std::optional<Error> find_cause(std::string_view log, const std::string& host) {
  const std::string own = of_the_connection(log);
  for (const Sentence& sentence : sentences) {
    if (own.find(sentence.in_log) == std::string::npos) continue;
    return Error{.cause = sentence.cause,
                 .message = fmt::format("{}: {}", host, sentence.message),
                 .help = replace_all(sentence.help, "HOST", host),
                 .evidence = last_lines(own, evidence_lines),
                 .retryable = sentence.before_authentication};
  }
  return std::nullopt;
}

Error cause_in(std::string_view log, const std::string& host) {
  if (auto known = find_cause(log, host)) return *std::move(known);
  return {.cause = Cause::network,
          .message = fmt::format("{}: the SSH connection failed", host),
          .evidence = last_lines(of_the_connection(log), evidence_lines)};
}

Error cause_of_loss(std::string_view log, const std::string& host) {
  if (auto known = find_cause(log, host)) return *std::move(known);
  return {.cause = Cause::network,
          .message = fmt::format("{}: the server closed the connection", host),
          .evidence = {}};
}

} // namespace deployctl::ssh
