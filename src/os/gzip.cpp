#include "os/gzip.hpp"

#include <array>
#include <stdexcept>

#include <zlib.h>

namespace deployctl::os {
namespace {

// Layers are sent once and kept for long, but the time to pack them is what people wait for.
constexpr int level = 3;
constexpr int gzip_window = 15 + 16; // zlib's way to ask for the gzip form
constexpr int memory = 8;
using Buffer = std::array<char, 64U << 10>;

void give(z_stream& stream, std::string_view bytes) {
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); // only read
  stream.avail_in = static_cast<uInt>(bytes.size());
}

void make_room(z_stream& stream, Buffer& buffer) {
  stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
  stream.avail_out = static_cast<uInt>(buffer.size());
}

std::string_view made(const z_stream& stream, const Buffer& buffer) {
  return {buffer.data(), buffer.size() - stream.avail_out};
}

// zlib counts in 32 bits.
constexpr std::size_t largest_piece = 1U << 30;

} // namespace

struct GzipWriter::Stream {
  z_stream state{};
  Buffer buffer{};
};

GzipWriter::GzipWriter(TakeBytes take) : take_(std::move(take)), stream_(std::make_unique<Stream>()) {
  if (deflateInit2(&stream_->state, level, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib cannot begin to pack");
}

GzipWriter::~GzipWriter() {
  deflateEnd(&stream_->state);
}

Status GzipWriter::drain(int flush) {
  z_stream& state = stream_->state;
  do {
    make_room(state, stream_->buffer);
    deflate(&state, flush);
    if (const auto bytes = made(state, stream_->buffer); !bytes.empty()) DEPLOYCTL_CHECK(take_(bytes));
  } while (state.avail_out == 0);
  return {};
}

Status GzipWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, largest_piece);
    bytes.remove_prefix(piece.size());
    give(stream_->state, piece);
    DEPLOYCTL_CHECK(drain(Z_NO_FLUSH));
  }
  return {};
}

Status GzipWriter::finish() {
  give(stream_->state, {});
  return drain(Z_FINISH);
}

struct GzipReader::Stream {
  z_stream state{};
  Buffer buffer{};
  bool ended = false; // between two streams
};

GzipReader::GzipReader(TakeBytes take) : take_(std::move(take)), stream_(std::make_unique<Stream>()) {
  if (inflateInit2(&stream_->state, gzip_window) != Z_OK)
    throw std::runtime_error("zlib cannot begin to unpack");
}

GzipReader::~GzipReader() {
  inflateEnd(&stream_->state);
}

Status GzipReader::write(std::string_view bytes) {
  z_stream& state = stream_->state;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, largest_piece);
    give(state, piece);
    if (stream_->ended && inflateReset(&state) != Z_OK) return fail(Cause::config, "the gzip is damaged");
    stream_->ended = false;
    make_room(state, stream_->buffer);
    const int code = inflate(&state, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      return fail(Cause::config, "the gzip is damaged");
    stream_->ended = code == Z_STREAM_END;
    bytes.remove_prefix(piece.size() - state.avail_in);
    if (const auto out = made(state, stream_->buffer); !out.empty()) DEPLOYCTL_CHECK(take_(out));
  }
  return {};
}

Status GzipReader::finish() {
  z_stream& state = stream_->state;
  while (!stream_->ended) {
    give(state, {});
    make_room(state, stream_->buffer);
    const int code = inflate(&state, Z_NO_FLUSH);
    stream_->ended = code == Z_STREAM_END;
    const auto out = made(state, stream_->buffer);
    if (out.empty() && !stream_->ended) return fail(Cause::config, "the gzip ends early");
    if (!out.empty()) DEPLOYCTL_CHECK(take_(out));
  }
  return {};
}

} // namespace deployctl::os
