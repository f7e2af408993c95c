# One static library per layer. A layer names the layers it may link; the include check in tests/house
# holds the same table against every #include.

# Build speed only: with DEPLOYCTL_PCH every translation unit starts from the parsed standard headers and the contract's, a
# test from Catch2's too. clang-tidy and the release are built without it, so a header that forgets an include is still
# found. Angle brackets keep clones' paths out.
set(DEPLOYCTL_STANDARD_HEADERS <algorithm> <array> <chrono> <functional> <map> <memory> <mutex> <optional>
  <set> <span> <stop_token> <string> <string_view> <thread> <utility> <variant> <vector> <tl/expected.hpp>
  <deployctl/event.hpp> <deployctl/provider.hpp>)

function(deployctl_precompile target)
  if(NOT DEPLOYCTL_PCH)
    return()
  endif()
  if(target STREQUAL "standard_headers")
    target_precompile_headers(${target} PRIVATE ${DEPLOYCTL_STANDARD_HEADERS})
  elseif(target STREQUAL "test_headers")
    target_precompile_headers(${target} PRIVATE ${DEPLOYCTL_STANDARD_HEADERS} <catch2/catch.hpp>)
  elseif(target MATCHES "^test_")
    target_precompile_headers(${target} REUSE_FROM test_headers)
  else()
    target_precompile_headers(${target} REUSE_FROM standard_headers)
  endif()
endfunction()

function(deployctl_compile_options target)
  target_compile_options(${target} PRIVATE -pthread -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough -Wno-missing-field-initializers)
  # At -O2 g++ 12 reports overlapping copies inside std::string that cannot happen (GCC bug 105329).
  target_compile_options(${target} PRIVATE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>)
  if(DEPLOYCTL_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(DEPLOYCTL_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${DEPLOYCTL_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${DEPLOYCTL_SANITIZE})
    if(target MATCHES "^test_")
      target_compile_options(${target} PRIVATE -O0) # half the time to compile; what the tests call stays optimized
    endif()
  endif()
  if(DEPLOYCTL_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  deployctl_precompile(${target})
endfunction()

if(DEPLOYCTL_PCH)
  if(NOT EXISTS ${CMAKE_BINARY_DIR}/standard_headers.cpp)
    file(TOUCH ${CMAKE_BINARY_DIR}/standard_headers.cpp)
  endif()
  foreach(headers IN ITEMS standard_headers test_headers)
    if(headers STREQUAL "standard_headers" OR DEPLOYCTL_TESTS)
      add_library(${headers} OBJECT ${CMAKE_BINARY_DIR}/standard_headers.cpp)
      target_include_directories(${headers} PRIVATE ${PROJECT_SOURCE_DIR}/include)
      target_link_libraries(${headers} PRIVATE tl::expected $<TARGET_NAME_IF_EXISTS:Catch2::Catch2>)
      deployctl_compile_options(${headers})
    endif()
  endforeach()
endif()

string(COMPARE EQUAL "${DEPLOYCTL_BATCH}" "all" batch_layers)
string(REGEX MATCH "^(all|tests)$" batch_tests "${DEPLOYCTL_BATCH}")
if(batch_tests)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
endif()

# Gives the target its sources: each for itself, or several in one unit (`together`); then an edit of one may move it to
# another batch.
function(deployctl_sources target sources together)
  if(NOT together)
    target_sources(${target} PRIVATE ${${sources}})
    return()
  endif()
  set(files "")
  foreach(file IN LISTS ${sources})
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
    list(APPEND files ${file})
  endforeach()
  execute_process(COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/src/cmake/batches.py
    ${CMAKE_CURRENT_BINARY_DIR}/batches_${target} ${files} OUTPUT_VARIABLE units OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" units "${units}")
  target_sources(${target} PRIVATE ${units})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -Wno-shadow) # the file-local names of another source
endfunction()

# deployctl_layer(<name> SOURCES ... LAYERS ... LIBRARIES ...)
#   LAYERS     the layers below that this one includes (public)
#   LIBRARIES  third-party targets, seen by this layer's own sources only
function(deployctl_layer name)
  cmake_parse_arguments(layer "" "" "SOURCES;LAYERS;LIBRARIES" ${ARGN})
  set(target deployctl_${name})
  add_library(${target} STATIC)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC tl::expected)
  foreach(below IN LISTS layer_LAYERS)
    target_link_libraries(${target} PUBLIC deployctl_${below})
  endforeach()
  target_link_libraries(${target} PRIVATE ${layer_LIBRARIES})
  deployctl_compile_options(${target})
  deployctl_sources(${target} layer_SOURCES ${batch_layers})
endfunction()

# deployctl_test(<name> SOURCES ... LAYERS ... [LABELS ...]): a Catch2 binary that links only these layers.
# The tests that mean something under the thread sanitizer: those labelled `threads`.
add_custom_target(threaded_tests)

function(deployctl_test name)
  cmake_parse_arguments(test "" "TIMEOUT" "SOURCES;LAYERS;LIBRARIES;LABELS" ${ARGN})
  set(target test_${name})
  add_executable(${target})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  foreach(layer IN LISTS test_LAYERS)
    target_link_libraries(${target} PRIVATE deployctl_${layer})
  endforeach()
  target_link_libraries(${target} PRIVATE ${test_LIBRARIES} Catch2::Catch2WithMain)
  deployctl_compile_options(${target})
  deployctl_sources(${target} test_SOURCES "${batch_tests}")
  add_test(NAME ${name} COMMAND ${target})
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 300)
  endif()
  if("threads" IN_LIST test_LABELS)
    add_dependencies(threaded_tests ${target})
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "unit;${test_LABELS}" TIMEOUT ${test_TIMEOUT}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} ENVIRONMENT "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp")
endfunction()

add_custom_target(fuzz_targets)

# deployctl_fuzz(<name> LAYERS ...): a libFuzzer binary fuzz_<name> of tests/fuzz/<name>.cpp, only with DEPLOYCTL_FUZZ.
# ctest replays its seeds (tests/fuzz/corpus/<name>, if any) and a short random run; longer runs are started by hand.
function(deployctl_fuzz name)
  if(NOT DEPLOYCTL_FUZZ)
    return()
  endif()
  cmake_parse_arguments(fuzz "" "" "LAYERS" ${ARGN})
  set(target fuzz_${name})
  add_executable(${target} ${name}.cpp)
  foreach(layer IN LISTS fuzz_LAYERS)
    target_link_libraries(${target} PRIVATE deployctl_${layer})
  endforeach()
  deployctl_compile_options(${target})
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzz_targets ${target})
  set(corpus ${CMAKE_CURRENT_BINARY_DIR}/corpus/${name})
  set(seeds ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  file(MAKE_DIRECTORY ${corpus})
  if(NOT IS_DIRECTORY ${seeds})
    set(seeds "")
  endif()
  add_test(NAME ${target} COMMAND ${target} -runs=20000 -max_total_time=30 -timeout=10 ${corpus} ${seeds})
  set_tests_properties(${target} PROPERTIES LABELS fuzz TIMEOUT 120)
endfunction()
