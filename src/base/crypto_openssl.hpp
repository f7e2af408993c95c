// How the files around OpenSSL hold what it makes, hand it bytes, and take its refusals. Names none of its
// types and includes none of its headers: those stay in crypto*.cpp.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace deployctl::openssl {

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* object) const { release(object); }
};
template <class T, void (*release)(T*)>
using Owned = std::unique_ptr<T, Release<T, release>>;

inline const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

inline unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// For what cannot fail but by a bug, or without memory.
inline void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("openssl refused ") + what);
}

// As the callback of PEM_read_*: without it OpenSSL would ask at the terminal.
inline int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*of_caller*/) {
  return -1;
}

} // namespace deployctl::openssl
