#include "net/smtp.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

#include <curl/curl.h>
#include <fmt/core.h>

#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "net/http_rules.hpp"
#include "net/transfer.hpp"

namespace deployctl::net {

namespace {

struct EasyCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiCleanup {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Recipients = std::unique_ptr<curl_slist, ListCleanup>;

// The mail on its way out, and the server's refusals on their way in.
struct Exchange {
  std::string_view rest;
  bool sent = false; // all of it has left
  std::vector<std::string> refusals;
};

std::size_t give(char* bytes, std::size_t size, std::size_t count, void* from) {
  auto& exchange = *static_cast<Exchange*>(from);
  const std::size_t length = std::min(size * count, exchange.rest.size());
  std::memcpy(bytes, exchange.rest.data(), length);
  exchange.rest.remove_prefix(length);
  exchange.sent = exchange.rest.empty();
  return length;
}

std::size_t take_line(char* bytes, std::size_t size, std::size_t count, void* to) {
  const std::string_view line = trim({bytes, size * count});
  // 50x is about a command: a server without EHLO says so, and is greeted with HELO.
  const bool refuses =
      line.size() > 3 && (line[0] == '4' || line[0] == '5') && line[1] != '0' && line[3] == ' ';
  if (refuses) static_cast<Exchange*>(to)->refusals.push_back(sanitize_line(line.substr(0, 200)));
  return size * count;
}

struct Meaning {
  int code;
  Cause cause;
};
constexpr std::array<Meaning, 8> meanings = {{
    {CURLE_OPERATION_TIMEDOUT, Cause::timeout},
    {CURLE_LOGIN_DENIED, Cause::auth},
    {CURLE_USE_SSL_FAILED, Cause::tls},
    {CURLE_SSL_CONNECT_ERROR, Cause::tls},
    {CURLE_PEER_FAILED_VERIFICATION, Cause::tls},
    {CURLE_SSL_CACERT_BADFILE, Cause::tls},
    {CURLE_URL_MALFORMAT, Cause::config},
    {CURLE_OUT_OF_MEMORY, Cause::internal},
}};

Cause cause_of(int code) {
  const auto* found = std::ranges::find(meanings, code, &Meaning::code);
  return found == meanings.end() ? Cause::network : found->cause;
}

std::string address_of(const MailServer& server) {
  const bool is_v6 = server.host.find(':') != std::string::npos;
  return fmt::format("{}:{}", is_v6 ? "[" + server.host + "]" : server.host, server.port);
}

Error as_error(int code, const char* detail, const MailServer& server, const Exchange& exchange) {
  Error error{.cause = cause_of(code)};
  std::string why = to_lower(*detail ? detail : curl_easy_strerror(static_cast<CURLcode>(code)));
  while (why.ends_with('.') || why.ends_with('\n')) why.pop_back();
  error.retryable = !exchange.sent && (error.cause == Cause::network || error.cause == Cause::timeout);
  if (!exchange.refusals.empty()) {
    why = exchange.refusals.back();
    error.retryable = why.starts_with('4') && error.cause != Cause::auth;
    if (error.cause == Cause::network) error.cause = error.retryable ? Cause::throttled : Cause::config;
  }
  error.message = fmt::format("mail server {}: {}", address_of(server), why);
  if (code == CURLE_USE_SSL_FAILED) {
    error.message = fmt::format("mail server {} does not offer STARTTLS", address_of(server));
    error.help = "use tls: implicit if it speaks TLS from the first byte (port 465)";
  }
  return error;
}

void set_server(CURL* easy, const MailServer& server) {
  const char* scheme = server.tls == MailTls::implicit ? "smtps" : "smtp";
  const std::string url = fmt::format("{}://{}{}{}", scheme, address_of(server),
                                      server.own_name.empty() ? "" : "/", server.own_name);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_PROXY, ""); // nor one of the environment
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(server.tls == MailTls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (!server.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, server.ca_file.c_str());
  const long limit = std::max(1L, static_cast<long>(server.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, limit);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, limit);
  curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, std::max(1L, limit / 1'000));
}

void set_user(CURL* easy, const MailServer& server) {
  if (server.user.empty()) return;
  curl_easy_setopt(easy, CURLOPT_USERNAME, server.user.c_str());
  std::string password(bytes_of(server.password));
  curl_easy_setopt(easy, CURLOPT_PASSWORD, password.c_str());
  explicit_bzero(password.data(), password.size());
}

Recipients recipients_of(const Mail& mail) {
  Recipients list;
  for (const std::string& address : mail.to)
    if (curl_slist* longer = curl_slist_append(list.get(), ("<" + address + ">").c_str())) {
      static_cast<void>(list.release());
      list.reset(longer);
    }
  return list;
}

// What ends a line ends a command: nothing of an address may.
Status check_addresses(const Mail& mail) {
  if (mail.to.empty()) return fail(Cause::config, "the mail has no recipient");
  std::vector<std::string> all = mail.to;
  all.push_back(mail.from);
  for (const std::string& address : all)
    if (address.empty() || std::ranges::any_of(address, [](unsigned char byte) {
          return byte <= ' ' || byte == 0x7F || byte == '<' || byte == '>';
        }))
      return fail(Cause::config, "'" + sanitize_line(address) + "' is no address for mail");
  return {};
}

} // namespace

Status send_mail(const MailServer& server, const Mail& mail, const std::stop_token& stop) {
  DEPLOYCTL_CHECK(check_addresses(mail));
  if (stop.stop_requested()) return fail(Cause::cancelled, "cancelled before the mail was sent");
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURLM, MultiCleanup> multi(curl_multi_init());
  const std::unique_ptr<CURL, EasyCleanup> easy(curl_easy_init());
  if (ready != CURLE_OK || !multi || !easy) return fail(Cause::internal, "libcurl could not be started");
  Exchange exchange{.rest = mail.data, .refusals = {}};
  char detail[CURL_ERROR_SIZE] = {};
  const Recipients recipients = recipients_of(mail);
  set_server(easy.get(), server);
  set_user(easy.get(), server);
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.data.size()));
  curl_easy_setopt(easy.get(), CURLOPT_READFUNCTION, give);
  curl_easy_setopt(easy.get(), CURLOPT_READDATA, &exchange);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, take_line);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &exchange);
  curl_multi_add_handle(multi.get(), easy.get());
  const auto code = perform(multi.get(), stop);
  curl_multi_remove_handle(multi.get(), easy.get());
  if (!code) return fail(Cause::cancelled, "sending mail over " + address_of(server) + " was cancelled");
  if (*code != CURLE_OK) return fail(as_error(*code, detail, server, exchange));
  if (exchange.refusals.empty()) return {};
  return fail(Cause::config,
              fmt::format("mail server {} refused {} of {} recipients: {}", address_of(server),
                          exchange.refusals.size(), mail.to.size(), exchange.refusals.front()));
}

} // namespace deployctl::net
