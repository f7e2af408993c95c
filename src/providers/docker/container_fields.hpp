// Fields and parts of containers that tasks and services have in common. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <deployctl/field.hpp>
#include <deployctl/provider.hpp>
#include <deployctl/text.hpp>
#include <deployctl/units.hpp>
#include <deployctl/value.hpp>

namespace deployctl::providers::docker {

Field image_field();
Field archive_field();
Field volumes_field();
Field network_field();
Field user_field();
Field memory_field();

// Whether a name leaves no doubt which image is meant: "sha256:...", the engine's own id.
bool is_image_id(const std::string& image);
// By its digest alone, without a tag beside it.
std::string plain_image(const std::string& image);
// A problem when the image may mean another one tomorrow, or is not what an archive can bring, or the
// directory is relative.
void check_container(std::vector<InputProblem>& problems, const Value& inputs);

Result<Value> environment_list(const std::map<std::string, Text>& environment);
Value label_map(const std::map<std::string, std::string>& labels);
Value mount_list(const std::vector<std::string>& volumes);
// So that output can be read whatever the engine's default is, and does not fill the disk.
Value log_settings();
void add_memory(Value& host_settings, std::uint64_t bytes);

} // namespace deployctl::providers::docker
