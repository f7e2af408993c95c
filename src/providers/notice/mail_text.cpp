#include "providers/notice/mail_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/strings.hpp"
#include "base/time.hpp"

namespace deployctl::providers::notice {

namespace {

constexpr std::size_t longest_line = 76;
constexpr std::size_t word_bytes = 39; // of text in one encoded word: 52 of base64 and 12 around it
constexpr std::size_t longest_subject = 300;
constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_address = 254; // RFC 5321, 4.5.3.1.3

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char byte) { return byte >= ' ' && byte < 0x7F; }) &&
         text.find("=?") == std::string_view::npos;
}

// What would end a line, and other control characters, become blanks.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& byte : line)
    if (static_cast<unsigned char>(byte) < ' ' || byte == 0x7F) byte = ' ';
  return line;
}

bool goes_on(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// At most four bytes: what is no UTF-8 is cut somewhere.
std::size_t end_of_character(std::string_view text, std::size_t at) {
  const std::size_t last = std::min(text.size(), at + 4);
  ++at;
  while (at < last && goes_on(text[at])) ++at;
  return at;
}

// Whole characters of its begin.
std::string_view cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && goes_on(text[limit])) --limit;
  return text.substr(0, limit);
}

// Encoded words of whole characters.
std::vector<std::string> encoded_words(std::string_view text) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = end_of_character(text, at);
    if (next - begin > word_bytes && at > begin) {
      words.push_back("=?utf-8?B?" + to_base64(text.substr(begin, at - begin)) + "?=");
      begin = at;
    }
    at = next;
  }
  words.push_back("=?utf-8?B?" + to_base64(text.substr(begin)) + "?=");
  return words;
}

std::string folded(std::string line, const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (line.size() + 1 + word.size() > longest_line && line.find_first_not_of(' ') != std::string::npos) {
      out += line + "\r\n";
      line.clear();
    }
    line += " " + word;
  }
  return out + line + "\r\n";
}

std::vector<std::string> words_of(const std::string& text) {
  if (!is_plain(text)) return encoded_words(text);
  std::vector<std::string> words;
  for (const std::string_view word : split(text, ' '))
    if (!word.empty()) words.emplace_back(word);
  return words;
}

std::string written(const Mailbox& mailbox) {
  if (mailbox.name.empty()) return mailbox.address;
  const bool is_atoms = is_plain(mailbox.name) && std::ranges::all_of(mailbox.name, [](char byte) {
                          return is_letter_or_digit(byte) || byte == ' ' || byte == '-' || byte == '_';
                        });
  const std::string name = is_atoms ? mailbox.name : join(encoded_words(mailbox.name), " ");
  return name + " <" + mailbox.address + ">";
}

// Each box is one word: a line is broken between them only.
std::string boxes_line(std::string_view name, const std::vector<Mailbox>& boxes) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < boxes.size(); ++i)
    words.push_back(written(boxes[i]) + (i + 1 < boxes.size() ? "," : ""));
  return folded(std::string(name) + ":", words);
}

} // namespace

Result<Mailbox> mailbox_from(std::string_view text) {
  Mailbox mailbox;
  const std::string_view whole = trim(text);
  const auto open = whole.find('<');
  if (open != std::string_view::npos && whole.ends_with('>')) {
    mailbox.name = std::string(trim(whole.substr(0, open)));
    mailbox.address = std::string(whole.substr(open + 1, whole.size() - open - 2));
  } else {
    mailbox.address = std::string(whole);
  }
  if (mailbox.name.size() > 1 && mailbox.name.front() == '"' && mailbox.name.back() == '"')
    mailbox.name = mailbox.name.substr(1, mailbox.name.size() - 2);
  const auto at = mailbox.address.rfind('@');
  const bool has_parts = at != std::string::npos && at > 0 && at + 1 < mailbox.address.size();
  const bool clean = std::ranges::none_of(mailbox.address, [](unsigned char byte) {
    return byte <= ' ' || byte >= 0x7F || byte == '<' || byte == '>' || byte == ',' || byte == ';' ||
           byte == '"';
  });
  const bool fits = mailbox.name.size() <= longest_name && mailbox.address.size() <= longest_address;
  const bool name_clean =
      std::ranges::none_of(mailbox.name, [](unsigned char byte) { return byte < ' ' || byte == 0x7F; });
  if (!has_parts || !clean || !name_clean || !fits)
    return fail(Cause::config, fmt::format("'{}' is no mail address", one_line(cut(text, longest_name))),
                "write ops@example.com, or Ops <ops@example.com>");
  return mailbox;
}

std::string header_line(std::string_view name, std::string_view text) {
  return folded(std::string(name) + ":", words_of(one_line(text)));
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::string line;
  const auto add = [&](const std::string& piece) {
    if (line.size() + piece.size() > longest_line - 1) {
      out += line + "=\r\n";
      line.clear();
    }
    line += piece;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      out += line + "\r\n";
      line.clear();
      continue;
    }
    const bool ends = i + 1 == text.size() || text[i + 1] == '\n';
    const bool blank = (byte == ' ' || byte == '\t') && !ends;
    if (blank || (byte > ' ' && byte < 0x7F && byte != '='))
      add(std::string(1, text[i]));
    else
      add(fmt::format("={:02X}", byte));
  }
  return line.empty() ? out : out + line + "\r\n";
}

std::string mail_date(std::string_view rfc3339) {
  constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto time = parse_time(rfc3339);
  if (!time) return {};
  const auto day = std::chrono::floor<std::chrono::days>(*time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(*time - day));
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                     days.at(std::chrono::weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
                     months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string mail_bytes(const MailText& mail) {
  std::string out = header_line("Date", mail_date(mail.date));
  out += boxes_line("From", {mail.from});
  out += boxes_line("To", mail.to);
  out += header_line("Subject", cut(mail.subject, longest_subject));
  out += header_line("Message-ID", "<" + mail.id + ">");
  if (!mail.thread.empty()) out += header_line("References", "<" + mail.thread + ">");
  out += "Auto-Submitted: auto-generated\r\n"
         "MIME-Version: 1.0\r\n"
         "Content-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n"
         "\r\n";
  return out + quoted_printable(mail.body);
}

} // namespace deployctl::providers::notice
