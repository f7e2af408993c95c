#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "ui/ending.hpp"
#include "ui/report/html.hpp"
#include "ui/report/parts.hpp"

namespace deployctl::ui::report {
namespace {

constexpr int ticks = 5;
constexpr Milliseconds shortest{1}; // of the whole: nothing is divided by nothing

struct Scale {
  WallTime from;
  Milliseconds length;

  [[nodiscard]] double percent(WallTime at) const {
    const auto passed = std::chrono::duration_cast<Milliseconds>(at - from);
    return std::clamp(100.0 * static_cast<double>(passed.count()) / static_cast<double>(length.count()), 0.0,
                      100.0);
  }
};

struct Lane { // the stages of one target, or of a whole step
  std::string name;
  std::vector<const StoryStage*> stages;
};

Scale scale_of(const RunStory& story) {
  WallTime from = WallTime::max();
  WallTime to = WallTime::min();
  for (const StoryStage& stage : story.stages) {
    from = std::min(from, *stage.began);
    to = std::max(to, stage.ended ? *stage.ended : *stage.began);
  }
  return {from, std::max(shortest, std::chrono::duration_cast<Milliseconds>(to - from))};
}

WallTime end_of(const StoryStage& stage, const Scale& scale) {
  return stage.ended ? *stage.ended : scale.from + scale.length; // open: until the last that is known
}

Milliseconds length_of(const Lane& lane, const Scale& scale) {
  WallTime from = WallTime::max();
  WallTime to = WallTime::min();
  for (const StoryStage* stage : lane.stages) {
    from = std::min(from, *stage->began);
    to = std::max(to, end_of(*stage, scale));
  }
  return std::chrono::duration_cast<Milliseconds>(to - from);
}

std::string bar(const StoryStage& stage, const Scale& scale) {
  const double left = scale.percent(*stage.began);
  const double width = std::max(0.0, scale.percent(end_of(stage, scale)) - left);
  const std::string took =
      stage.ended ? elapsed_text(std::chrono::duration_cast<Milliseconds>(*stage.ended - *stage.began))
                  : std::string("its end was not written down");
  const std::string title =
      (stage.back ? "going back, " : "") + stage.stage + ": " + stage.result + ", " + took;
  return fmt::format(R"(<span class="bar {}{}" style="left:{:.2f}%;width:{:.2f}%" title="{}"></span>)",
                     tone_class(stage.tone), stage.back ? " back" : "", std::min(left, 99.5), width,
                     escaped(title));
}

// Said in words too: a bar's colour is never the only sign.
std::string sign_of(const Lane& lane) {
  const auto is = [](Tone tone) { return [tone](const StoryStage* stage) { return stage->tone == tone; }; };
  if (std::ranges::any_of(lane.stages, is(Tone::bad))) return " " + element("span", "bad", "failed");
  if (std::ranges::any_of(lane.stages, is(Tone::warning))) return " " + element("span", "warning", "open");
  return {};
}

std::string row(const Lane& lane, const Scale& scale, std::string_view kind) {
  std::string bars;
  for (const StoryStage* stage : lane.stages) bars += bar(*stage, scale);
  return element("div", "row " + std::string(kind),
                 element("span", "name", escaped(lane.name) + sign_of(lane)) +
                     element("span", "track", bars) +
                     element("span", "took", elapsed_text(length_of(lane, scale)))) +
         "\n";
}

// Steps in the order in which they began, with their targets.
std::vector<std::pair<Lane, std::vector<Lane>>> lanes_of(const RunStory& story) {
  std::vector<std::pair<Lane, std::vector<Lane>>> steps;
  for (const StoryStage& stage : story.stages) {
    auto step = std::ranges::find_if(steps, [&](const auto& each) { return each.first.name == stage.step; });
    if (step == steps.end()) step = steps.insert(steps.end(), {Lane{stage.step, {}}, {}});
    step->first.stages.push_back(&stage);
    if (stage.target.empty()) continue;
    auto target = std::ranges::find(step->second, stage.target, &Lane::name);
    if (target == step->second.end()) target = step->second.insert(target, Lane{stage.target, {}});
    target->stages.push_back(&stage);
  }
  return steps;
}

std::string axis(const Scale& scale) {
  std::string marks;
  for (int i = 0; i < ticks; ++i) marks += element("span", "", elapsed_text(scale.length * i / (ticks - 1)));
  return element("div", "axis", "<span></span>" + element("span", "ticks", marks) + "<span></span>") + "\n";
}

constexpr std::string_view legend =
    R"(<p class="legend"><span><span class="bar swatch good"></span>done</span>)"
    R"(<span><span class="bar swatch bad"></span>failed</span>)"
    R"(<span><span class="bar swatch good back"></span>going back</span>)"
    R"(<span><span class="bar swatch warning"></span>end not known</span></p>)"
    "\n";

} // namespace

std::string timeline(const RunStory& story) {
  const bool timed =
      std::ranges::all_of(story.stages, [](const auto& stage) { return stage.began.has_value(); });
  if (story.stages.empty() || !timed) return {};
  const Scale scale = scale_of(story);
  std::string out = axis(scale);
  for (const auto& [step, targets] : lanes_of(story)) {
    out += row(step, scale, "step");
    for (const Lane& target : targets) out += row(target, scale, "target");
  }
  return section("Timeline", out.append(legend));
}

} // namespace deployctl::ui::report
