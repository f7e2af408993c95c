#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "providers/notice/mail_text.hpp"

using namespace deployctl;
using namespace deployctl::providers::notice;

namespace {

MailText sample() {
  return {.from = {"Deploy", "deploy@example.com"},
          .to = {{"", "ops@example.com"}, {"Zoë", "zoe@example.com"}},
          .subject = "shop/production: v1.4.2 is live",
          .date = "2026-03-02T09:26:53.000Z",
          .id = "abc@example.com",
          .thread = "run@example.com",
          .body = "v1.4.2 is live\n"};
}

} // namespace

TEST_CASE("mail text: nothing of a value becomes a header, no line is too long") {
  MailText mail = sample();
  mail.subject = "one\r\nBcc: evil@example.com\r\n\r\nbody " + std::string(400, 'x');
  mail.to.assign(30, {"Somebody Else", "somebody.else@example.com"});
  mail.body = "dots\n.\n\n" + std::string(200, '.') + "\nümlaut = yes \n";
  const std::string bytes = mail_bytes(mail);
  const auto header = bytes.substr(0, bytes.find("\r\n\r\n"));
  CHECK(header.find("\r\nBcc:") == std::string::npos);
  CHECK(header.find("\r\nSubject: one  Bcc") == std::string::npos);
  for (const std::string_view line : split(bytes, '\n')) {
    if (line.empty()) continue;
    CHECK(line.back() == '\r');
    CHECK((line.size() <= 79 || line.find("xxxx") != std::string_view::npos));
  }
  CHECK(bytes.find("=C3=BCmlaut =3D yes=20\r\n") != std::string::npos);
}

TEST_CASE("mail text: what is not ASCII is encoded in whole characters and folded") {
  const std::string line = header_line("Subject", "Größe " + std::string(60, 'a') + " überall Größe");
  CHECK(line.starts_with("Subject: =?utf-8?B?"));
  CHECK(line.find("\r\n =?utf-8?B?") != std::string::npos);
  CHECK(header_line("Subject", "=?utf-8?B?aGk=?=").find("aGk=") == std::string::npos);
  CHECK(mail_bytes(sample()).find("To: ops@example.com,\r\n =?utf-8?B?") == std::string::npos);
  CHECK(mail_bytes(sample()).find("=?utf-8?B?Wm/Dqw==?= <zoe@example.com>") != std::string::npos);
}

TEST_CASE("mail text: dates and ids as RFC 5322 wants them") {
  CHECK(mail_date("2026-03-02T09:26:53.000Z") == "Mon, 02 Mar 2026 09:26:53 +0000");
  const std::string bytes = mail_bytes(sample());
  CHECK(bytes.find("Message-ID: <abc@example.com>\r\n") != std::string::npos);
  CHECK(bytes.find("References: <run@example.com>\r\n") != std::string::npos);
}

TEST_CASE("mail text: addresses") {
  CHECK(mailbox_from("ops@example.com")->address == "ops@example.com");
  CHECK(mailbox_from("\"Ops Team\" <ops@example.com>")->name == "Ops Team");
  for (const char* wrong : {"", "ops", "@example.com", "ops@", "a b@example.com", "ops@example.com>",
                            "a@b.c, d@e.f", "x <a@b.c\r\nRCPT TO:<d@e.f>>", "a\nb <b@c.d>"})
    CHECK_FALSE(mailbox_from(wrong));
  CHECK_FALSE(mailbox_from(std::string(250, 'a') + "@b.cd"));
  CHECK_FALSE(mailbox_from(std::string(201, 'a') + " <a@b.cd>"));
}

TEST_CASE("mail text: a subject that is too long ends with a whole character, and what is no UTF-8 with its "
          "bytes") {
  MailText mail = sample();
  mail.subject = std::string(299, 'a') + "ö";
  CHECK(mail_bytes(mail).find("Subject:\r\n " + std::string(299, 'a') + "\r\n") != std::string::npos);
  for (const std::string_view line : split(header_line("Subject", std::string(200, '\x80')), '\n'))
    CHECK(line.size() <= 78);
}
