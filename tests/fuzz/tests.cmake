# SPDX-License-Identifier: Apache-2.0
# The fuzz targets as tests: built once (the fixture), then each for a minute. Without clang and libFuzzer they are
# reported as skipped, by name.
set(RADFUSE_FUZZ_SECONDS 60 CACHE STRING "Seconds for each fuzz target")
set(fuzz_environment "RADFUSE_FUZZ_BUILD=${CMAKE_BINARY_DIR}/fuzz")
add_test(NAME fuzz.build COMMAND "${PROJECT_SOURCE_DIR}/scripts/fuzz.sh" --build-only)
set_tests_properties(fuzz.build PROPERTIES LABELS slow TIMEOUT 1800 SKIP_RETURN_CODE 77 FIXTURES_SETUP fuzz_programs
                     ENVIRONMENT "${fuzz_environment}" RUN_SERIAL TRUE)
file(GLOB targets CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/*_fuzz.cpp")
foreach(file ${targets})
  get_filename_component(target "${file}" NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" target "${target}")
  math(EXPR patience "${RADFUSE_FUZZ_SECONDS} * 2 + 120")
  add_test(NAME fuzz.${target} COMMAND "${PROJECT_SOURCE_DIR}/scripts/fuzz.sh" --run-only
           --seconds ${RADFUSE_FUZZ_SECONDS} ${target})
  set_tests_properties(fuzz.${target} PROPERTIES LABELS slow TIMEOUT ${patience} SKIP_RETURN_CODE 77
                       FIXTURES_REQUIRED fuzz_programs ENVIRONMENT "${fuzz_environment}")
endforeach()
