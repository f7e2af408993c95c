#include "policy/lint/token_checks.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "formats/bech32.hpp"
#include "policy/lint/pem.hpp"
#include "policy/lint/randomness.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr JsonLimits token_limits{.bytes = 16U << 10, .depth = 16};

Judgement proven_if(bool holds) {
  return {.verdict = holds ? Verdict::proven : Verdict::refuted, .detail = {}};
}

// The reflected polynomial of zlib and Ethernet; tokens are short, so no table.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t sum = 0xffffffffU;
  for (const char byte : bytes) {
    sum ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1U) ^ (0xedb88320U & (0U - (sum & 1U)));
  }
  return ~sum;
}

Judgement crc32_tail(Candidate& candidate) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t tail = 6;
  constexpr std::uint32_t base = 62;
  const std::string_view secret = candidate.secret();
  std::uint32_t sum = crc32(secret.substr(0, secret.size() - tail));
  std::string expected(tail, '0');
  for (auto digit = expected.rbegin(); digit != expected.rend(); ++digit, sum /= base)
    *digit = alphabet[sum % base];
  return proven_if(secret.substr(secret.size() - tail) == expected);
}

Judgement bech32(Candidate& candidate) {
  return proven_if(formats::from_bech32(candidate.secret()).has_value());
}

// Ids given out since 2019 hold the account in 40 bits behind the first one.
Judgement aws_account(Candidate& candidate) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  constexpr std::uint64_t largest_account = 999'999'999'999;
  std::uint64_t bits = 0;
  for (const char c : candidate.secret().substr(4, 10))
    bits = bits << 5U | static_cast<std::uint64_t>(alphabet.find(c));
  const std::uint64_t account =
      bits >> 9U & 0xffffffffffU; // 50 bits read: one flag, 40 of the account, 9 more
  if (account == 0 || account > largest_account) return {};
  return {.verdict = Verdict::plausible, .detail = fmt::format("of the account {:012}", account)};
}

Judgement base64_key(Candidate& candidate) {
  const Result<std::string> bytes = from_base64(candidate.secret());
  return proven_if(bytes && (bytes->size() == 32 || bytes->size() == 64));
}

std::string_view without_padding(std::string_view text) {
  return text.substr(0, text.find('='));
}

// A token may be cut out of longer text: what base64 cannot hold at its end is left out.
Result<std::string> decoded(std::string_view text) {
  text = without_padding(text);
  if (text.size() % 4 == 1) text.remove_suffix(1);
  return from_base64(text);
}

Judgement macaroon(Candidate& candidate) {
  const Result<std::string> bytes = decoded(candidate.secret());
  constexpr std::string_view signature_head("\x06\x20", 2); // of the last field: 32 bytes follow
  constexpr std::size_t signature_size = 34;
  return proven_if(bytes && bytes->size() > 2 * signature_size && bytes->front() == '\x02' &&
                   bytes->substr(bytes->size() - signature_size, 2) == signature_head);
}

Result<Value> json_of(std::string_view base64) {
  Result<std::string> bytes = decoded(base64);
  if (!bytes) return fail(std::move(bytes).error());
  return parse_json(*bytes, JsonMode::plain, token_limits);
}

Judgement json_in_base64(Candidate& candidate) {
  const Result<Value> json = json_of(candidate.secret());
  return proven_if(json && json->map() != nullptr);
}

// The public demonstration tokens of documentation name this subject.
bool is_demonstration(const Value& claims) {
  const Value* name = claims.find("name");
  return name && name->text() && *name->text() == "John Doe";
}

Judgement jwt(Candidate& candidate) {
  const std::vector<std::string_view> parts = split(candidate.secret(), '.');
  const Result<Value> header = json_of(parts[0]);
  const Result<Value> claims = json_of(parts[1]);
  if (!header || !header->map() || !header->find("alg") || !claims || !claims->map() ||
      is_demonstration(*claims))
    return {.verdict = Verdict::refuted, .detail = {}};
  const Value* algorithm = header->find("alg");
  const bool unsigned_token = algorithm->text() && *algorithm->text() == "none";
  if (!unsigned_token && parts[2].size() < 20) return {.verdict = Verdict::refuted, .detail = {}};
  return {.verdict = Verdict::proven, .detail = unsigned_token ? "that nobody signed (alg: none)" : ""};
}

Judgement docker_auth(Candidate& candidate) {
  const Result<std::string> login = decoded(candidate.secret());
  if (!login) return {.verdict = Verdict::refuted, .detail = {}};
  const std::size_t colon = login->find(':');
  const bool readable = std::all_of(login->begin(), login->end(), [](char c) { return c >= ' ' && c < 127; });
  if (!readable || colon == std::string::npos || colon == 0 || colon + 1 == login->size())
    return {.verdict = Verdict::refuted, .detail = {}};
  const std::string_view password = std::string_view(*login).substr(colon + 1);
  return proven_if(!is_placeholder(password) && !is_reference(password));
}

Judgement password_in_url(Candidate& candidate) {
  const std::string_view password = candidate.secret();
  const bool made_up = is_reference(password) || is_default_password(password) ||
                       (is_wordlike(password) && entropy_of(password) < 3.2);
  return {.verdict = made_up ? Verdict::refuted : Verdict::plausible, .detail = {}};
}

Judgement test_mode(Candidate& candidate) {
  if (candidate.secret().substr(3, 4) != "test") return {};
  return {.verdict = Verdict::harmless, .detail = "of a test account"};
}

Judgement pem(Candidate& candidate) {
  const PemBlock block = read_pem(candidate.text, candidate.begin);
  candidate.end = std::max(candidate.end, block.end);
  if (!block.holds_key) return {.verdict = Verdict::refuted, .detail = {}};
  if (block.encrypted) return {.verdict = Verdict::harmless, .detail = "that is encrypted"};
  return {.verdict = Verdict::proven, .detail = {}};
}

Judgement nothing_more(Candidate&) {
  return {};
}

struct Row {
  TokenCheck check;
  Judgement (*judge)(Candidate&);
};

constexpr std::array<Row, 12> checks = {{
    {TokenCheck::none, nothing_more},
    {TokenCheck::crc32_tail, crc32_tail},
    {TokenCheck::bech32, bech32},
    {TokenCheck::aws_account, aws_account},
    {TokenCheck::base64_32_or_64, base64_key},
    {TokenCheck::macaroon, macaroon},
    {TokenCheck::json_in_base64, json_in_base64},
    {TokenCheck::jwt, jwt},
    {TokenCheck::pem, pem},
    {TokenCheck::docker_auth, docker_auth},
    {TokenCheck::password_in_url, password_in_url},
    {TokenCheck::test_mode, test_mode},
}};

} // namespace

Judgement judge(Candidate& candidate) {
  const auto row = std::find_if(checks.begin(), checks.end(),
                                [&](const Row& each) { return each.check == candidate.shape.check; });
  return row->judge(candidate);
}

} // namespace deployctl::policy::lint
