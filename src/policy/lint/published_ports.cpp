#include "policy/lint/published_ports.hpp"

#include <algorithm>
#include <array>

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t npos = std::string_view::npos;

constexpr std::array<std::string_view, 17> stores = {"2375",  "2379",  "3306",  "5432",  "5672", "5984",
                                                     "6379",  "8086",  "9000",  "9042",  "9092", "9200",
                                                     "11211", "15672", "27017", "28017", "50070"};

// "127.0.0.1"; empty: none is written.
std::string address_of(std::string_view text) {
  if (text.find('$') != npos) return "unknown";
  const std::size_t last = text.rfind(':');
  if (last == npos || last == 0) return {};
  const std::size_t before = text.rfind(':', last - 1);
  return before == npos ? std::string() : std::string(text.substr(0, before));
}

bool is_engine(std::string_view word) {
  word = word.substr(word.rfind('/') + 1); // npos + 1 is the begin
  return word == "docker" || word == "podman" || word == "nerdctl";
}

} // namespace

PublishedPort PublishedPort::parse(std::string_view text) {
  const std::string_view ports = text.substr(0, text.find('/'));
  return {.inner = std::string(ports.substr(ports.rfind(':') + 1)), .address = address_of(text)};
}

bool PublishedPort::opens_a_store() const {
  return std::find(stores.begin(), stores.end(), inner) != stores.end() &&
         (address.empty() || address == "0.0.0.0" || address == "::" || address == "[::]");
}

std::vector<std::string> published_by(const std::vector<std::string>& words) {
  constexpr std::string_view long_flag = "--publish=";
  std::vector<std::string> out;
  auto at = std::find_if(words.begin(), words.end(), is_engine);
  at = std::find(at, words.end(), "run");
  for (; at != words.end(); ++at) {
    const bool has_value = std::next(at) != words.end();
    if ((*at == "-p" || *at == "--publish") && has_value)
      out.push_back(*++at);
    else if (at->starts_with(long_flag))
      out.push_back(at->substr(long_flag.size()));
    else if (at->starts_with("-p") && at->find(':') != npos)
      out.push_back(at->substr(2));
  }
  return out;
}

} // namespace deployctl::policy::lint
