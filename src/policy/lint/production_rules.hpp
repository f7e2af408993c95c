// What must not be set in an environment that people use: debug flags, default passwords, CORS for everybody.
#pragma once

#include <string_view>

#include "policy/lint/findings.hpp"

namespace deployctl::policy::lint {

// One variable of a production environment.
void check_production_variable(std::string_view name, std::string_view value, Findings::Place place,
                               Findings& findings);

// A `.env` file.
void check_production_dotenv(std::string_view text, Findings& findings);

} // namespace deployctl::policy::lint
