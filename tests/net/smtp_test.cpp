#include <catch2/catch.hpp>

#include "net/loopback_mail.hpp"
#include "net/loopback_server.hpp"
#include "net/smtp.hpp"

using namespace deployctl;
using namespace deployctl::net;
using deployctl::tests::LoopbackMail;

namespace {

MailServer plain(int port) {
  return {.host = "127.0.0.1",
          .port = port,
          .tls = MailTls::none,
          .user = {},
          .password = {},
          .ca_file = {},
          .own_name = "here"};
}

Mail mail(std::vector<std::string> to = {"ops@example.com"}) {
  return {
      .from = "deploy@example.com", .to = std::move(to), .data = "Subject: hi\r\n\r\n.dot\r\n..\r\nend\r\n"};
}

} // namespace

TEST_CASE("smtp: a mail arrives whole, also lines that begin with a dot") {
  const LoopbackMail server;
  REQUIRE(send_mail(plain(server.port()), mail({"a@example.com", "b@example.com"}), {}));
  CHECK(server.mails() == std::vector<std::string>{"Subject: hi\r\n\r\n..dot\r\n...\r\nend"});
  const auto commands = server.commands();
  CHECK(commands.at(0) == "EHLO here");
  CHECK(commands.at(1).starts_with("MAIL FROM:<deploy@example.com>"));
  CHECK(commands.at(2) == "RCPT TO:<a@example.com>");
  CHECK(commands.at(3) == "RCPT TO:<b@example.com>");
}

TEST_CASE("smtp: one recipient is refused, the others get it, and the refusal is told") {
  const LoopbackMail server(std::map<std::string, std::string>{{"RCPT TO:<gone", "550 no such user"}});
  const Status sent = send_mail(plain(server.port()), mail({"gone@example.com", "ops@example.com"}), {});
  REQUIRE_FALSE(sent);
  CHECK(sent.error().message.find("refused 1 of 2 recipients: 550 no such user") != std::string::npos);
  CHECK_FALSE(sent.error().retryable);
  CHECK(server.mails().size() == 1);
}

TEST_CASE("smtp: what a server cannot do now may be tried again, what it does not want may not") {
  const LoopbackMail busy(std::map<std::string, std::string>{{"MAIL", "451 try later"}});
  const Status later = send_mail(plain(busy.port()), mail(), {});
  REQUIRE_FALSE(later);
  CHECK(later.error().retryable);
  const LoopbackMail refusing(std::map<std::string, std::string>{{".", "554 looks like spam"}});
  const Status never = send_mail(plain(refusing.port()), mail(), {});
  REQUIRE_FALSE(never);
  CHECK_FALSE(never.error().retryable);
  CHECK(never.error().message.find("554 looks like spam") != std::string::npos);
  const LoopbackMail lost(std::map<std::string, std::string>{{".", "hang up"}});
  const Status unknown = send_mail(plain(lost.port()), mail(), {});
  REQUIRE_FALSE(unknown);
  CHECK_FALSE(unknown.error().retryable); // it may have been taken
}

TEST_CASE("smtp: a server that cannot encrypt gets nothing") {
  const LoopbackMail server;
  MailServer strict = plain(server.port());
  strict.tls = MailTls::starttls;
  strict.user = "me";
  strict.password = Secret::reference("pw").resolved_with("hunter2");
  const Status sent = send_mail(strict, mail(), {});
  REQUIRE_FALSE(sent);
  CHECK(sent.error().cause == Cause::tls);
  for (const std::string& command : server.commands()) CHECK_FALSE(command.starts_with("AUTH"));
  CHECK(server.mails().empty());
}

TEST_CASE("smtp: an address cannot smuggle a command in") {
  const LoopbackMail server;
  for (const char* address : {"a@example.com>\r\nDATA", "a b@example.com", "<a@example.com>", "", "a@b\n"})
    CHECK_FALSE(send_mail(plain(server.port()), mail({address}), {}));
  CHECK(server.commands().empty());
}

TEST_CASE("smtp: nobody there, and a stop") {
  const Status nobody = send_mail(plain(tests::closed_port()), mail(), {});
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().cause == Cause::network);
  CHECK(nobody.error().retryable);
  std::stop_source source;
  source.request_stop();
  CHECK(send_mail(plain(1), mail(), source.get_token()).error().cause == Cause::cancelled);
}
