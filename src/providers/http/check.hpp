// http.check: a gate that passes when a URL answers as wanted, several times in a row if asked for. Not a
// load test and not a monitor: it asks only until it is sure.
#pragma once

#include <deployctl/provider.hpp>

namespace deployctl::providers::http {

Provider make_check();

} // namespace deployctl::providers::http
