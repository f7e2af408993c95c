#include "simulated/world.hpp"

#include <algorithm>
#include <stdexcept>

namespace deployctl::simulated {
namespace {

bool matches(const Rule& rule, const Call& call) {
  const auto fits = [](const std::string& wanted, const std::string& name) {
    return wanted.empty() || wanted == name;
  };
  return fits(rule.step, call.step) && fits(rule.target, call.target) && fits(rule.stage, call.stage);
}

bool concerns_effects(Act act) {
  switch (act) {
  case Act::fail_before:
  case Act::fail_after:
  case Act::lose_answer:
  case Act::hold:
  case Act::hold_after:
  case Act::deaf:
  case Act::bug:
  case Act::die_before:
  case Act::die_after:
  case Act::go_back:
    return true;
  default:
    return false;
  }
}

Error error_of(const Rule& rule) {
  if (rule.error) return *rule.error;
  if (rule.act == Act::go_back)
    return {.cause = Cause::probe_failing, .message = "the simulated target went back by itself"};
  return {.cause = Cause::command_failed, .message = "the simulated effect failed"};
}

} // namespace

void World::add(Rule rule) {
  const std::scoped_lock lock(mutex_);
  rules_.push_back(std::move(rule));
}

void World::delay(const std::string& step, Milliseconds by) {
  const std::scoped_lock lock(mutex_);
  delays_[step] = by;
}

void World::forget_rules() {
  const std::scoped_lock lock(mutex_);
  rules_.clear();
}

void World::on_effect(const std::string& step, const std::string& target, std::function<void()> what) {
  const std::scoped_lock lock(mutex_);
  on_effect_[{step, target}] = std::move(what);
}

void World::release() {
  const std::scoped_lock lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

void World::release(const std::string& where) {
  const std::scoped_lock lock(mutex_);
  released_once_.insert(where);
  changed_.notify_all();
}

bool World::wait_until_held(std::size_t count, Milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return held_ >= count; });
}

bool World::wait_until_done(std::size_t count, Milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return effects_.size() >= count; });
}

std::optional<Rule> World::take(const Call& call, const std::function<bool(Act)>& wanted) {
  const auto found = std::ranges::find_if(
      rules_, [&](const Rule& rule) { return rule.times >= 0 && wanted(rule.act) && matches(rule, call); });
  if (found == rules_.end()) return std::nullopt;
  Rule taken = *found;
  if (found->times > 0 && --found->times == 0) found->times = -1; // used up
  return taken;
}

// A call that was let go by its name uses that up.
bool World::let_go(const Call& call) {
  if (released_) return true;
  for (const std::string& name : {call.step, call.step + "@" + call.target, std::string()})
    if (const auto found = released_once_.find(name); found != released_once_.end())
      return released_once_.erase(found), true;
  return false;
}

bool World::hold(std::unique_lock<std::mutex>& lock, const Call& call, const std::stop_token& stop) {
  ++held_;
  most_held_ = std::max(most_held_, held_);
  changed_.notify_all();
  const bool released = changed_.wait(lock, stop, [&] { return let_go(call); });
  --held_;
  return released;
}

Result<Value> World::act(const Call& call, std::stop_token stop, const Effect& effect) {
  std::unique_lock lock(mutex_);
  const auto rule = take(call, concerns_effects);
  const auto is = [&](Act act) { return rule && rule->act == act; };
  if (is(Act::bug)) throw std::logic_error("a simulated bug in " + call.step);
  if (is(Act::die_before)) throw Died{};
  if (is(Act::fail_before)) return fail(error_of(*rule));
  if (is(Act::hold) && !hold(lock, call, stop)) return fail(Cause::cancelled, "cancelled before the effect");
  if (const auto known = done_by_key_.find(call.key);
      call.crash_class == CrashClass::keyed && known != done_by_key_.end())
    return known->second;

  if (const auto slow = delays_.find(call.step); slow != delays_.end() && clock_)
    clock_->advance(slow->second);
  const auto before = is(Act::go_back) ? things_ : std::map<std::string, Thing>();
  auto [what, outputs] = effect(things_);
  effects_.push_back({.action = call.action,
                      .step = call.step,
                      .target = call.target,
                      .stage = call.stage,
                      .key = call.key,
                      .attempt = call.attempt,
                      .what = std::move(what)});
  done_by_key_[call.key] = outputs;
  if (const auto what_follows = on_effect_.find({call.step, call.target}); what_follows != on_effect_.end()) {
    const std::function<void()> follow = what_follows->second;
    lock.unlock();
    follow();
    lock.lock();
  }
  changed_.notify_all();

  if (is(Act::die_after)) throw Died{};
  if (is(Act::go_back)) things_ = before;
  if (is(Act::fail_after) || is(Act::go_back)) return fail(error_of(*rule));
  if (is(Act::lose_answer))
    return fail({.cause = Cause::network, .message = "the connection was lost", .retryable = true});
  if (is(Act::deaf)) hold(lock, call, {});
  if (is(Act::hold_after) && !hold(lock, call, stop))
    return fail(Cause::cancelled, "cancelled after the effect");
  return outputs;
}

std::optional<Value> World::outputs_of(const std::string& key) const {
  const std::scoped_lock lock(mutex_);
  const auto found = done_by_key_.find(key);
  return found == done_by_key_.end() ? std::nullopt : std::optional(found->second);
}

bool World::takes(Act act, const Call& call) {
  const std::scoped_lock lock(mutex_);
  return take(call, [act](Act other) { return other == act; }).has_value();
}

Result<Thing> World::read(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  ++reads_;
  const auto found = things_.find(name);
  if (found == things_.end()) return fail(Cause::not_found, "there is no " + name);
  return found->second;
}

std::optional<Error> World::refusal(Act act, const Call& call, Error otherwise) {
  const std::scoped_lock lock(mutex_);
  const auto rule = take(call, [act](Act other) { return other == act; });
  if (!rule) return std::nullopt;
  return rule->error.value_or(std::move(otherwise));
}

std::size_t World::most_held() const {
  const std::scoped_lock lock(mutex_);
  return most_held_;
}

std::vector<Done> World::effects() const {
  const std::scoped_lock lock(mutex_);
  return effects_;
}

std::vector<std::string> World::log() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> lines;
  lines.reserve(effects_.size());
  for (const Done& done : effects_)
    lines.push_back(done.step + (done.target.empty() ? "" : "/" + done.target) + " " + done.stage + " " +
                    done.what);
  return lines;
}

std::set<std::string> World::keys_done_twice() const {
  const std::scoped_lock lock(mutex_);
  std::set<std::string> seen;
  std::set<std::string> twice;
  for (const Done& done : effects_)
    if (!seen.insert(done.key).second) twice.insert(done.key);
  return twice;
}

std::map<std::string, Thing> World::things() const {
  const std::scoped_lock lock(mutex_);
  return things_;
}

std::optional<Thing> World::thing(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  const auto found = things_.find(name);
  return found == things_.end() ? std::nullopt : std::optional(found->second);
}

void World::put(const std::string& name, Thing thing) {
  const std::scoped_lock lock(mutex_);
  things_[name] = std::move(thing);
}

void World::erase(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  things_.erase(name);
}

void World::set_data(const std::string& name, Value value) {
  const std::scoped_lock lock(mutex_);
  data_[name] = std::move(value);
}

Result<Value> World::data(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  ++reads_;
  const auto found = data_.find(name);
  if (found == data_.end()) return fail(Cause::not_found, "there is no data named '" + name + "'");
  return found->second;
}

void World::set_samples(const std::string& name, std::vector<Value> samples) {
  const std::scoped_lock lock(mutex_);
  samples_[name] = std::move(samples);
}

Value World::next_sample(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  ++reads_;
  std::vector<Value>& left = samples_[name];
  if (left.empty()) return 0;
  Value sample = left.front();
  if (left.size() > 1) left.erase(left.begin());
  return sample;
}

void World::send(const Call& call, std::string message) {
  const std::scoped_lock lock(mutex_);
  effects_.push_back(
      {.action = call.action, .step = call.step, .target = {}, .stage = {}, .key = call.key, .what = "send"});
  messages_.push_back(std::move(message));
}

std::vector<std::string> World::messages() const {
  const std::scoped_lock lock(mutex_);
  return messages_;
}

void World::connected() {
  const std::scoped_lock lock(mutex_);
  ++connections_;
}

int World::connections() const {
  const std::scoped_lock lock(mutex_);
  return connections_;
}

int World::reads() const {
  const std::scoped_lock lock(mutex_);
  return reads_;
}

} // namespace deployctl::simulated
