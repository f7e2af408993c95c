#include <deployctl/units.hpp>

#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace deployctl {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> duration_units = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 9> size_units = {{{"B", 1},
                                             {"kB", 1'000},
                                             {"KiB", 1ULL << 10},
                                             {"MB", 1'000'000},
                                             {"MiB", 1ULL << 20},
                                             {"GB", 1'000'000'000},
                                             {"GiB", 1ULL << 30},
                                             {"TB", 1'000'000'000'000},
                                             {"TiB", 1ULL << 40}}};

constexpr std::uint64_t longest_duration = 36'525ULL * 86'400'000; // 100 years
constexpr std::string_view duration_help = "write a whole number and a unit: 250ms, 10s, 5m, 4h, 3d";
constexpr std::string_view size_help = "write a whole number and a unit: 512MiB, 2GiB, 64kB";

struct Measure {
  std::string_view what;
  std::span<const Unit> units;
  std::string_view help;
};

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

Result<std::uint64_t> whole_number(std::string_view digits, std::string_view text, std::string_view what,
                                   std::string_view help) {
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (code == std::errc::result_out_of_range)
    return fail(Cause::config, quoted(text) + " is too large for " + std::string(what));
  if (digits.empty() || code != std::errc() || end != digits.data() + digits.size())
    return fail(Cause::config, quoted(text) + " is not " + std::string(what), std::string(help));
  return number;
}

Result<std::uint64_t> parse_measure(std::string_view text, const Measure& measure) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view name = text.substr(digits);
  DEPLOYCTL_TRY(const std::uint64_t number,
                whole_number(text.substr(0, digits), text, measure.what, measure.help));
  if (name.empty()) return fail(Cause::config, quoted(text) + " has no unit", std::string(measure.help));
  for (const Unit& unit : measure.units) {
    if (unit.name != name) continue;
    if (number > std::numeric_limits<std::uint64_t>::max() / unit.factor)
      return fail(Cause::config, quoted(text) + " is too large for " + std::string(measure.what));
    return number * unit.factor;
  }
  return fail(Cause::config, quoted(name) + " is not a unit of " + std::string(measure.what),
              std::string(measure.help));
}

// The unit that divides the amount and leaves the smallest number: one text for each amount.
std::string format_measure(std::uint64_t amount, std::span<const Unit> units, std::string_view zero) {
  if (amount == 0) return std::string(zero);
  const Unit* best = &units.front();
  for (const Unit& unit : units)
    if (amount % unit.factor == 0 && unit.factor > best->factor) best = &unit;
  return std::to_string(amount / best->factor) + std::string(best->name);
}

} // namespace

Result<Milliseconds> parse_duration(std::string_view text) {
  DEPLOYCTL_TRY(const std::uint64_t amount,
                parse_measure(text, {.what = "a duration", .units = duration_units, .help = duration_help}));
  if (amount > longest_duration) return fail(Cause::config, quoted(text) + " is longer than 100 years");
  return Milliseconds(static_cast<Milliseconds::rep>(amount));
}

std::string format_duration(Milliseconds duration) {
  if (duration < Milliseconds(0)) return "-" + format_duration(-duration);
  return format_measure(static_cast<std::uint64_t>(duration.count()), duration_units, "0s");
}

Result<std::uint64_t> parse_size(std::string_view text) {
  return parse_measure(text, {.what = "a size", .units = size_units, .help = size_help});
}

std::string format_size(std::uint64_t bytes) {
  return format_measure(bytes, size_units, "0B");
}

Result<int> parse_percent(std::string_view text) {
  if (!text.ends_with('%'))
    return fail(Cause::config, quoted(text) + " has no percent sign", "write it as 25%");
  DEPLOYCTL_TRY(const std::uint64_t number,
                whole_number(text.substr(0, text.size() - 1), text, "a percentage", "write it as 25%"));
  if (number > 100) return fail(Cause::config, quoted(text) + " is more than 100%");
  return static_cast<int>(number);
}

Result<Amount> parse_amount(std::string_view text) {
  if (text.ends_with('%')) {
    DEPLOYCTL_TRY(const int percent, parse_percent(text));
    return Amount{.value = percent, .percent = true};
  }
  constexpr std::string_view help = "write a number of hosts or a percentage of them: 2 or 25%";
  DEPLOYCTL_TRY(const std::uint64_t number, whole_number(text, text, "an amount", help));
  if (number > 1'000'000) return fail(Cause::config, quoted(text) + " is more than 1000000");
  return Amount{.value = static_cast<int>(number), .percent = false};
}

std::string format_amount(const Amount& amount) {
  return std::to_string(amount.value) + (amount.percent ? "%" : "");
}

} // namespace deployctl
