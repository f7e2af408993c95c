#include "ssh/remote_transfer.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/crypto.hpp"
#include "os/below.hpp"
#include "os/files.hpp"
#include "ssh/file_stream.hpp"
#include "ssh/leash.hpp"
#include "ssh/script_failure.hpp"
#include "ssh/transfer_answer.hpp"
#include "ssh/transfer_scripts.hpp"

namespace deployctl::ssh {
namespace {

class RemoteTransfer {
public:
  RemoteTransfer(const TransferHost& host, const HostTransfer& transfer, const std::stop_token& stop)
      : host_(host), transfer_(transfer), stop_(stop), deadline_(host.clock.boot() + transfer.timeout) {}

  Status run() {
    DEPLOYCTL_CHECK(check_names());
    DEPLOYCTL_TRY(const TransferAnswer there, look());
    std::vector<const HostFile*> missing;
    for (const HostFile& file : transfer_.files)
      if (!stands_already(there, file)) missing.push_back(&file);
    if (missing.empty()) return {};
    DEPLOYCTL_CHECK(check_room(there, missing));
    return send(std::move(missing));
  }

private:
  [[nodiscard]] Status check_names() const {
    std::set<std::string_view> links;
    for (const HostFile& file : transfer_.files) {
      if (!os::is_name_below(file.name))
        return fail(Cause::internal, fmt::format("'{}' is not a name below the destination", file.name));
      if (!file.link.empty()) links.insert(file.name);
    }
    std::vector<const HostFile*> all;
    for (const HostFile& file : transfer_.files) all.push_back(&file);
    for (const std::string& folder : folders_of(all))
      if (links.contains(folder))
        return fail(Cause::config, fmt::format("'{}' is a link and a folder of the same transfer", folder));
    return {};
  }

  [[nodiscard]] std::string what() const {
    return fmt::format("cannot write files to '{}' on '{}'", transfer_.destination, host_.name);
  }

  Result<HostResult> leashed(const std::string& script, const std::vector<std::string>& arguments, Text input,
                             ByteSource source) {
    static const std::map<std::string, Text> no_variables;
    constexpr std::size_t longest_answer = 64U << 20;
    const auto left = std::chrono::ceil<Milliseconds>(deadline_ - host_.clock.boot());
    const LeashRequest request{
        .what = fmt::format("the transfer to '{}' on '{}'", transfer_.destination, host_.name),
        .script = {.script = script,
                   .arguments = arguments,
                   .environment = no_variables,
                   .feed = source ? Feed::stream : Feed::data,
                   .fence = host_.fence},
        .input = std::move(input),
        .source = std::move(source),
        .timeout = std::max(left, Milliseconds(1)),
        .capture_limit = longest_answer};
    DEPLOYCTL_TRY(HostResult result, run_leashed(host_.shell, host_.clock, host_.random, request, stop_));
    if (result.cancelled) return fail(Cause::cancelled, fmt::format("{}: stopped", what()));
    if (result.timed_out)
      return fail(Cause::timeout,
                  fmt::format("{}: it took longer than {}", what(), format_duration(transfer_.timeout)));
    if (result.exit_code != 0) return fail(script_failure(what(), result));
    return result;
  }

  Result<TransferAnswer> look() {
    std::vector<const HostFile*> all;
    for (const HostFile& file : transfer_.files) all.push_back(&file);
    std::string asked;
    for (const std::string& folder : folders_of(all)) asked += folder + "\n";
    asked += "\n";
    for (const HostFile* file : all)
      asked += fmt::format("{} {}\n", file->link.empty() ? 'f' : 'l', file->name);
    DEPLOYCTL_TRY(const HostResult result, leashed(look_script, {transfer_.destination}, Text(asked), {}));
    return read_transfer_answer(result.out);
  }

  // Every byte once, and a block for each file's end.
  [[nodiscard]] Status check_room(const TransferAnswer& there,
                                  const std::vector<const HostFile*>& missing) const {
    std::uint64_t needed = 0;
    for (const HostFile* file : missing) {
      std::error_code error;
      const auto size = file->link.empty() ? std::filesystem::file_size(file->source, error) : 0;
      if (error) return fail(os::system_error("cannot read", file->source, error.value()));
      needed += size / 1024 + 4;
    }
    if (!there.free_kibibytes || needed <= *there.free_kibibytes) return {};
    return fail(Cause::capacity,
                fmt::format("'{}' on '{}' has {} KiB free and {} KiB are needed", there.mount, host_.name,
                            *there.free_kibibytes, needed),
                "make room there, or keep fewer releases");
  }

  // 0 when one cannot be read: the stream tells.
  [[nodiscard]] static std::uint64_t bytes_of(const std::vector<const HostFile*>& files) {
    std::uint64_t total = 0;
    for (const HostFile* file : files) {
      std::error_code error;
      const auto size = file->link.empty() ? std::filesystem::file_size(file->source, error) : 0;
      if (error) return 0;
      total += size;
    }
    return total;
  }

  Status send(std::vector<const HostFile*> missing) {
    const std::uint64_t total = bytes_of(missing);
    FileStream stream(std::move(missing));
    std::uint64_t sent = 0;
    const std::vector<std::string> arguments = {transfer_.destination, random_hex(host_.random, 6)};
    DEPLOYCTL_CHECK(leashed(receive_script, arguments, {}, [&]() -> Result<std::string_view> {
      DEPLOYCTL_TRY(const std::string_view piece, stream.next());
      sent += piece.size();
      // The tar has headers besides the bytes that count.
      if (transfer_.output && total > 0)
        transfer_.output->progress({.what = "upload", .done = std::min(sent, total), .total = total});
      return piece;
    }));
    return {};
  }

  const TransferHost& host_;
  const HostTransfer& transfer_;
  const std::stop_token& stop_;
  std::chrono::nanoseconds deadline_;
};

} // namespace

Status send_files(const TransferHost& host, const HostTransfer& transfer, const std::stop_token& stop) {
  return RemoteTransfer(host, transfer, stop).run();
}

} // namespace deployctl::ssh
