#include "ssh/settings.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;
using namespace deployctl::ssh;

TEST_CASE("ssh settings: where to, as whom and through which hosts") {
  const auto settings = parse_settings("user deploy\nhostname 10.1.2.3\nport 2222\naddkeystoagent false\n"
                                       "proxyjump ops@bastion:2200,[fd00::7]:23\nidentityfile ~/.ssh/a\n");
  REQUIRE(settings);
  CHECK(*settings == Settings{.hostname = "10.1.2.3",
                              .user = "deploy",
                              .port = 2222,
                              .jumps = {{.host = "bastion", .user = "ops", .port = 2200},
                                        {.host = "fd00::7", .port = 23}}});
}

TEST_CASE("ssh settings: jumps in every form") {
  CHECK(parse_jumps("none").value().empty());
  CHECK(parse_jumps("a").value() == std::vector<Destination>{{.host = "a"}});
  CHECK(parse_jumps("ssh://me@a:22/").value() ==
        std::vector<Destination>{{.host = "a", .user = "me", .port = 22}});
  CHECK(parse_jumps("me@x@a").value() == std::vector<Destination>{{.host = "a", .user = "me@x"}});
  CHECK(parse_jumps("[127.0.0.1]").value() == std::vector<Destination>{{.host = "127.0.0.1"}});
}

TEST_CASE("ssh settings: what cannot be a jump host is refused") {
  for (const char* const list : {"", "a,", "-oProxyCommand=x", "a:0", "a:99999", "a:x", "[::1", "$(x)"})
    CHECK(!parse_jumps(list));
  std::string many = "a";
  for (int i = 0; i < 16; ++i) many += ",a";
  CHECK(parse_jumps(many).error().message == "17 jump hosts, 16 are the most");
}

TEST_CASE("ssh settings: an answer without a host name is no answer") {
  CHECK(!parse_settings(""));
  CHECK(!parse_settings("port 22\nuser me\n"));
}
