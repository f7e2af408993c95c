// What an engine says when it refuses, as an Error whose cause comes from its words where they are better
// known than its status. Pure.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/ports/http.hpp>

namespace deployctl::docker {

// "POST /containers/web/start: 500 port is already allocated"
Error error_of(const HttpRequest& request, const HttpResponse& response);
// What the words alone mean: those that a stream of progress ends with.
Error error_of_words(std::string_view words);
// No answer at all: names the socket and what may be the matter.
Error unreachable(const std::string& socket, Error error);

} // namespace deployctl::docker
