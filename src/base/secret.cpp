#include <deployctl/secret.hpp>

#include <cstring>
#include <new>

#include <sys/mman.h>
#include <unistd.h>

namespace deployctl {

SecretBytes::SecretBytes(std::string_view bytes) : size_(bytes.size()) {
  if (bytes.empty()) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  mapped_ = (bytes.size() + page - 1) / page * page;
  void* memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  // Both are best effort: a container may forbid locking, and the secret is needed all the same.
  (void)::mlock(memory, mapped_);
  (void)::madvise(memory, mapped_, MADV_DONTDUMP);
  data_ = static_cast<char*>(memory);
  std::memcpy(data_, bytes.data(), bytes.size());
}

SecretBytes::~SecretBytes() {
  if (!data_) return;
  ::explicit_bzero(data_, mapped_);
  ::munmap(data_, mapped_); // unlocks too
}

Secret Secret::reference(std::string name, std::string version) {
  return composed({Part{.literal = {}, .name = std::move(name)}}, std::move(version));
}

Secret Secret::composed(std::vector<Part> parts, std::string version) {
  Secret secret;
  secret.parts_ = std::move(parts);
  secret.version_ = std::move(version);
  return secret;
}

Secret Secret::resolved_with(std::string_view bytes) const {
  Secret secret = *this;
  secret.bytes_ = std::make_shared<const SecretBytes>(bytes);
  return secret;
}

Secret Secret::with_version(std::string version) const {
  Secret secret = *this;
  secret.version_ = std::move(version);
  return secret;
}

std::string Secret::name() const {
  std::string names;
  for (const Part& part : parts_) {
    if (part.name.empty()) continue;
    if (!names.empty()) names += '+';
    names += part.name;
  }
  return names;
}

std::string_view Secret::reveal() const {
  return bytes_ ? bytes_->view() : std::string_view();
}

} // namespace deployctl
