// Values in files that are kept encrypted beside the pipeline: SOPS and age.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include <deployctl/result.hpp>

#include "formats/sops.hpp"
#include "formats/sops_values.hpp"
#include "secrets/once.hpp"
#include "secrets/sources.hpp"

namespace deployctl::secrets {

// A SOPS file whose values all were authenticated.
struct OpenedSopsFile {
  formats::SopsFile file;
  formats::SopsValues values; // of that file, which therefore stays where it is
};

// The SOPS files of a run, by path as it is written: each is opened once, however many references mean it.
class SopsFileCache {
public:
  Result<std::shared_ptr<const OpenedSopsFile>> get(const std::string& path, const Sources& sources,
                                                    const std::stop_token& stop);

private:
  ReadOnce<std::shared_ptr<const OpenedSopsFile>> files_;
};

// sops://file#pointer. The whole file is authenticated before any value of it is given.
Result<std::string> read_sops_file(const SecretReference& reference, const Sources& sources,
                                   const std::stop_token& stop);
// age://file: all of it.
Result<std::string> read_age_file(const SecretReference& reference, const Sources& sources,
                                  const std::stop_token& stop);

} // namespace deployctl::secrets
