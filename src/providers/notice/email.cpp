// email.send: a mail an event, over an SMTP server that encrypts. The connection is made by net/smtp.hpp when
// a mail is sent and at no other time; no verb that only reads has anything to do here.
#include <array>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include <deployctl/input.hpp>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "net/retry.hpp"
#include "net/smtp.hpp"
#include "os/pause.hpp"
#include "providers/notice/mail_text.hpp"
#include "providers/notice/makers.hpp"
#include "providers/notice/told.hpp"
#include "providers/notice/words.hpp"

namespace deployctl::providers::notice {

namespace {

constexpr net::RetryPolicy policy{
    .attempts = 3, .delay = Milliseconds(500), .max_delay = Milliseconds(4'000)};

struct EmailInputs {
  Words messages;
  std::string server;
  std::string tls;
  std::string user;
  std::optional<Text> password;
  std::string from;
  std::vector<std::string> to;
  std::string ca_file;
  Milliseconds timeout{20'000};
};

void add_server(Table<EmailInputs>& table) {
  table
      .add(&EmailInputs::server, {.name = "server",
                                  .help = "The SMTP server; the port is 587, or 465 with tls: implicit.",
                                  .example = "smtp.example.com",
                                  .required = true,
                                  .pattern = "([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?"})
      .add(&EmailInputs::tls, {.name = "tls",
                               .type = FieldType::choice,
                               .help = "How the connection is encrypted; a server that cannot is refused.",
                               .example = "implicit",
                               .fallback = "starttls",
                               .choices = {"starttls", "implicit", "none"}})
      .add(&EmailInputs::user, {.name = "user",
                                .help = "Who the server knows us as; without it nobody logs in.",
                                .example = "deploy"})
      .add(&EmailInputs::password, {.name = "password",
                                    .help = "The user's password; never sent without encryption.",
                                    .example = "${secrets.token}",
                                    .secret = SecretUse::reference})
      .add(&EmailInputs::ca_file, {.name = "ca_file",
                                   .help = "A file of certificates to trust, for servers of one's own.",
                                   .example = "/etc/ssl/mail-ca.pem"})
      .add(&EmailInputs::timeout, {.name = "timeout",
                                   .type = FieldType::duration,
                                   .help = "How long one attempt to send may take.",
                                   .example = "5s",
                                   .fallback = "20s",
                                   .least = 100,
                                   .most = 60'000});
}

Table<EmailInputs> table() {
  Table<EmailInputs> result;
  add_server(result);
  result
      .add(&EmailInputs::from, {.name = "from",
                                .help = "The sender: an address, or a name and an address in angle brackets.",
                                .example = "deployctl <deploy@example.com>",
                                .required = true})
      .add(&EmailInputs::to,
           {.name = "to",
            .type = FieldType::list,
            .help = "Who gets it.",
            .example = "[ops@example.com]",
            .required = true,
            .least = 1,
            .most = 100,
            .element = {{.name = "to", .help = "One recipient.", .example = "ops@example.com"}}});
  return result.object(&EmailInputs::messages, words_field(), words_table());
}

void check_box(const std::string& path, const Value* value, std::vector<InputProblem>& problems) {
  if (!value || !value->text()) return;
  if (const auto box = mailbox_from(*value->text()); !box)
    problems.push_back({.path = path, .message = box.error().message, .help = box.error().help});
}

std::vector<InputProblem> check_inputs(const Value& inputs) {
  std::vector<InputProblem> problems;
  check_box("from", inputs.find("from"), problems);
  if (const Value* to = inputs.find("to"); to && to->list())
    for (std::size_t i = 0; i < to->list()->size(); ++i)
      check_box("to." + std::to_string(i), &(*to->list())[i], problems);
  const Value* tls = inputs.find("tls");
  if (tls && *tls == Value("none") && inputs.find("password"))
    problems.push_back({.path = "password",
                        .message = "a password would be sent without encryption",
                        .help = "use tls: starttls or tls: implicit"});
  if (inputs.find("password") && !inputs.find("user"))
    problems.push_back({.path = "", .message = "a password needs a user", .help = "add user: NAME"});
  return problems;
}

net::MailServer server_of(const EmailInputs& inputs) {
  net::MailServer server{.host = inputs.server,
                         .user = inputs.user,
                         .password = inputs.password.value_or(Text()),
                         .ca_file = inputs.ca_file,
                         .timeout = inputs.timeout,
                         .own_name = {}};
  if (inputs.tls == "implicit") server.tls = net::MailTls::implicit;
  if (inputs.tls == "none") server.tls = net::MailTls::none;
  if (server.tls == net::MailTls::implicit) server.port = 465;
  const auto colon = inputs.server.rfind(':');
  const bool has_port = colon != std::string::npos && inputs.server.back() != ']';
  if (has_port) {
    server.host = inputs.server.substr(0, colon);
    server.port = std::stoi(inputs.server.substr(colon + 1)); // digits, by the field's pattern
  }
  if (server.host.starts_with('[')) server.host = server.host.substr(1, server.host.size() - 2);
  return server;
}

std::string body_of(const Told& told) {
  std::string body = told.message() + "\n\n";
  for (const auto& [label, text] : told.details()) body += fmt::format("{:<9} {}\n", label + ":", text);
  return body;
}

Result<MailText> mail_of(const EmailInputs& inputs, const Told& told, const std::string& notice) {
  MailText mail;
  DEPLOYCTL_TRY(mail.from, mailbox_from(inputs.from));
  for (const std::string& each : inputs.to) {
    DEPLOYCTL_TRY(Mailbox box, mailbox_from(each));
    mail.to.push_back(std::move(box));
  }
  const std::string domain = mail.from.address.substr(mail.from.address.rfind('@') + 1);
  mail.subject = std::string(split(trim(told.message()), '\n').front());
  mail.date = told.event().time;
  mail.id = told.id(notice) + "@" + domain;
  mail.thread = to_lower(told.fact("run")) + "@" + domain; // mails of a run stand together
  if (told.fact("run").empty()) mail.thread.clear();
  mail.body = body_of(told);
  return mail;
}

class EmailSend final : public Notice {
public:
  Status send(WriteSession& session, const Ask& ask, const Event& event) const override {
    DEPLOYCTL_TRY(const EmailInputs inputs, table_.decode(*ask.inputs));
    const Event own = in_words(inputs.messages, event);
    DEPLOYCTL_TRY(MailText text, mail_of(inputs, Told(own), ask.step));
    if (text.date.empty()) text.date = format_time(session.ports.clock.wall());
    net::Mail mail{.from = text.from.address, .to = {}, .data = mail_bytes(text)};
    for (const Mailbox& box : text.to) mail.to.push_back(box.address);
    const net::MailServer server = server_of(inputs);
    for (int attempt = 1;; ++attempt) {
      Status sent = net::send_mail(server, mail, session.stop);
      if (sent || !sent.error().retryable) return sent;
      const auto delay = net::next_delay(policy, attempt, {}, net::uniform(session.ports.random));
      if (!delay || !os::pause(*delay, session.stop)) return sent;
    }
  }

private:
  Table<EmailInputs> table_ = table();
};

} // namespace

Provider make_email_send() {
  Provider provider;
  provider.description = {
      .name = "email.send",
      .summary = "Mails what a run does.",
      .kind = Kind::notice,
      .fields = table().fields(),
      .groups = {},
      .operations = {{.name = "send",
                      .effect = Effect::write,
                      .protocol = Protocol::transfer,
                      .help = "Hands a mail to the SMTP server."}},
      .permissions = {"reach the SMTP server, and send as the address in 'from'"},
      .crash_class = [](const Value&) { return CrashClass::opaque; },
      .check = check_inputs,
  };
  provider.verbs = std::make_shared<const EmailSend>();
  return provider;
}

} // namespace deployctl::providers::notice
