// Any bytes are a document or an error; the leaves of a document are text.
#include <cstdint>
#include <cstdlib>

#include "cloud/aws/xml.hpp"

namespace {

void check(const deployctl::Value& value) {
  if (value.map())
    for (const auto& [name, child] : *value.map()) {
      if (name.empty()) std::abort();
      check(child);
    }
  else if (value.list())
    for (const deployctl::Value& child : *value.list()) check(child);
  else if (!value.text())
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = deployctl::aws::parse_xml({reinterpret_cast<const char*>(data), size});
  if (document) check(*document);
  return 0;
}
