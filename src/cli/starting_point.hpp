// What `init` finds in a folder before it writes a pipeline: how the project is called, what could be
// deployed, and where its images would be. Looks only; nothing of it is needed.
#pragma once

#include <string>

#include "cli/invocation.hpp"

namespace deployctl::cli {

struct StartingPoint {
  std::string project;        // in the letters that a project may have
  std::string source;         // the first usual folder of built files that exists; empty: none
  std::string compose;        // "compose.yaml"; empty: none
  std::string compose_folder; // that it lies in, below this one; empty: beside the pipeline, or none
  bool dockerfile = false;
  int port = 8000;             // that the Dockerfile exposes
  std::string image;           // "ghcr.io/team/shop", from the remote of git; empty: no remote tells
  std::string hosts = "local"; // with commas
};

StartingPoint look_around(const Invocation& invocation, const std::string& directory);

// The same letters for any text: "My Shop" is "my-shop".
std::string project_name(const std::string& text);

// "git@github.com:team/shop.git" and every other form: its path, without what stands before it.
struct RemotePath {
  std::string host;
  std::string path; // "team/shop"
};
RemotePath remote_path(const std::string& url);

} // namespace deployctl::cli
