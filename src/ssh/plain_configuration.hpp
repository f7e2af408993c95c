// Whether `ssh -G` can be spared: it costs a process for each host, and tells nothing new where no
// configuration file speaks of jump hosts or of other names for hosts. Looks for words, understands nothing:
// in doubt, ask ssh.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ssh/ssh_arguments.hpp"

namespace deployctl::ssh {

struct ConfigurationFile {
  std::string path;
  std::string include_folder; // of relative names in its Include lines
};
// The files that ssh reads for this client; `home` is the user's.
std::vector<ConfigurationFile> configuration_files(const Client& client, const std::string& home);

// True only when none of the files, nor any that they include, nor the client's options hold ProxyJump or
// HostName. A missing file holds nothing; one that cannot be read might.
bool is_plain_configuration(const Client& client, const std::vector<ConfigurationFile>& files);

// As ssh sees it: the passwd entry's, whatever HOME says. Empty when there is none.
std::string login_home();

} // namespace deployctl::ssh
