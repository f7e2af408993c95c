// The test kit of the age specification (C2SP/CCTV): every file that needs no recipient type beyond X25519
// and scrypt.
#include <algorithm>
#include <iostream>
#include <map>

#include <zlib.h>

#include "base/crypto.hpp"
#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "formats/age.hpp"
#include "formats/age_armor.hpp"
#include "vectors.hpp"

using namespace deployctl;
using namespace deployctl::formats;

namespace {

struct Vector {
  std::multimap<std::string, std::string, std::less<>> head;
  std::string file;

  [[nodiscard]] std::string one(std::string_view key) const {
    const auto found = head.find(key);
    return found == head.end() ? "" : found->second;
  }
};

std::string inflated(const std::string& bytes) {
  std::string out(std::size_t{32} << 20U, '\0');
  auto size = static_cast<uLongf>(out.size());
  REQUIRE(uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                     reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size())) == Z_OK);
  out.resize(size);
  return out;
}

Vector parse(const std::string& encoded) {
  const std::string bytes = from_base64(encoded).value();
  const std::size_t end = bytes.find("\n\n");
  REQUIRE(end != std::string::npos);
  Vector vector{.head = {}, .file = bytes.substr(end + 2)};
  for (const std::string_view line : split(std::string_view(bytes).substr(0, end), '\n')) {
    const std::size_t colon = line.find(": ");
    vector.head.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  if (vector.one("compressed") == "zlib") vector.file = inflated(vector.file);
  return vector;
}

bool is_post_quantum(std::string_view identity) {
  return identity.starts_with("AGE-SECRET-KEY-PQ-");
}

// Why a vector does not apply; empty when it does.
std::string beyond(const Vector& vector) {
  const auto [begin, end] = vector.head.equal_range("identity");
  const bool only_post_quantum =
      begin != end && std::all_of(begin, end, [](const auto& line) { return is_post_quantum(line.second); });
  return only_post_quantum ? "only a post-quantum identity (ML-KEM is not in OpenSSL 3.0)" : "";
}

std::vector<AgeIdentity> identities(const Vector& vector) {
  std::vector<AgeIdentity> out;
  for (const auto& [key, value] : vector.head) {
    if (key == "identity" && !is_post_quantum(value)) out.push_back(parse_age_key(value).value());
    if (key == "passphrase")
      out.emplace_back(AgePassphrase{Secret::reference("passphrase").resolved_with(value)});
  }
  return out;
}

// The kit's word for how it ended.
std::string ending(const Vector& vector) {
  std::string file = vector.file;
  if (vector.one("armored") == "yes") {
    auto inside = remove_age_armor(file);
    if (!inside) return "armor failure";
    file = *std::move(inside);
  }
  const auto plain = open_age(file, identities(vector));
  if (plain) return sha256_hex(*plain) == vector.one("payload") ? "success" : "another payload";
  const std::string& message = plain.error().message;
  if (message.starts_with("no identity fits")) return "no match";
  if (message.starts_with("header, authentication")) return "HMAC failure";
  return message.substr(0, message.find(',')) + " failure";
}

} // namespace

TEST_CASE("age: the test kit of the specification") {
  const auto text = tests::read_vectors("age.json");
  if (!text) return;
  const Value kit = parse_json(*text, JsonMode::plain).value();
  int tried = 0;
  std::map<std::string, std::vector<std::string>> left_out;
  for (const auto& [name, encoded] : *kit.find("files")->map()) {
    const Vector vector = parse(*encoded.text());
    if (const std::string why = beyond(vector); !why.empty()) {
      left_out[why].push_back(name);
      continue;
    }
    INFO(name << ": " << vector.one("comment"));
    CHECK(ending(vector) == vector.one("expect"));
    ++tried;
  }
  CHECK(tried == 125);
  std::cout << "age test kit: " << tried << " files tried\n";
  for (const auto& [why, names] : left_out)
    std::cout << "  " << names.size() << " not applicable, " << why << ": " << join(names, ", ") << '\n';
}
