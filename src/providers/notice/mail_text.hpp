// A mail as bytes (RFC 5322, 2045, 2047): headers folded and encoded, nothing of a value can become a header.
// Values only; sending is net/smtp.hpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::providers::notice {

struct Mailbox {
  std::string name; // may be empty
  std::string address;
};

// "ops@example.com" or "Ops <ops@example.com>". Cause::config.
Result<Mailbox> mailbox_from(std::string_view text);

struct MailText {
  Mailbox from;
  std::vector<Mailbox> to;
  std::string subject;
  std::string date; // RFC 3339
  std::string id;   // without brackets: "x@example.com"
  std::string thread;
  std::string body; // UTF-8, lines ended by LF
};

// Header and body, lines ended by CRLF: of at most 78 bytes where the text has blanks, never over 998.
std::string mail_bytes(const MailText& mail);

// RFC 2047 for text that is not plain ASCII, folded for a header of that name.
std::string header_line(std::string_view name, std::string_view text);
std::string quoted_printable(std::string_view text); // lines ended by CRLF
std::string mail_date(std::string_view rfc3339);     // "Mon, 02 Mar 2026 09:26:53 +0000"

} // namespace deployctl::providers::notice
