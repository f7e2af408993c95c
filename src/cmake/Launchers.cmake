# Build speed only: neither tool is required and neither changes what is built.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # What the cache's manual asks for with precompiled headers; and never by what the preprocessor prints: it drops comments,
  # and a precompiled header of an older text breaks `#pragma once` (tests/house/compiler_cache.py).
  # Its own name space, since a cache that was filled the other way goes on handing out what it mistook once.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_DEPEND=1 CCACHE_NAMESPACE=by-dependencies
    CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  # With the times of files in it, another clone never finds a precompiled header of clang again, nor what uses it.
  add_compile_options("$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  add_link_options(-fuse-ld=mold)
endif()
