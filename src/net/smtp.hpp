// Handing a mail to an SMTP server (RFC 5321) over libcurl: one connection a mail, encrypted unless that was
// switched off, never through a proxy. What the mail says is the caller's.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/text.hpp>

namespace deployctl::net {

enum class MailTls {
  starttls, // a server that does not offer it is refused
  implicit, // from the first byte
  none,
};

struct MailServer {
  std::string host;
  int port = 587;
  MailTls tls = MailTls::starttls;
  std::string user; // empty: none is named
  Text password;
  std::string ca_file; // extra trust
  Milliseconds timeout{20'000};
  std::string own_name; // for EHLO; empty: what libcurl finds
};

struct Mail {
  std::string from; // addresses without names
  std::vector<std::string> to;
  std::string data; // header and body, lines ended by CRLF
};

// Good when the server has taken it for every recipient. Errors: auth, tls, network, timeout, config (an
// address was refused, with the server's words; the others were sent to), cancelled. Retryable only when the
// server has surely not taken it and may do so later.
Status send_mail(const MailServer& server, const Mail& mail, const std::stop_token& stop);

} // namespace deployctl::net
