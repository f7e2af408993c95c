// Whatever stands in an address, a subject or a body, the mail keeps its form: no line is too long, each ends
// as it should, and nothing becomes a header of its own.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/strings.hpp"
#include "providers/notice/mail_text.hpp"

using namespace deployctl;
using namespace deployctl::providers::notice;

namespace {

constexpr std::size_t longest_line = 998; // RFC 5322, 2.1.1
constexpr std::array<std::string_view, 9> headers = {
    "Date:",         "From:",         "To:",
    "Subject:",      "Message-ID:",   "Auto-Submitted:",
    "MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:"};

void demand(bool holds) {
  if (!holds) std::abort();
}

void check_headers(std::string_view part) {
  std::size_t next = 0;
  for (const std::string_view line : split(part, '\n')) {
    if (line.starts_with(' ')) continue; // the header before it goes on
    demand(next < headers.size() && line.starts_with(headers.at(next)));
    ++next;
  }
  demand(next == headers.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  MailText mail{.from = {.name = {}, .address = "deploy@example.com"},
                .to = {{.name = {}, .address = "ops@example.com"}},
                .subject = std::string(text),
                .date = "2026-03-02T09:26:53Z",
                .id = "x@example.com",
                .thread = {},
                .body = std::string(text)};
  if (auto box = mailbox_from(text)) mail.to.push_back(*std::move(box));
  const std::string bytes = mail_bytes(mail);
  demand(bytes.ends_with("\r\n"));
  for (std::string_view line : split(std::string_view(bytes).substr(0, bytes.size() - 1), '\n')) {
    demand(line.ends_with('\r') && line.size() <= longest_line);
    line.remove_suffix(1);
    demand(line.find('\r') == std::string_view::npos);
  }
  const auto end = bytes.find("\r\n\r\n");
  demand(end != std::string::npos);
  check_headers(std::string_view(bytes).substr(0, end));
  return 0;
}
