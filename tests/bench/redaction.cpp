// How fast the redactor reads a log without secrets, and one with a secret on every hundredth line, beside
// what a plain search costs: memchr for ends of lines, and memmem for each form in turn. Then what it adds to
// one line. Prints one JSON line: redaction

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "base/redactor.hpp"
#include "base/secret_forms.hpp"

namespace {

using namespace deployctl;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t log_size = std::size_t{32} << 20;
constexpr std::size_t chunk_size = std::size_t{64} << 10;
constexpr std::size_t least_forms = 700;
constexpr int rounds = 3;

std::string word_of(std::mt19937& random, std::string_view letters, std::size_t length) {
  std::string word;
  while (word.size() < length) word += letters[random() % letters.size()];
  return word;
}

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::vector<std::string> secrets_of(std::size_t count, std::mt19937& random) {
  std::vector<std::string> secrets;
  while (secrets.size() < count) secrets.push_back(word_of(random, base64_letters, 16 + random() % 32));
  return secrets;
}

std::size_t forms_in(const std::vector<std::string>& secrets, std::vector<std::string>* texts = nullptr) {
  std::size_t count = 0;
  for (const std::string& secret : secrets)
    for (const SecretForm& form : forms_of(secret)) {
      ++count;
      if (texts) texts->push_back(form.text);
    }
  return count;
}

// Lines as services write them: a time, a level, words, numbers, a digest, now and then a path or JSON.
std::string log_of(std::size_t size, std::mt19937& random, const std::vector<std::string>& secrets) {
  std::string log;
  for (std::size_t line = 1; log.size() < size; ++line) {
    log +=
        fmt::format("2026-03-14T12:{:02}:{:02}.{:03}Z INFO ", random() % 60, random() % 60, random() % 1000);
    for (std::size_t i = 0, words = 3 + random() % 9; i < words; ++i)
      log += word_of(random, letters, 2 + random() % 8) + ' ';
    if (random() % 4 == 0) log += "sha256:" + word_of(random, "0123456789abcdef", 64);
    if (random() % 4 == 0)
      log += fmt::format(R"({{"status": {}, "path": "/api/v1/{}"}})", random() % 600, random());
    if (!secrets.empty() && line % 100 == 0) log += " token=" + secrets[random() % secrets.size()];
    log += '\n';
  }
  return log;
}

// By the processor's time, so that other work on the machine does not count.
template <class Work>
double best_rate(std::size_t bytes, Work work) {
  double best = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::clock_t begin = std::clock();
    work();
    const double seconds =
        static_cast<double>(std::max<std::clock_t>(std::clock() - begin, 1)) / CLOCKS_PER_SEC;
    best = std::max(best, static_cast<double>(bytes) / seconds / 1e6);
  }
  return best;
}

std::size_t lines_by_memchr(const std::string& log) {
  std::size_t lines = 0;
  const char* end = log.data() + log.size();
  for (const char* at = log.data(); at != end; ++lines) {
    const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    at = found ? static_cast<const char*>(found) + 1 : end;
  }
  return lines;
}

std::size_t redacted_size(const RedactionSet& set, const std::string& log) {
  Redactor redactor(set);
  std::size_t size = 0;
  for (std::size_t at = 0; at < log.size(); at += chunk_size)
    size += redactor.feed(std::string_view(log).substr(at, chunk_size)).size();
  return size + redactor.finish().size();
}

// Microseconds that single lines take through a stream: median, 99 of 100, the worst.
std::string latency_of(const RedactionSet& set, const std::string& log) {
  Redactor redactor(set);
  std::vector<double> costs;
  std::size_t size = 0;
  for (std::size_t at = 0; at < log.size() && costs.size() < 100'000;) {
    const std::size_t end = std::min(log.find('\n', at), log.size() - 1) + 1;
    const auto begin = std::chrono::steady_clock::now();
    size += redactor.feed(std::string_view(log).substr(at, end - at)).size();
    costs.push_back(Seconds(std::chrono::steady_clock::now() - begin).count() * 1e6);
    at = end;
  }
  std::sort(costs.begin(), costs.end());
  return fmt::format(R"({{"lines": {}, "median_us": {:.2f}, "p99_us": {:.2f}, "worst_us": {:.1f}}})",
                     costs.size(), costs.at(costs.size() / 2), costs.at(costs.size() * 99 / 100),
                     costs.back());
}

struct Load {
  std::vector<std::string> secrets;
  RedactionSet set;
};

std::string measure(std::size_t secret_count, double memchr_rate, const std::string& log,
                    std::mt19937& random) {
  Load load;
  load.secrets = secrets_of(secret_count, random);
  std::vector<std::string> forms;
  const std::size_t form_count = forms_in(load.secrets, &forms);
  for (const std::string& secret : load.secrets)
    load.set.add(Secret::reference("secret").resolved_with(secret));
  const auto begin = std::chrono::steady_clock::now();
  (void)load.set.table();
  const double build = Seconds(std::chrono::steady_clock::now() - begin).count() * 1000;
  const double rate = best_rate(log.size(), [&] {
    if (redacted_size(load.set, log) != log.size()) std::fputs("an ordinary log was changed\n", stderr);
  });
  const std::string with_secrets = log_of(log_size / 4, random, load.secrets);
  const double rate_with = best_rate(with_secrets.size(), [&] {
    if (redacted_size(load.set, with_secrets) == with_secrets.size())
      std::fputs("nothing was masked\n", stderr);
  });
  const std::string sample = log.substr(0, std::size_t{128} << 10);
  const double by_form = best_rate(sample.size(), [&] {
    for (const std::string& form : forms)
      if (memmem(sample.data(), sample.size(), form.data(), form.size()))
        std::fputs("a form was found\n", stderr);
  });
  return fmt::format(
      R"({{"secrets": {}, "forms": {}, "table_ms": {:.1f}, "mb_per_s": {:.0f}, )"
      R"("ratio_to_memchr": {:.4f}, "with_secrets_mb_per_s": {:.0f}, "memmem_per_form_mb_per_s": {:.2f}, )"
      R"("ratio_to_memmem_per_form": {:.0f}, "line": {}}})",
      secret_count, form_count, build, rate, rate / memchr_rate, rate_with, by_form, rate / by_form,
      latency_of(load.set, log));
}

} // namespace

int main() {
  std::mt19937 random(20261122);
  const std::string log = log_of(log_size, random, {});
  std::size_t lines = 0;
  const double memchr_rate = best_rate(log.size(), [&] { lines += lines_by_memchr(log); });
  std::size_t enough = 1;
  while (forms_in(secrets_of(enough, random)) < least_forms) ++enough;
  fmt::print(R"({{"log_mb": {:.1f}, "lines": {}, "memchr_mb_per_s": {:.0f}, "loads": [)",
             static_cast<double>(log.size()) / 1e6, lines / rounds, memchr_rate);
  fmt::print("{}, {}]}}\n", measure(enough, memchr_rate, log, random), measure(50, memchr_rate, log, random));
  return 0;
}
