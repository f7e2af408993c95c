// gzip made and read piece by piece, without a time or a name in it: equal bytes make equal streams. The one
// wrapper of zlib.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::os {

using TakeBytes = std::function<Status(std::string_view)>;

class GzipWriter {
public:
  explicit GzipWriter(TakeBytes take); // gets the packed bytes
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  Status write(std::string_view bytes);
  Status finish(); // once, at the end

private:
  struct Stream;
  Status drain(int flush);

  TakeBytes take_;
  std::unique_ptr<Stream> stream_;
};

// Several streams one after the other, as gzip allows.
class GzipReader {
public:
  explicit GzipReader(TakeBytes take); // gets the unpacked bytes
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  Status write(std::string_view bytes); // Cause::config when it is no gzip
  Status finish();                      // Cause::config when it ends early

private:
  struct Stream;

  TakeBytes take_;
  std::unique_ptr<Stream> stream_;
};

} // namespace deployctl::os
