// Who owns what a provider puts on a host: two inputs, the host's words about it, and how they differ. Pure;
// the scripts that change owners are the provider's own.
#pragma once

#include <string>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

#include "providers/host_script.hpp"

namespace deployctl::providers {

struct Ownership {
  std::string owner; // a name or a number; empty: not asked for
  std::string group;
};

Field owner_field();
Field group_field();

template <class T>
void add_ownership(Table<T>& table) {
  table.add(static_cast<std::string T::*>(&Ownership::owner), owner_field())
      .add(static_cast<std::string T::*>(&Ownership::group), group_field());
}

// Shell functions. `is_owned` and `take_ownership PLACE OWNER GROUP` see and give what is asked for, the
// latter with everything below; `say_ownership PLACE` prints what read_ownership() reads.
inline constexpr const char* ownership_functions = R"sh(
is_owned() {
  if [ -n "$2" ] && [ "$2" != "$(stat -c %U "$1")" ] && [ "$2" != "$(stat -c %u "$1")" ]; then return 1; fi
  if [ -n "$3" ] && [ "$3" != "$(stat -c %G "$1")" ] && [ "$3" != "$(stat -c %g "$1")" ]; then return 1; fi
}
take_ownership() { if [ -n "$2$3" ]; then chown -hR "$2${3:+:$3}" "$1"; fi; }
say_ownership() { stat -c 'owner %U %u
group %G %g' "$1"; }
)sh";

// "owner www-data 33" becomes the facts `owner` and `owner_id`.
void read_ownership(const Line& line, Value& facts);
// What `inputs` ask for is managed from now on; nothing where nothing stands.
void manage_ownership(const Value& inputs, Observation& seen);
// What is asked for and not so.
std::vector<FieldChange> ownership_changes(const Ownership& wanted, const Observation& seen);

} // namespace deployctl::providers
