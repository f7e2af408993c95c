#include "ssh/ssh_arguments.hpp"

#include <algorithm>
#include <cctype>

#include <catch2/catch.hpp>

using namespace deployctl;
using namespace deployctl::ssh;

namespace {

bool has(const std::vector<std::string>& argv, const std::string& first, const std::string& second) {
  for (std::size_t i = 0; i + 1 < argv.size(); ++i)
    if (argv[i] == first && argv[i + 1] == second) return true;
  return false;
}

const Paths paths{.socket = "/run/d/s", .log = "/run/d/s.log"};

} // namespace

TEST_CASE("ssh arguments: a master asks nobody, forwards nothing, checks keys and notices a lost host") {
  const auto argv =
      master_arguments({}, {.host = "web-1", .user = "deploy", .port = 2222}, paths, Carrier::as_configured);
  for (const char* const option :
       {"BatchMode=yes", "ControlPersist=no", "ConnectTimeout=10", "ServerAliveInterval=5",
        "ServerAliveCountMax=3", "ConnectionAttempts=1", "ForwardAgent=no", "ForwardX11=no",
        "ClearAllForwardings=yes", "StrictHostKeyChecking=yes", "LogLevel=INFO"})
    CHECK(has(argv, "-o", option));
  CHECK(has(argv, "-S", "/run/d/s"));
  CHECK(has(argv, "-E", "/run/d/s.log"));
  CHECK(has(argv, "-l", "deploy"));
  CHECK(has(argv, "-p", "2222"));
  CHECK(std::vector<std::string>(argv.end() - 2, argv.end()) == std::vector<std::string>{"--", "web-1"});
}

TEST_CASE("ssh arguments: one that only forwards runs no command and shares nothing") {
  const auto argv = forward_arguments({}, {.host = "web-1"}, paths.log, "/l:/run/docker.sock");
  CHECK(has(argv, "-L", "/l:/run/docker.sock"));
  CHECK(has(argv, "-S", "none"));
  CHECK(has(argv, "-o", "ExitOnForwardFailure=no"));
  CHECK(has(argv, "-o", "StrictHostKeyChecking=yes"));
  CHECK(std::count(argv.begin(), argv.end(), "-N") == 1);
  CHECK(std::count(argv.begin(), argv.end(), "ClearAllForwardings=yes") == 0); // would clear this one
  CHECK(std::vector<std::string>(argv.end() - 2, argv.end()) == std::vector<std::string>{"--", "web-1"});
}

TEST_CASE("ssh arguments: what is not given is left to the SSH configuration") {
  const auto argv = master_arguments({}, {.host = "web-1"}, paths, Carrier::as_configured);
  for (const char* const option : {"-l", "-p", "-F"})
    CHECK(std::count(argv.begin(), argv.end(), option) == 0);
}

TEST_CASE("ssh arguments: options of the user come behind ours, because the first one counts") {
  const Client client{.new_hosts = NewHosts::accept,
                      .options = {"BatchMode=no", "KexAlgorithms=curve25519-sha256"}};
  const auto argv = master_arguments(client, {.host = "web-1"}, paths, Carrier::as_configured);
  const auto ours = std::find(argv.begin(), argv.end(), "BatchMode=yes");
  const auto theirs = std::find(argv.begin(), argv.end(), "BatchMode=no");
  REQUIRE(theirs != argv.end());
  CHECK(ours < theirs);
  CHECK(has(argv, "-o", "KexAlgorithms=curve25519-sha256"));
  CHECK(has(argv, "-o", "StrictHostKeyChecking=accept-new"));
}

TEST_CASE("ssh arguments: a host or user that ssh or its shells could take for more is refused") {
  for (const char* const host : {"", "-oProxyCommand=x", "-web", "a b", "a;b", "$(a)", "a`b`", "a'b", "a\nb",
                                 "ssh://a", "a,b", "u@a", "a|b", "a\"b"})
    CHECK(!check_destination({.host = host}));
  for (const char* const user : {"-x", "a b", "a;b", "`a`", "a'b"})
    CHECK(!check_destination({.host = "web-1", .user = user}));
  CHECK(!check_destination({.host = "web-1", .port = 65'536}));
  for (const char* const host :
       {"web-1", "10.0.0.1", "fe80::1%eth0", "db_1.example.com", "b\u00fccher.example"})
    CHECK(check_destination({.host = host, .user = "deploy"}));
}

TEST_CASE("ssh arguments: whatever byte is in a host's name, ssh gets it as its last word or not at all") {
  for (int byte = 1; byte < 256; ++byte)
    for (const std::string& host :
         {std::string(1, static_cast<char>(byte)) + "web", std::string("we") + static_cast<char>(byte) + "b",
          std::string("web") + static_cast<char>(byte)}) {
      INFO(host);
      const bool is_name = byte >= 0x80 || std::isalnum(byte) != 0;
      const bool is_inner =
          host[0] != '-' && std::string_view("._-:%").find(static_cast<char>(byte)) != std::string_view::npos;
      CHECK(check_destination({.host = host}).has_value() == (is_name || is_inner));
      for (const auto& argv : {master_arguments({}, {.host = host}, paths, Carrier::as_configured),
                               command_arguments({}, {.host = host}, paths.log, "command"),
                               settings_arguments({}, {.host = host})})
        CHECK(std::count(argv.begin(), argv.end(), host) == 1);
    }
}

TEST_CASE("ssh arguments: over streams of its own a master connects nowhere, whatever the user configured") {
  const auto argv = master_arguments({.options = {"ProxyCommand=nc %h %p", "ProxyUseFdpass=yes"}},
                                     {.host = "web-1"}, paths, Carrier::own_streams);
  const auto at = [&argv](const char* option) { return std::find(argv.begin(), argv.end(), option); };
  CHECK(at("ProxyCommand=-") < at("ProxyCommand=nc %h %p"));
  CHECK(at("ProxyUseFdpass=no") < at("ProxyUseFdpass=yes"));
}
