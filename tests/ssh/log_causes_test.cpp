#include "ssh/log_causes.hpp"

#include <catch2/catch.hpp>

#include "base/strings.hpp"

using namespace deployctl;
using namespace deployctl::ssh;

namespace {

// As OpenSSH 9.2 wrote it.
const std::string changed = R"(@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the ED25519 key sent by the remote host is
SHA256:BCP+pDtfpDlzP8NlXea03iht3Xtv5OMTlMvwZUHyLiU.
Please contact your system administrator.
Add correct host key in /home/a b/.ssh/known_hosts to get rid of this message.
Offending ED25519 key in /home/a b/.ssh/known_hosts:12
  remove with:
  ssh-keygen -f "/home/a b/.ssh/known_hosts" -R "[127.9.9.1]:2222"
Host key for [127.9.9.1]:2222 has changed and you have requested strict checking.
Host key verification failed.
)";

struct Case {
  const char* log;
  Cause cause;
  const char* message;
  bool retryable;
};

} // namespace

TEST_CASE("ssh log: each failure has its cause") {
  const auto expected = GENERATE(
      Case{"No ED25519 host key is known for web and you have requested strict checking.\r\nHost key "
           "verification "
           "failed.\r\n",
           Cause::tls, "web: its host key is not known", false},
      Case{"root@web: Permission denied (publickey).\n", Cause::auth, "web: the login was refused", false},
      Case{"Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\nDisconnected from "
           "10.0.0.1",
           Cause::auth, "web: too many keys were offered", false},
      Case{"ssh: connect to host web port 22: Connection refused", Cause::network,
           "web: the connection was refused", false},
      Case{"ssh: connect to host web port 22: Connection timed out", Cause::network,
           "web: the connection timed out", false},
      Case{"Connection timed out during banner exchange\nConnection to 10.0.0.1 port 22 timed out",
           Cause::network, "web: connected, but no SSH server answered in time", false},
      Case{"ssh: Could not resolve hostname web: Name or service not known", Cause::network,
           "web: its name could not be resolved", false},
      Case{
          "kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.0.0.1 port 22",
          Cause::network, "web: the server dropped the connection before the login", true},
      Case{"kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.1 "
           "port 22",
           Cause::network, "web: the server dropped the connection before the login", true},
      Case{"Timeout, server web not responding.", Cause::network,
           "web: it stopped answering and the connection was given up", false},
      Case{"channel 2: open failed: connect failed: Connection refused\nConnection to web closed by remote "
           "host.",
           Cause::network, "web: the server closed the connection", false},
      Case{"", Cause::network, "web: the SSH connection failed", false});
  const Error error = cause_in(expected.log, "web");
  CHECK(error.cause == expected.cause);
  CHECK(error.message == expected.message);
  CHECK(error.retryable == expected.retryable);
}

TEST_CASE("ssh log: its last lines are the evidence, without what could harm a terminal") {
  CHECK(cause_in("Permission denied (\x1b[31mpublickey)\r\n\r\n", "web").evidence ==
        std::vector<std::string>{"Permission denied (publickey)"});
}

TEST_CASE("ssh log: a changed host key is told with file, line and both fingerprints") {
  const auto key = changed_key_in(changed);
  REQUIRE(key);
  CHECK(*key == ChangedKey{.fingerprint = "SHA256:BCP+pDtfpDlzP8NlXea03iht3Xtv5OMTlMvwZUHyLiU",
                           .file = "/home/a b/.ssh/known_hosts",
                           .line = 12});
  CHECK(changed_key_error(*key, "web", "SHA256:old").message ==
        "the host key of 'web' has changed: SHA256:old is known (/home/a b/.ssh/known_hosts:12), it showed "
        "SHA256:BCP+pDtfpDlzP8NlXea03iht3Xtv5OMTlMvwZUHyLiU");
  CHECK(!changed_key_in("Permission denied (publickey)."));
}

TEST_CASE("ssh log: the fingerprint of a line of known_hosts is the one that ssh-keygen shows") {
  const std::string key = "AAAAC3NzaC1lZDI1NTE5AAAAIEkPuWwyF9Q7vFrVZpvzQXY4lTqEDYAnFZ0r0zBMqPpE";
  const std::string expected = "SHA256:2EnvdivsZ6RYzfcye9UrHid47IlgDvLJlNel/HW2cCE";
  CHECK(fingerprint_of("[127.0.0.1]:22 ssh-ed25519 " + key + " comment") == expected);
  CHECK(fingerprint_of("@cert-authority *.example.com ssh-ed25519 " + key + "\n") == expected);
  CHECK(!fingerprint_of("# a comment"));
  CHECK(!fingerprint_of("web ssh-ed25519 !!!"));
  CHECK(!fingerprint_of(""));
}
