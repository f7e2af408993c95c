#include "engine/deployment.hpp"

#include <utility>

namespace deployctl::engine {

void OutputBook::add(const std::string& step, Value outputs) {
  const std::lock_guard lock(mutex_);
  outputs_.emplace(step, std::move(outputs));
}

void OutputBook::add_all(const OutputBook& other) {
  const std::scoped_lock lock(mutex_, other.mutex_);
  outputs_.insert(other.outputs_.begin(), other.outputs_.end());
}

const Value* OutputBook::find(std::string_view step) const {
  const std::lock_guard lock(mutex_);
  const auto found = outputs_.find(step);
  return found == outputs_.end() ? nullptr : &found->second;
}

config::Outputs OutputBook::lookup() const {
  return [this](std::string_view step) { return find(step); };
}

} // namespace deployctl::engine
