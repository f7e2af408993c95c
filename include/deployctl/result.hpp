// Result<T>: the value or an Error with context. Three ways to handle one:
//   return it      DEPLOYCTL_TRY(auto digest, digest_of(path));
//   add context    .map_error([&](Error e) { return std::move(e).in("while reading the plan"); })
//   decide         if (!result) { ... result.error().cause ... }
// tl::expected stands in for std::expected, whose monadic operations g++ 12 lacks (docs/adr/0002).
#pragma once

#include <tl/expected.hpp>

#include <deployctl/error.hpp>

namespace deployctl {

template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(Cause cause, std::string message, std::string help = {}) {
  return tl::unexpected<Error>(Error{.cause = cause, .message = std::move(message), .help = std::move(help)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

} // namespace deployctl

#define DEPLOYCTL_JOIN_(a, b) a##b
#define DEPLOYCTL_NAME_(line) DEPLOYCTL_JOIN_(result_of_line_, line)

// Declares the value of a Result, or returns its error from the enclosing function.
#define DEPLOYCTL_TRY(declaration, expression)                                                               \
  auto DEPLOYCTL_NAME_(__LINE__) = (expression);                                                             \
  if (!DEPLOYCTL_NAME_(__LINE__)) return ::deployctl::fail(std::move(DEPLOYCTL_NAME_(__LINE__)).error());    \
  declaration = *std::move(DEPLOYCTL_NAME_(__LINE__)) // NOLINT(bugprone-macro-parentheses): declares

// Returns the error of a Status, if it is one.
#define DEPLOYCTL_CHECK(expression)                                                                          \
  if (auto status_of_line = (expression); !status_of_line)                                                   \
  return ::deployctl::fail(std::move(status_of_line).error())
