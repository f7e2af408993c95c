#!/usr/bin/env python3
"""The compiler cache never hands out a precompiled header of an older text.

The preprocessor drops comments, so a cache that looks at its output takes a header with another comment for the same one.
GCC compares the whole text of a file when it decides whether `#pragma once` applies: with the old precompiled header it
reads the file a second time, and every class in it is defined twice.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
PROJECT = f"""cmake_minimum_required(VERSION 3.22)
project(cached CXX)
include("{TOP}/src/cmake/Launchers.cmake")
add_library(headers OBJECT headers.cpp)
target_include_directories(headers PRIVATE ${{CMAKE_SOURCE_DIR}})
target_precompile_headers(headers PRIVATE <shape.hpp>)
add_library(cached OBJECT cached.cpp)
target_include_directories(cached PRIVATE ${{CMAKE_SOURCE_DIR}})
target_precompile_headers(cached REUSE_FROM headers)
"""
HEADER = """#pragma once
// {comment}
struct Shape {{ int sides; }};
"""


def write(path, text):
    path.write_text(text)
    # The cache distrusts files that are younger than the compilation.
    an_hour_ago = time.time() - 3600
    os.utime(path, (an_hour_ago, an_hour_ago))


def build(clone, compiler, cache):
    """Builds the clone from nothing; what the compiler printed, empty when it compiles."""
    environment = os.environ | {
        "CCACHE_DIR": str(cache), "CCACHE_CONFIGPATH": os.devnull, "CCACHE_BASEDIR": str(clone), "CCACHE_NOHASHDIR": "1"}
    folder = clone / "build"
    shutil.rmtree(folder, ignore_errors=True)
    configured = subprocess.run(
        ["cmake", "-G", "Ninja", "-S", clone, "-B", folder, f"-DCMAKE_CXX_COMPILER={compiler}"], env=environment,
        capture_output=True, text=True, timeout=120, check=False)
    if configured.returncode != 0:
        return configured.stdout + configured.stderr
    built = subprocess.run(
        ["cmake", "--build", folder], env=environment, capture_output=True, text=True, timeout=120, check=False)
    return "" if built.returncode == 0 else built.stdout + built.stderr


def hits(cache):
    printed = subprocess.run(
        ["ccache", "--print-stats"], env=os.environ | {"CCACHE_DIR": str(cache), "CCACHE_CONFIGPATH": os.devnull},
        capture_output=True, text=True, timeout=60, check=True).stdout
    counts = dict(line.split("\t") for line in printed.splitlines())
    return int(counts["direct_cache_hit"]) + int(counts["preprocessed_cache_hit"])


def check(compiler, folder):
    """What is wrong with the cache under this compiler; nothing when it is right."""
    cache = folder / "cache"
    clone = folder / "clone"
    clone.mkdir(parents=True)
    write(clone / "CMakeLists.txt", PROJECT)
    write(clone / "headers.cpp", "")
    write(clone / "cached.cpp", '#include "shape.hpp"\nint sides(const Shape& shape) { return shape.sides; }\n')
    for comment in ("The first comment.", "The other comment."):
        write(clone / "shape.hpp", HEADER.format(comment=comment))
        # Another file of the same project, so that it has to be compiled and is not found in the cache.
        write(clone / "cached.cpp", f'// {comment}\n#include "shape.hpp"\nint sides(Shape shape) {{ return shape.sides; }}\n')
        wrong = build(clone, compiler, cache)
        if wrong:
            return f"{compiler}, header with '{comment}':\n{wrong}"
    before = hits(cache)
    wrong = build(clone, compiler, cache)
    if wrong:
        return f"{compiler}, the second time:\n{wrong}"
    return "" if hits(cache) >= before + 3 else f"{compiler}: an unchanged project is not found in the cache"


def main():
    if not shutil.which("ccache"):
        print("ccache is not installed")
        return 77
    failed = 0
    for compiler in ("g++", "clang++-14"):
        with tempfile.TemporaryDirectory(prefix="deployctl-cache-") as name:
            wrong = check(shutil.which(compiler) or compiler, pathlib.Path(name))
        if wrong:
            print(wrong)
            failed = 1
    return failed


sys.exit(main())
