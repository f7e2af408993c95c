#include "ssh_server.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "os/bounded_wait.hpp"
#include "os/child.hpp"

namespace deployctl::tests {
namespace {

constexpr int port = 2222;

void command(const std::vector<std::string>& argv) {
  const SystemClock clock;
  os::ChildEnvironment variables;
  REQUIRE(variables.set("PATH", Text("/usr/sbin:/usr/bin:/sbin:/bin")));
  const os::ChildRequest request{.argv = argv,
                                 .environment = variables,
                                 .directory = "/",
                                 .input = {},
                                 .timeout = Milliseconds(30'000),
                                 .grace = Milliseconds(1'000),
                                 .capture_limit = 65'536};
  const auto result = os::run_child(clock, request, {});
  REQUIRE(result);
  INFO(result->err);
  REQUIRE(result->exit_code == 0);
}

// Of this process alone: 127, its number, and a count, whose hundreds of servers go on in a second range.
std::string fresh_address() {
  constexpr int in_a_range = 250;
  static std::atomic<int> count = 0;
  const int pid = ::getpid();
  const int number = count++;
  REQUIRE(number < 2 * in_a_range);
  return fmt::format("127.{}.{}.{}", (pid >> 8) % 100 + 20 + 100 * (number / in_a_range), pid & 0xff,
                     number % in_a_range + 2);
}

int count_of(const std::string& text, const std::string& what) {
  int count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

bool accepts(const std::string& address) {
  const os::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(port);
  REQUIRE(::inet_pton(AF_INET, address.c_str(), &target.sin_addr) == 1);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0;
}

std::string first_word_pair(const std::string& public_key) {
  const auto words = split(trim(public_key), ' ');
  return std::string(words.at(0)) + " " + std::string(words.at(1));
}

} // namespace

SshServer::SshServer(ssh::Caretaker& caretaker, const std::string& folder, const std::string& name,
                     const std::string& authorized_keys, ServerOptions options)
    : caretaker_(caretaker), folder_(folder + "/" + name),
      address_(options.address.empty() ? fresh_address() : options.address),
      authorized_keys_(authorized_keys), options_(std::move(options)) {
  REQUIRE(os::make_directories(folder_, 0700));
  if (::getuid() == 0) REQUIRE(os::make_directories("/run/sshd", 0755));
  add_key("ed25519");
  start();
}

void SshServer::add_key(const std::string& type) {
  const std::string path = fmt::format("{}/key-{}-{}", folder_, type, keys_.size());
  command({"ssh-keygen", "-q", "-t", type, "-N", "", "-C", "", "-f", path});
  keys_.push_back(path);
}

void SshServer::replace_key() {
  stop();
  keys_.clear();
  std::filesystem::rename(folder_ + "/key-ed25519-0", folder_ + "/old-key");
  std::filesystem::remove(folder_ + "/key-ed25519-0.pub");
  add_key("ed25519");
  start();
}

void SshServer::drop_first_key() {
  stop();
  keys_.erase(keys_.begin());
  start();
}

std::string SshServer::known_hosts_line() const {
  const auto key = os::read_file(keys_.front() + ".pub", 4096);
  REQUIRE(key);
  return fmt::format("[{}]:{} {}\n", address_, port, first_word_pair(*key));
}

void SshServer::write_settings() {
  std::string text = options_.settings + "\n";
  text += fmt::format("Port {}\nListenAddress {}\nAuthorizedKeysFile {}\n", port, address_, authorized_keys_);
  for (const std::string& key : keys_) text += "HostKey " + key + "\n";
  text +=
      "StrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
      "LogLevel VERBOSE\nUseDNS no\nPermitRootLogin yes\n"
      "SetEnv SHLVL=1\n"; // else bash would read the start-up file of whoever runs the test
  REQUIRE(os::atomic_write(folder_ + "/sshd_config", text));
}

void SshServer::start() {
  write_settings();
  const os::Descriptor null = os::open_null().value();
  std::vector<std::string> argv = options_.inside;
  argv.insert(argv.end(), {"/usr/sbin/sshd", "-D", "-E", folder_ + "/log", "-f", folder_ + "/sshd_config"});
  auto started = os::BackgroundProcess::start(argv, {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}},
                                              {.in = null.get(), .out = null.get(), .err = null.get()});
  REQUIRE(started);
  process_ = *std::move(started);
  caretaker_.watch(process_->pid());
  const SystemClock clock;
  os::BoundedWait wait(clock, Milliseconds(20'000), {}, "sshd");
  while (!accepts(address_)) {
    INFO(log());
    REQUIRE(!process_->exit_code());
    REQUIRE(wait.pause(Milliseconds(10), process_->end_descriptor()));
  }
}

void SshServer::stop() {
  // Sessions lead groups of their own.
  for (const pid_t session : sessions()) ::kill(session, SIGKILL);
  if (process_) caretaker_.forget(process_->pid());
  process_.reset();
}

SshServer::~SshServer() {
  stop();
}

std::vector<pid_t> SshServer::sessions() const {
  std::vector<pid_t> found;
  if (!process_) return found;
  const std::string path = fmt::format("/proc/{0}/task/{0}/children", process_->pid());
  std::ifstream children(path);
  for (pid_t child = 0; children >> child;) found.push_back(child);
  return found;
}

std::string SshServer::log() const {
  return os::read_file(folder_ + "/log", 16U << 20).value_or("");
}

int SshServer::logins() const {
  return count_of(log(), "Accepted publickey");
}

// A server tells of a refusal when the process that served it ends.
int SshServer::attempts_at_end(const Clock& clock) const {
  os::BoundedWait wait(clock, Milliseconds(20'000), {}, "the server's sessions to end");
  while (!sessions().empty())
    if (const Status waited = wait.pause(Milliseconds(10)); !waited)
      throw std::runtime_error(waited.error().message);
  return logins() + count_of(log(), "[preauth]");
}

SshWorld::SshWorld() {
  command({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", scratch_.path("user-key")});
  public_key_ = scratch_.path("user-key.pub");
  caretaker_ = ssh::Caretaker::start(scratch_.path("caretaker"), environment()).value();
  configure("");
  know("");
}

SshServer& SshWorld::add(const std::string& name, ServerOptions options, bool is_known) {
  servers_.push_back(
      std::make_unique<SshServer>(*caretaker_, scratch_.path(), name, public_key_, std::move(options)));
  if (is_known) know(servers_.back()->known_hosts_line());
  return *servers_.back();
}

void SshWorld::know(const std::string& line) {
  known_ += line;
  scratch_.write("known_hosts", known_);
}

void SshWorld::configure(const std::string& lines) {
  scratch_.write("ssh_config",
                 fmt::format("{}\nHost *\n  Port {}\n  IdentityFile {}\n  IdentitiesOnly yes\n"
                             "  KexAlgorithms curve25519-sha256\n" // the others cost far more here

                             "  UserKnownHostsFile {}\n  GlobalKnownHostsFile /dev/null\n",
                             lines, port, scratch_.path("user-key"), scratch_.path("known_hosts")));
}

os::Environment SshWorld::environment() const {
  return {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"HOME", scratch_.path()}, {"TMPDIR", scratch_.path()}};
}

ssh::Client SshWorld::client() const {
  return {.config_file = scratch_.path("ssh_config"), .keepalive = Milliseconds(1'000)};
}

void SshWorld::use(ssh::Client client, ssh::Limits limits) {
  auto created = ssh::Connections::create(clock, random, environment(), std::move(client), limits);
  REQUIRE(created);
  connections_ = *std::move(created);
}

ssh::Connections& SshWorld::connections() {
  if (!connections_) use(client());
  return *connections_;
}

std::shared_ptr<ssh::RemoteShell> SshWorld::shell(const std::string& host) {
  auto shell = connections().shell({.name = host, .address = host}, {});
  REQUIRE(shell);
  return *shell;
}

std::ptrdiff_t SshWorld::left_directories() const {
  const std::filesystem::directory_iterator entries(path(""));
  return std::count_if(begin(entries), end(entries), [](const auto& entry) {
    return entry.path().filename().string().rfind("dctl-", 0) == 0;
  });
}

Finished finish(ssh::RemoteSession& session) {
  const SystemClock clock;
  os::BoundedWait wait(clock, Milliseconds(60'000), {}, "a command's output");
  Finished result;
  session.streams().input.close();
  std::array<std::string*, 2> texts{&result.out, &result.err};
  std::array<os::Descriptor*, 2> streams{&session.streams().output, &session.streams().error};
  while (streams[0]->is_open() || streams[1]->is_open()) {
    std::array<pollfd, 2> entries{pollfd{.fd = streams[0]->get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = streams[1]->get(), .events = POLLIN, .revents = 0}};
    REQUIRE(wait.any_of(entries));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].revents == 0) continue;
      std::array<char, 65'536> bytes; // NOLINT: filled by read
      const ssize_t got = ::read(streams[i]->get(), bytes.data(), bytes.size());
      if (got > 0)
        texts[i]->append(bytes.data(), static_cast<std::size_t>(got));
      else
        streams[i]->close();
    }
  }
  const auto end = session.wait({});
  REQUIRE(end);
  result.end = *end;
  return result;
}

Result<Finished> run(ssh::RemoteShell& shell, const std::string& command_line) {
  DEPLOYCTL_TRY(const std::unique_ptr<ssh::RemoteSession> session, shell.start(command_line, {}));
  return finish(*session);
}

} // namespace deployctl::tests
