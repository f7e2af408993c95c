// What is read, written out again in single or double quotes, must be read back the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "formats/dotenv.hpp"

namespace {

std::string quoted(const std::string& value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == '$') out += '\\';
    out += c;
  }
  return out + "\"";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entries = deployctl::formats::parse_dotenv({reinterpret_cast<const char*>(data), size});
  if (!entries) return 0;
  std::string text;
  for (const auto& entry : *entries) text += "export " + entry.name + "=" + quoted(entry.value) + "\n";
  const auto again = deployctl::formats::parse_dotenv(text);
  if (!again || again->size() != entries->size()) std::abort();
  for (std::size_t i = 0; i < entries->size(); ++i)
    if ((*again)[i].name != (*entries)[i].name || (*again)[i].value != (*entries)[i].value) std::abort();
  return 0;
}
