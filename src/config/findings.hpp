// The mistakes found so far. One place of the text is looked at once for every environment, so the same
// mistake comes in many times; it is kept once. For the config layer's own use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <vector>

#include <deployctl/diagnostic.hpp>

namespace deployctl::config {

class Findings {
public:
  void add(Diagnostic diagnostic);
  void error(std::string_view code, Span span, std::string message, std::string label = {},
             std::string help = {});
  void warning(std::string_view code, Span span, std::string message, std::string help = {});

  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::vector<Diagnostic> by_position() &&;

private:
  std::vector<Diagnostic> all_;
  std::unordered_set<std::string> seen_;
  std::size_t errors_ = 0;
};

// Where in the language something stands, as messages say it: "step 'web'", "'rolling' in 'strategy' in step
// 'web'". A link to the place around it, so that nothing is allocated until a message is made. Lives on the
// stack.
struct Where {
  const Where* around = nullptr;
  std::string_view noun; // "step", "environment"; empty for a plain key
  std::string_view name; // "web", "strategy"; both empty: the pipeline itself

  [[nodiscard]] std::string text() const;
};

// "a field with a similar name exists: 'replicas'", or "fields: 'a', 'b'" when none is near; empty without
// names.
std::string similar_help(std::string_view word, const std::vector<std::string>& names, std::string_view one,
                         std::string_view many);
std::string quoted_list(const std::vector<std::string>& names);

} // namespace deployctl::config
