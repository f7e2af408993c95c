// A blob of one registry as the source of an upload to another: read while it is sent, through a buffer of
// bounded size. Nothing is asked for before the first byte is wanted.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "registry/client.hpp"

namespace deployctl::registry {

class RemoteBlob final : public BodySource, private BodySink {
public:
  // All of them outlive it.
  RemoteBlob(Client& client, const Access& access, const Descriptor& blob, std::stop_token stop);
  ~RemoteBlob() override;
  RemoteBlob(const RemoteBlob&) = delete;
  RemoteBlob& operator=(const RemoteBlob&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return blob_.size; }
  // In order; another offset than the next one asks the registry anew. For one reader.
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override;
  [[nodiscard]] bool was_read() const { return was_read_; }

private:
  Status take(std::string_view bytes) override;
  Status refill();
  void begin(std::uint64_t offset);
  void end();

  Client& client_;
  const Access& access_;
  const Descriptor& blob_;
  std::stop_token stop_;

  // Of the one who reads:
  bool was_read_ = false;
  std::uint64_t next_ = 0; // offset of what comes next
  std::string front_;
  std::size_t taken_ = 0;     // of front_
  std::stop_source own_;      // ends the thread
  std::stop_token own_token_; // written only while there is no thread

  std::mutex mutex_; // guards what follows
  std::condition_variable_any changed_;
  std::string back_;
  std::optional<Status> ended_; // what the thread came to
  std::jthread thread_;         // last: it uses the rest
};

} // namespace deployctl::registry
