#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/json_walk.hpp"
#include "formats/sops_tree.hpp"

namespace deployctl::formats {
namespace {

using Kind = SopsNode::Kind;

class TreeBuilder final : public JsonEvents {
public:
  void null() override { put({}); }
  void boolean(bool value) override { put({.kind = Kind::boolean, .text = value ? "True" : "False"}); }
  void number(double value) override { put({.kind = Kind::number, .text = sops_number(value)}); }
  void text(std::string value) override { put({.kind = Kind::text, .text = std::move(value)}); }
  void begin_map() override { frames_.push_back({.node = {.kind = Kind::map}}); }
  void begin_list() override { frames_.push_back({.node = {.kind = Kind::list}}); }
  void key(std::string name) override {
    Frame& frame = frames_.back();
    if (!frame.keys.insert(name).second && twice_.empty()) twice_ = name;
    frame.key = std::move(name);
  }
  void end() override {
    SopsNode done = std::move(frames_.back().node);
    frames_.pop_back();
    put(std::move(done));
  }

  [[nodiscard]] const std::string& twice() const { return twice_; }
  SopsNode take() { return std::move(root_); }

private:
  struct Frame {
    SopsNode node;
    std::string key;
    std::set<std::string> keys;
  };

  void put(SopsNode node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    std::string key =
        frame.node.kind == Kind::list ? std::to_string(frame.node.members.size()) : std::move(frame.key);
    frame.node.members.push_back({.key = std::move(key), .value = std::move(node)});
  }

  std::vector<Frame> frames_;
  std::string twice_;
  SopsNode root_;
};

} // namespace

Result<SopsNode> read_sops_json(std::string_view text) {
  TreeBuilder builder;
  DEPLOYCTL_CHECK(walk_json(text, builder));
  if (!builder.twice().empty())
    return fail(Cause::config, fmt::format("the key '{}' comes twice in one object", builder.twice()));
  return builder.take();
}

} // namespace deployctl::formats
