// Where a service of a region is found: configured URLs first, then the partition's rule. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "cloud/aws/services.hpp"
#include "cloud/aws/shared_config.hpp"

namespace deployctl::aws {

using Environment = std::map<std::string, std::string, std::less<>>;

// A part of AWS with hosts and identities of its own.
struct Partition {
  std::string_view name;           // in ARNs: "aws-cn"
  std::string_view region_prefix;  // "cn-"; empty: every other region
  std::string_view suffix;         // "amazonaws.com.cn"
  std::string_view dual_stack;     // of hosts that speak IPv6 too
  std::string_view default_region; // of global calls
};

const Partition& partition_of(std::string_view region);

struct EndpointQuestion {
  const Service& service;
  std::string region;
  std::string url;                // written for this one; empty: none
  bool ignore_configured = false; // of environment and files, not `url`
  const Environment& environment;
  const SharedConfig& config;
  std::string profile;
};

// An URL without a slash at its end. Cause::config: no region, a region that is no host name, or FIPS or
// dual-stack together with an URL of one's own.
Result<std::string> resolve_endpoint(const EndpointQuestion& question);

} // namespace deployctl::aws
