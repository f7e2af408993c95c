// Stands in for config's second check of inputs, which is not part of the library yet; tests here use inputs whose shape
// does not change when they become known. Goes away with the loader.
#include "config/load.hpp"

namespace deployctl::config {

Result<Value> finish_inputs(const Description&, Value inputs, const FileProbe&) { return inputs; }

} // namespace deployctl::config
