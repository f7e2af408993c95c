// What stores keep in memory: each thing is got once, by whoever comes first, while the others that want it
// wait for that one answer. Errors are not kept.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <deployctl/result.hpp>

namespace deployctl::secrets {

// A single thing that is used where it is.
template <class T>
class OpenOnce {
public:
  Result<T*> get(const std::function<Result<std::unique_ptr<T>>()>& open) {
    const std::lock_guard lock(mutex_);
    if (!known_) {
      DEPLOYCTL_TRY(known_, open());
    }
    return known_.get();
  }

private:
  std::mutex mutex_;
  std::unique_ptr<T> known_;
};

// By key. Different keys are read side by side.
template <class T>
class ReadOnce {
public:
  Result<T> get(const std::string& key, const std::function<Result<T>()>& read) {
    Place& place = place_of(key);
    const std::lock_guard lock(place.mutex);
    if (!place.known) {
      DEPLOYCTL_TRY(place.known, read());
    }
    return *place.known;
  }

  // What is there already.
  std::optional<T> known(const std::string& key) {
    Place& place = place_of(key);
    const std::lock_guard lock(place.mutex);
    return place.known;
  }

private:
  struct Place {
    std::mutex mutex;
    std::optional<T> known;
  };

  Place& place_of(const std::string& key) {
    const std::lock_guard lock(mutex_);
    auto& place = places_[key];
    if (!place) place = std::make_unique<Place>();
    return *place;
  }

  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Place>> places_;
};

} // namespace deployctl::secrets
