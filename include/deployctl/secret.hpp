// A secret: by name until it is resolved, bytes afterwards, and never text that can be printed or compared.
// What may be shown is the reference (name and version). `reveal()` is allowed in few places; a test keeps
// the list.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace deployctl {

// Owns bytes that are locked in memory where the system allows it, left out of core dumps, and zeroed at the
// end.
class SecretBytes {
public:
  explicit SecretBytes(std::string_view bytes);
  ~SecretBytes();
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&&) = delete;
  SecretBytes& operator=(SecretBytes&&) = delete;

  [[nodiscard]] std::string_view view() const { return {data_, size_}; }

private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t mapped_ = 0;
};

class Secret {
public:
  // A value may join secrets with fixed text: "postgres://app:" + db_password + "@db/app".
  struct Part {
    std::string literal; // fixed text, used when `name` is empty
    std::string name;    // a name declared under `secrets:`
  };

  Secret() = default;
  static Secret reference(std::string name, std::string version = {});
  static Secret composed(std::vector<Part> parts, std::string version = {});

  [[nodiscard]] Secret resolved_with(std::string_view bytes) const;
  [[nodiscard]] Secret with_version(std::string version) const;

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] std::string name() const; // the declared name, or the names joined by '+'
  // The store's version id, or a fingerprint keyed per stack ("keyed:<hex>"); empty when not known yet.
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] bool is_resolved() const { return bytes_ != nullptr; }
  [[nodiscard]] std::string_view reveal() const; // empty when not resolved

private:
  std::vector<Part> parts_;
  std::string version_;
  std::shared_ptr<const SecretBytes> bytes_;
};

} // namespace deployctl
