// The ways that programs write a secret, done here by other code than the redactor's own.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"

namespace deployctl {

using Encoding = std::string (*)(std::string_view);
inline const std::map<std::string, Encoding> encodings = {
    {"raw", [](std::string_view text) { return std::string(text); }},
    {"base64", [](std::string_view text) { return to_base64(text); }},
    {"base64 behind one byte", [](std::string_view text) { return to_base64("a" + std::string(text)); }},
    {"base64 behind two bytes and before some",
     [](std::string_view text) { return to_base64("u:" + std::string(text) + "\nend"); }},
    {"base64 url", [](std::string_view text) { return to_base64_url(text); }},
    {"basic pair", [](std::string_view text) { return to_base64("deploy:" + std::string(text)); }},
    {"base64 in a URL", [](std::string_view text) { return percent_encode(to_base64(text)); }},
    {"wrapped base64",
     [](std::string_view text) {
       std::string out;
       const std::string whole = to_base64("some words before " + std::string(text));
       for (std::size_t at = 0; at < whole.size(); at += 19) out += whole.substr(at, 19) + "\n  ";
       return out;
     }},
    {"percent", [](std::string_view text) { return percent_encode(text); }},
    {"form", [](std::string_view text) { return replace_all(percent_encode(text), "%20", "+"); }},
    {"JSON", [](std::string_view text) { return quote_json(text); }},
    {"JSON twice", [](std::string_view text) { return quote_json(quote_json(text)); }},
    {"hex", [](std::string_view text) { return to_hex(text); }},
    {"XML",
     [](std::string_view text) {
       return replace_all(replace_all(replace_all(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
     }},
    {"shell", [](std::string_view text) { return "'" + replace_all(text, "'", "'\\''") + "'"; }},
    {"URL user information",
     [](std::string_view text) { return "https://me:" + percent_encode(text) + "@example.com/"; }},
};

} // namespace deployctl
