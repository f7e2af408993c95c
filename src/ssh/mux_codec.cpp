#include "ssh/mux_codec.hpp"

#include <limits>
#include <utility>

#include <fmt/core.h>

namespace deployctl::ssh::mux {
namespace {

constexpr std::size_t number_size = 4;
constexpr std::uint32_t no_escape_character = std::numeric_limits<std::uint32_t>::max();

std::string number_bytes(std::uint32_t number) {
  std::string bytes;
  for (unsigned shift = 32; shift > 0; shift -= 8)
    bytes.push_back(static_cast<char>((number >> (shift - 8)) & 0xffU));
  return bytes;
}

std::uint32_t number_from(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char byte : bytes.substr(0, number_size))
    number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

// Writer and reader take the same walk over a message's fields (`fields` below).
class Writer {
public:
  void number(std::uint32_t value) { bytes_ += number_bytes(value); }
  void text(const std::string& value) {
    number(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
  }
  void texts(const std::vector<std::string>& values) {
    for (const std::string& value : values) text(value);
  }
  void skip_rest() {}
  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
};

class Reader {
public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  void number(std::uint32_t& value) {
    const std::string_view bytes = take(number_size);
    if (!failed_) value = number_from(bytes);
  }
  void text(std::string& value) {
    std::uint32_t size = 0;
    number(size);
    value = take(size);
  }
  void texts(std::vector<std::string>& values) {
    while (!left_.empty() && !failed_) text(values.emplace_back());
  }
  void skip_rest() { left_ = {}; }
  [[nodiscard]] bool is_whole() const { return !failed_ && left_.empty(); }

private:
  std::string_view take(std::size_t size) {
    failed_ = failed_ || left_.size() < size;
    if (failed_) return {};
    const std::string_view bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return bytes;
  }

  std::string_view left_;
  bool failed_ = false;
};

template <class Walk>
void fields(Walk& walk, Hello& message) {
  walk.number(message.version);
  walk.skip_rest();
}

template <class Walk>
void fields(Walk& walk, NewSession& message) {
  std::string unused;
  std::uint32_t unwanted = 0; // terminal, X11, agent, subsystem: numbers, whatever PROTOCOL.mux says
  std::uint32_t escape = no_escape_character;
  walk.number(message.request);
  walk.text(unused);
  for (int flag = 0; flag < 4; ++flag) walk.number(unwanted);
  walk.number(escape);
  walk.text(unused); // terminal type
  walk.text(message.command);
  walk.texts(message.environment);
}

template <class Walk>
void fields(Walk& walk, Endpoint& endpoint) {
  walk.text(endpoint.host);
  walk.number(endpoint.port);
}

template <class Walk, class Kind>
void forward_fields(Walk& walk, Kind& message) {
  walk.number(message.request);
  walk.number(message.forward.direction);
  fields(walk, message.forward.listen);
  fields(walk, message.forward.connect);
}

template <class Walk>
void fields(Walk& walk, OpenForward& message) {
  forward_fields(walk, message);
}

template <class Walk>
void fields(Walk& walk, CloseForward& message) {
  forward_fields(walk, message);
}

template <class Walk>
void fields(Walk& walk, NewStdioForward& message) {
  std::string reserved;
  walk.number(message.request);
  walk.text(reserved);
  fields(walk, message.connect);
}

template <class Walk, class Kind>
requires requires(Kind message) {
  message.reason;
}
void fields(Walk& walk, Kind& message) {
  walk.number(message.request);
  walk.text(message.reason);
}

template <class Walk>
void fields(Walk& walk, ExitMessage& message) {
  walk.number(message.session);
  walk.number(message.value);
}

template <class Walk>
void fields(Walk& walk, Alive& message) {
  walk.number(message.request);
  walk.number(message.pid);
}

template <class Walk>
void fields(Walk& walk, SessionOpened& message) {
  walk.number(message.request);
  walk.number(message.session);
}

template <class Walk>
void fields(Walk& walk, RemotePort& message) {
  walk.number(message.request);
  walk.number(message.port);
}

template <class Walk>
void fields(Walk& walk, TerminalRefused& message) {
  walk.number(message.session);
}

template <class Walk, class Kind> // AliveCheck, Terminate, Ok: nothing but the request
void fields(Walk& walk, Kind& message) {
  walk.number(message.request);
}

template <class Alternative>
bool read_as(std::uint32_t type, std::string_view body, std::optional<Message>& read, bool& known) {
  if (type != Alternative::type) return false;
  known = true;
  Alternative message;
  Reader reader(body);
  fields(reader, message);
  if (reader.is_whole()) read = std::move(message);
  return true;
}

template <class... Alternatives>
std::optional<Message> read_any(std::uint32_t type, std::string_view body, bool& known,
                                const std::variant<Alternatives...>* /*names the types*/) {
  std::optional<Message> read;
  (read_as<Alternatives>(type, body, read, known) || ...);
  return read;
}

} // namespace

std::string encode(const Message& message) {
  Writer writer;
  std::visit(
      [&writer](auto copy) {
        writer.number(copy.type);
        fields(writer, copy);
      },
      message);
  const std::string packet = writer.take();
  return number_bytes(static_cast<std::uint32_t>(packet.size())) + packet;
}

Result<Message> decode(std::string_view packet) {
  if (packet.size() < number_size)
    return fail(Cause::network, fmt::format("a multiplexing packet of {} bytes has no type", packet.size()));
  const std::uint32_t type = number_from(packet);
  bool known = false;
  const Message* const types = nullptr;
  std::optional<Message> read = read_any(type, packet.substr(number_size), known, types);
  if (!known)
    return fail(Cause::network, fmt::format("a multiplexing packet of the unknown type {:#x}", type));
  if (!read)
    return fail(Cause::network, fmt::format("a multiplexing packet of type {:#x} does not fit its {} bytes",
                                            type, packet.size()));
  return *std::move(read);
}

Result<std::optional<std::string>> PacketReader::next() {
  if (bytes_.size() < number_size) return std::nullopt;
  const std::size_t size = number_from(bytes_);
  if (size < number_size || size > longest_packet)
    return fail(Cause::network, fmt::format("a multiplexing packet claims {} bytes", size));
  if (bytes_.size() < number_size + size) return std::nullopt;
  std::string packet = bytes_.substr(number_size, size);
  bytes_.erase(0, number_size + size);
  return packet;
}

} // namespace deployctl::ssh::mux
