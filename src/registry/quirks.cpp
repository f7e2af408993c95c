#include "registry/quirks.hpp"

#include <algorithm>

namespace deployctl::registry {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20;

constexpr Quirks table[] = {
    {.service = "Docker Hub", .host = "docker.io", .least_chunk = 8 * mebibyte},
    {.service = "GitHub Packages", .host = "ghcr.io", .most_chunk = 4 * mebibyte, .referrers = false},
    {.service = "Amazon ECR",
     .host = ".amazonaws.com",
     .least_chunk = 5 * mebibyte,
     .creates_repositories = false},
    {.service = "Amazon ECR",
     .host = ".amazonaws.com.cn",
     .least_chunk = 5 * mebibyte,
     .creates_repositories = false},
    {.service = "Amazon ECR Public",
     .host = "public.ecr.aws",
     .least_chunk = 5 * mebibyte,
     .creates_repositories = false},
    {.service = "Google Artifact Registry", .host = ".pkg.dev", .chunked = false},
    {.service = "Google Container Registry", .host = "gcr.io", .chunked = false},
    {.service = "Google Container Registry", .host = ".gcr.io", .chunked = false},
    {.service = "Azure Container Registry", .host = ".azurecr.io", .least_chunk = 4 * mebibyte},
    {.service = "Quay", .host = "quay.io"},
    {.service = "GitLab", .host = "registry.gitlab.com"},
    {.service = "another registry", .host = ""}, // last: matches all
};

bool matches(std::string_view pattern, std::string_view host) {
  return pattern.empty() || host == pattern || (pattern.starts_with('.') && host.ends_with(pattern));
}

} // namespace

const Quirks& quirks_of(const std::string& host) {
  return *std::ranges::find_if(table, [&](const Quirks& row) { return matches(row.host, host); });
}

} // namespace deployctl::registry
