#include "registry/remote_blob.hpp"

#include <algorithm>

namespace deployctl::registry {
namespace {

constexpr std::size_t largest_buffer = 1U << 20;

} // namespace

RemoteBlob::RemoteBlob(Client& client, const Access& access, const Descriptor& blob, std::stop_token stop)
    : client_(client), access_(access), blob_(blob), stop_(std::move(stop)) {}

RemoteBlob::~RemoteBlob() {
  end();
}

void RemoteBlob::end() {
  own_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void RemoteBlob::begin(std::uint64_t offset) {
  end();
  own_ = std::stop_source();
  own_token_ = own_.get_token();
  front_.clear();
  back_.clear();
  taken_ = 0;
  ended_.reset();
  next_ = offset;
  was_read_ = true;
  thread_ = std::jthread([this, offset, stop = own_token_] {
    Status status = client_.read_blob(access_, blob_, *this, stop, offset);
    const std::lock_guard lock(mutex_);
    ended_ = std::move(status);
    changed_.notify_all();
  });
}

// Called by the thread.
Status RemoteBlob::take(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, own_token_, [&] { return back_.size() < largest_buffer; }))
    return fail(Cause::cancelled, "nobody reads on");
  back_ += bytes;
  changed_.notify_all();
  return {};
}

Status RemoteBlob::refill() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop_, [&] { return !back_.empty() || ended_; }))
    return fail(Cause::cancelled, "stopped while reading " + blob_.digest.text());
  front_.clear();
  taken_ = 0;
  std::swap(front_, back_);
  changed_.notify_all();
  if (!front_.empty() || ended_->has_value()) return {};
  return fail(Error(ended_->error()).in("while reading from '" + access_.repository.text() + "'"));
}

Result<std::size_t> RemoteBlob::read(std::uint64_t offset, std::span<char> out) {
  if (!was_read_ || offset != next_) begin(offset);
  if (taken_ == front_.size()) DEPLOYCTL_CHECK(refill());
  const std::size_t count = front_.copy(out.data(), out.size(), taken_);
  taken_ += count;
  next_ += count;
  return count;
}

} // namespace deployctl::registry
