#include "providers/builtin.hpp"

#include "providers/exec/run.hpp"
#include "providers/file/put.hpp"
#include "providers/host/release.hpp"
#include "providers/host/run.hpp"
#include "providers/http/check.hpp"

namespace deployctl::providers {

Catalog builtin_catalog() {
  return {
      exec::make_run(), http::make_check(), host::make_run(), file::make_put(), host::make_release(),
  };
}

} // namespace deployctl::providers
