#include "formats/age_header.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/strings.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view version_line = "age-encryption.org/v1";
constexpr std::string_view stanza_prefix = "-> ";
constexpr std::string_view footer_prefix = "---";
constexpr std::size_t full_line = 64; // columns of a body line; a shorter one is the last
constexpr std::size_t mac_size = 32;
constexpr std::size_t most_stanzas = 1024;

bool is_visible(char byte) {
  return byte > ' ' && byte <= '~';
}

class HeaderReader {
public:
  explicit HeaderReader(std::string_view file) : file_(file) {}

  Result<AgeHeader> read() {
    DEPLOYCTL_TRY(const std::string_view version, next());
    if (version != version_line) return fault("this is no age file of version 1");
    AgeHeader header;
    for (;;) {
      const std::size_t begin = at_;
      DEPLOYCTL_TRY(const std::string_view line, next());
      if (!line.starts_with(stanza_prefix)) {
        DEPLOYCTL_TRY(header.mac, footer(line));
        header.authenticated = std::string(file_.substr(0, begin + footer_prefix.size()));
        header.size = at_;
        return header;
      }
      if (header.stanzas.size() == most_stanzas)
        return fault(fmt::format("more than {} recipients", most_stanzas));
      DEPLOYCTL_TRY(AgeStanza stanza, this->stanza(line));
      header.stanzas.push_back(std::move(stanza));
    }
  }

private:
  [[nodiscard]] tl::unexpected<Error> fault(std::string_view what) const {
    return fail(Cause::config, fmt::format("header, line {}: {}", line_, what));
  }

  Result<std::string_view> next() {
    const std::size_t end = file_.find('\n', at_);
    ++line_;
    if (end == std::string_view::npos) return fault("the file ends within the header");
    const std::string_view line = file_.substr(at_, end - at_);
    at_ = end + 1;
    return line;
  }

  Result<AgeStanza> stanza(std::string_view line) {
    AgeStanza stanza;
    for (const std::string_view word : split(line.substr(stanza_prefix.size()), ' ')) {
      if (word.empty() || !std::all_of(word.begin(), word.end(), is_visible))
        return fault("a recipient's words are visible characters with one blank between them");
      if (stanza.type.empty())
        stanza.type = std::string(word);
      else
        stanza.arguments.emplace_back(word);
    }
    for (;;) {
      DEPLOYCTL_TRY(const std::string_view body, next());
      const auto bytes = decode_age_base64(body);
      if (body.size() > full_line || !bytes) return fault("no line of a recipient's key in base64");
      stanza.body += *bytes;
      if (body.size() < full_line) return stanza;
    }
  }

  [[nodiscard]] Result<std::string> footer(std::string_view line) const {
    if (!line.starts_with(footer_prefix) || line.substr(footer_prefix.size(), 1) != " ")
      return fault("neither a recipient ('-> ') nor the end of the header ('--- ')");
    auto mac = decode_age_base64(line.substr(footer_prefix.size() + 1));
    if (!mac || mac->size() != mac_size) return fault("the authentication code is not 32 bytes in base64");
    return mac;
  }

  std::string_view file_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
};

} // namespace

Result<AgeHeader> parse_age_header(std::string_view file) {
  return HeaderReader(file).read();
}

Result<std::string> decode_age_base64(std::string_view text) {
  if (text.find_first_of("-_=") != std::string_view::npos)
    return fail(Cause::config, "not base64 without padding");
  return from_base64(text);
}

} // namespace deployctl::formats
