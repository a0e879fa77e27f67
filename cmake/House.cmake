# What a library, a test and a fuzz target are in this house.

include(Release)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(house_flags INTERFACE)
target_compile_features(house_flags INTERFACE c_std_17)
target_include_directories(house_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_definitions(house_flags INTERFACE _GNU_SOURCE)
target_compile_options(house_flags INTERFACE
  -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings)
if(LITE2PG_WERROR)
  target_compile_options(house_flags INTERFACE -Werror)
endif()

add_library(house_sanitizers INTERFACE)
if(LITE2PG_SANITIZE)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(house_sanitizers INTERFACE ${sanitizers})
  target_link_options(house_sanitizers INTERFACE ${sanitizers})
endif()
if(LITE2PG_FUZZ) # the fuzzer sees which way our code went, and steers by it
  target_compile_options(house_sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()

# house_library(name SOURCES a.c b.c USES other …): one module, named by its folder.
function(house_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES")
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE house_flags house_sanitizers)
  target_link_libraries(${name} INTERFACE house_sanitizers)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
endfunction()

# house_test(tests/base/test_str.c USES base …): a cmocka program; ctest calls it base/str.
function(house_test source)
  if(NOT LITE2PG_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES")
  string(REGEX REPLACE "^tests/(.*)test_([^/]*)\\.c$" "\\1\\2" test_name ${source})
  string(REPLACE "/" "_" target "test_${test_name}")
  add_executable(${target} ${PROJECT_SOURCE_DIR}/${source})
  target_link_libraries(${target} PRIVATE ${arg_USES} house_flags house_sanitizers PkgConfig::CMOCKA)
  add_test(NAME ${test_name} COMMAND ${target} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

# house_fuzz(tests/sql/fuzz_lexer.c USES sql … [CORPUS folder …]): a libFuzzer program that ctest runs over
# fixtures/fuzz/<name>/ and the folders named, and for a short while beyond; only clang builds it.
function(house_fuzz source)
  if(NOT LITE2PG_FUZZ)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;CORPUS")
  string(REGEX REPLACE "^tests/(.*)fuzz_([^/]*)\\.c$" "\\1\\2" fuzz_name ${source})
  string(REPLACE "/" "_" target "fuzz_${fuzz_name}")
  add_executable(${target} ${PROJECT_SOURCE_DIR}/${source})
  target_link_libraries(${target} PRIVATE ${arg_USES} house_flags house_sanitizers)
  target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  set(found ${PROJECT_BINARY_DIR}/fuzz/${fuzz_name})
  file(MAKE_DIRECTORY ${found} ${PROJECT_SOURCE_DIR}/fixtures/fuzz/${fuzz_name})
  list(TRANSFORM arg_CORPUS PREPEND ${PROJECT_SOURCE_DIR}/)
  add_test(NAME fuzz/${fuzz_name}
           COMMAND ${target} -seed=1 -max_total_time=5 -timeout=10 -verbosity=0 -artifact_prefix=${PROJECT_BINARY_DIR}/fuzz/
                   ${found} ${PROJECT_SOURCE_DIR}/fixtures/fuzz/${fuzz_name} ${arg_CORPUS}
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(fuzz/${fuzz_name} PROPERTIES LABELS fuzz)
endfunction()
