// The operation table: every wire request a provider may make, and what it does to the world. Sessions match
// each request against it and refuse the rest, so a dry run is a property of the transport.
#pragma once

#include <string>
#include <vector>

namespace deployctl {

enum class Effect { read, dry_run, auth, write };
enum class Protocol { http, host, transfer, process };

struct Operation {
  std::string name;
  Effect effect = Effect::write;
  Protocol protocol = Protocol::http;
  std::string help;       // for `permissions` and the docs
  std::string method;     // http: "GET"
  std::string path;       // http: RE2 over the URL's path, whole match
  std::string script;     // host: the exact text that may be sent
  std::string from_input; // host, process: the text or argv is the user's own, equal to this field ("check",
                          // "command")
  bool any_argv = false;  // process: argv is made by the provider (a write), not by the user
};

} // namespace deployctl
