// A small SMTP server on 127.0.0.1 for tests: without encryption, one client after the other, each command
// answered as the test says. Real servers with TLS are in tests/e2e.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace deployctl::tests {

class LoopbackMail {
public:
  // By the beginning of a command ("RCPT TO:<bob"), or "." for the end of the data: what is said instead of
  // "250 ok". "hang up" says nothing and leaves.
  explicit LoopbackMail(std::map<std::string, std::string> answers = {});
  ~LoopbackMail();
  LoopbackMail(const LoopbackMail&) = delete;
  LoopbackMail& operator=(const LoopbackMail&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::vector<std::string> commands() const; // in order, of all clients
  [[nodiscard]] std::vector<std::string> mails() const;    // as they arrived, dots still stuffed

private:
  void accept_all();
  void serve(int socket);
  [[nodiscard]] std::string answer_to(const std::string& command) const;

  std::map<std::string, std::string> answers_;
  int port_ = 0; // set while listener_ is made, so it stands before it
  int listener_ = -1;
  mutable std::mutex mutex_; // guards what follows
  std::vector<std::string> commands_;
  std::vector<std::string> mails_;
  int open_ = -1;
  bool ending_ = false;
  std::jthread acceptor_;
};

} // namespace deployctl::tests
