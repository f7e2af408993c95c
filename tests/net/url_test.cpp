#include <catch2/catch.hpp>

#include "net/proxies.hpp"
#include "net/url.hpp"

using namespace deployctl;
using namespace deployctl::net;

TEST_CASE("url: parts of a URL, written back in one form") {
  const auto url = parse_url("HTTPS://Example.COM:8443/a/b?x=1&y=%20#part");
  REQUIRE(url);
  CHECK(*url ==
        Url{.scheme = "https", .host = "example.com", .port = 8443, .path = "/a/b", .query = "x=1&y=%20"});
  CHECK(url->text() == "https://example.com:8443/a/b?x=1&y=%20");
  CHECK(url->origin() == "https://example.com:8443");
  CHECK(parse_url("http://h")->text() == "http://h/");
  CHECK(parse_url("https://h:443/x")->origin() == "https://h");
  CHECK(parse_url("http://[::1]:80?q")->text() == "http://[::1]/?q");
}

TEST_CASE("url: what is no URL is refused, and says why") {
  const auto refused = GENERATE(table<std::string, std::string>({
      {"", "does not begin with http"},
      {"ftp://host/", "does not begin with http"},
      {"http:/host", "does not begin with http"},
      {"http://", "there is no host"},
      {"http:///path", "there is no host"},
      {"https://user:pass@host/", "user information"},
      {"http://host:0/", "port '0'"},
      {"http://host:65536/", "port '65536'"},
      {"http://host:/", "port ''"},
      {"http://host:80x/", "port '80x'"},
      {"http://-host/", "not a host name"},
      {"http://ho%20st/", "not a host name"},
      {"http://[::1/", "']'"},
      {"http://[zz]/", "IPv6"},
      {"http://[::1]x/", "unexpected"},
      {"http://host/a b", "percent-encoded"},
      {"http://host/\r\nX: y", "percent-encoded"},
  }));
  const auto url = parse_url(std::get<0>(refused));
  INFO(std::get<0>(refused));
  REQUIRE(!url);
  CHECK(url.error().cause == Cause::config);
  CHECK_THAT(url.error().message, Catch::Contains(std::get<1>(refused)));
}

TEST_CASE("url: references of RFC 3986 section 5.4") {
  const Url base = *parse_url("http://a/b/c/d;p?q");
  const auto pair = GENERATE(table<std::string, std::string>({
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"https://z/x", "https://z/x"},
      {"?y#f", "http://a/b/c/d;p?y"},
  }));
  INFO(std::get<0>(pair));
  const auto joined = join(base, std::get<0>(pair));
  REQUIRE(joined);
  CHECK(joined->text() == std::get<1>(pair));
  CHECK_FALSE(join(base, "javascript:alert(1)"));
}

TEST_CASE("url: loopback is this machine only") {
  CHECK(parse_url("http://localhost/")->is_loopback());
  CHECK(parse_url("http://127.9.9.9/")->is_loopback());
  CHECK(parse_url("http://[::1]/")->is_loopback());
  CHECK_FALSE(parse_url("http://127.evil.example.com/")->is_loopback());
  CHECK_FALSE(parse_url("http://localhost.example.com/")->is_loopback());
}

TEST_CASE("proxies: by scheme, not for loopback, not for what no_proxy names") {
  const Proxies proxies = proxies_from({{"http_proxy", "http://p:1"},
                                        {"HTTP_PROXY", "http://never:1"},
                                        {"HTTPS_PROXY", "http://s:1"},
                                        {"no_proxy", ".example.com, 10.0.0.1:8080"}});
  const auto proxy = [&](const char* url) { return proxy_for(*parse_url(url), proxies); };
  CHECK(proxy("http://other.org/") == "http://p:1");
  CHECK(proxy("https://other.org/") == "http://s:1");
  CHECK(proxy("https://a.example.com/") == "");
  CHECK(proxy("https://example.com/") == "");
  CHECK(proxy("https://badexample.com/") == "http://s:1");
  CHECK(proxy("http://10.0.0.1:8080/") == "");
  CHECK(proxy("http://10.0.0.1/") == "http://p:1");
  CHECK(proxy("http://127.0.0.1/") == "");
  CHECK(proxy("http://169.254.169.254/latest") == "");
  CHECK(proxies_from({{"HTTP_PROXY", "http://never:1"}}).http.empty());
}
