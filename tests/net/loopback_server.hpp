// A small HTTP/1.1 server on 127.0.0.1 (or a unix socket) for tests: a function answers each request, and may
// also stall, cut the answer short or say nothing. Not a product server: it trusts its clients.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace deployctl::tests {

struct Received {
  std::string method;
  std::string target;                         // path and query
  std::map<std::string, std::string> headers; // names in lower case
  std::string body;
};

struct Reply {
  enum class Way { whole, stall, hang_up, cut_body };
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Way way = Way::whole; // stall: never answers, until the server ends or the client leaves
};

class LoopbackServer {
public:
  using Handler = std::function<Reply(const Received&)>;

  explicit LoopbackServer(Handler handler, const std::string& unix_socket = {});
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& target = "/") const; // "http://127.0.0.1:PORT/..."
  [[nodiscard]] std::vector<Received> requests() const;
  [[nodiscard]] int connections() const;

private:
  void accept_all();
  void serve(int socket);
  bool answer(int socket, const Reply& reply, bool head_only) const;

  Handler handler_;
  std::string unix_socket_;
  int port_ = 0; // set while listener_ is made, so it stands before it
  int listener_ = -1;
  mutable std::mutex mutex_; // guards what follows
  std::vector<Received> requests_;
  std::vector<int> open_;
  int connections_ = 0;
  bool ending_ = false;
  std::list<std::jthread> threads_;
  std::jthread acceptor_;
};

// A port on 127.0.0.1 on which nothing listens.
int closed_port();

} // namespace deployctl::tests
