// `.dockerignore`: which files of a build context stay out of it. Patterns as the builder matches them: from
// the context's root, `**` for any depth, `!` takes back, the last match decides, a folder takes what is
// below.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deployctl::formats {

class Dockerignore {
public:
  static Dockerignore parse(std::string_view text);

  [[nodiscard]] bool ignores(std::string_view path) const; // "app/data/x.bin"
  [[nodiscard]] bool empty() const { return patterns_.empty(); }

private:
  struct Pattern {
    std::string glob;
    bool takes_back = false;
  };
  std::vector<Pattern> patterns_;
};

} // namespace deployctl::formats
