#include "yaml/events.hpp"

#include <algorithm>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace deployctl::yaml {
namespace {

struct Stopped {};

std::size_t offset(const YAML::Mark& mark) {
  return static_cast<std::size_t>(std::max(mark.pos, 0));
}

class Adapter : public YAML::EventHandler {
public:
  explicit Adapter(EventSink& sink) : sink_(sink) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    sink_.document(offset(mark));
    check();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    sink_.null(offset(mark), anchor);
    check();
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    sink_.alias(offset(mark), anchor);
    check();
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    sink_.scalar(offset(mark), anchor, value);
    check();
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    sink_.begin(Collection::list, offset(mark), anchor, style == YAML::EmitterStyle::Flow);
    check();
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    sink_.begin(Collection::map, offset(mark), anchor, style == YAML::EmitterStyle::Flow);
    check();
  }
  void OnSequenceEnd() override { end(); }
  void OnMapEnd() override { end(); }

private:
  void end() {
    sink_.end();
    check();
  }
  void check() const {
    if (sink_.stopped()) throw Stopped{};
  }

  EventSink& sink_;
};

} // namespace

std::optional<SyntaxError> read_events(std::string_view text, EventSink& sink) {
  std::istringstream stream{std::string(text)};
  Adapter adapter(sink);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(adapter)) {
    }
  } catch (const Stopped&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    return SyntaxError{.message = error.msg, .at = std::min(offset(error.mark), text.size())};
  }
  return std::nullopt;
}

} // namespace deployctl::yaml
