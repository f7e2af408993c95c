# Every third-party library is a distribution package; nothing is fetched at configure time.
find_package(Threads REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(LibArchive REQUIRED)
find_package(ZLIB REQUIRED)
find_package(date REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBGIT2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)

# Linked statically where the package has an archive, so that the binary asks little of its host.
add_library(sqlite_static STATIC IMPORTED)
find_library(SQLITE_ARCHIVE NAMES libsqlite3.a REQUIRED)
find_path(SQLITE_INCLUDE sqlite3.h REQUIRED)
set_target_properties(sqlite_static PROPERTIES IMPORTED_LOCATION "${SQLITE_ARCHIVE}"
  INTERFACE_INCLUDE_DIRECTORIES "${SQLITE_INCLUDE}" INTERFACE_LINK_LIBRARIES "m;${CMAKE_DL_LIBS};Threads::Threads")

add_library(yaml_cpp_static STATIC IMPORTED)
find_library(YAML_CPP_ARCHIVE NAMES libyaml-cpp.a REQUIRED)
find_path(YAML_CPP_INCLUDE yaml-cpp/yaml.h REQUIRED)
set_target_properties(yaml_cpp_static PROPERTIES IMPORTED_LOCATION "${YAML_CPP_ARCHIVE}"
  INTERFACE_INCLUDE_DIRECTORIES "${YAML_CPP_INCLUDE}")

if(DEPLOYCTL_TESTS)
  find_package(Catch2 2 REQUIRED)
endif()
