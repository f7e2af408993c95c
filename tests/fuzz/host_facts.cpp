// What a host says about itself is another machine's text: any bytes become facts or an error, and facts can
// be written as canonical JSON; the answers inside lie within the text, in order.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.hpp"
#include "providers/host_facts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::size_t questions : {0U, 1U, 3U}) {
    const auto answer = deployctl::providers::parse_host_answer(text, questions);
    if (!answer) continue;
    if (answer->answers.size() != questions) std::abort();
    static_cast<void>(deployctl::to_json(deployctl::providers::to_value(answer->facts, 0)));
    const char* at = text.data();
    for (const std::string_view part : answer->answers) {
      if (part.data() < at || part.data() + part.size() > text.data() + text.size()) std::abort();
      at = part.data() + part.size();
    }
  }
  return 0;
}
