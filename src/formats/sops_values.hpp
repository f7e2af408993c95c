// The values of a SOPS file, decrypted and authenticated: all of them or none.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include <deployctl/result.hpp>
#include <deployctl/secret.hpp>

#include "formats/sops_metadata.hpp"

namespace deployctl::formats {

struct SopsFile;

class SopsValues {
public:
  // The file must outlive it.
  static Result<SopsValues> open(const SopsFile& file, const Secret& data_key);

  // Of what somebody else decrypted and authenticated: the texts of its leaves are moved out of it.
  static SopsValues take(SopsNode& data);

  // Of a leaf of the file.
  [[nodiscard]] std::string text_of(const SopsNode& leaf) const;

private:
  friend class SopsOpener;
  struct Place {
    std::size_t begin = 0;
    std::size_t size = 0;
    bool boolean = false;
  };

  void take_texts(SopsNode& node, std::string& plain);

  std::shared_ptr<const SecretBytes> plain_; // the texts behind one another
  std::map<const SopsNode*, Place> places_;
};

} // namespace deployctl::formats
