// What a message looks like in Slack: escaped text and blocks within Slack's limits. Values only; sending is
// slack.cpp.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/value.hpp>

#include "providers/notice/told.hpp"

namespace deployctl::providers::notice {

// "&", "<" and ">" would be markup; the rest is cut behind `limit` characters, at a whole one.
std::string slack_text(std::string_view text, std::size_t limit);

// {text, blocks, unfurl_links}: what people see of the run. `mention` ("<!here>") stands in front when
// somebody has to act.
Value::Map slack_message(const Told& told, const std::string& mention);
// The same for the thread below it: what happened, with the evidence.
Value::Map slack_reply(const Told& told, const std::string& mention);

} // namespace deployctl::providers::notice
