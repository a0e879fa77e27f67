# What the program that users run is made of: -O2 across files, hardened, without a path of the
# machine that built it, and with every library but libc inside. ci/static-check looks at the result.

if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  return()
endif()

set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")

add_compile_options(-ffile-prefix-map=${PROJECT_BINARY_DIR}/= -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

# Libraries are looked up as archives first; where a system has none, the shared one must do. libm is a
# part of libc and stays shared: its archive does not go with a shared libc. So pkg-config is not asked for
# what the archives need (for SQLite that is libm, and a zlib it does not use), and libm stands at the end.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a .so)
set(PKG_CONFIG_ARGN)
set(CMAKE_C_STANDARD_LIBRARIES "-lm")

add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_compile_options(-fstack-clash-protection -fcf-protection)
endif()
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed -static-libgcc)

include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

include(CheckIPOSupported)
check_ipo_supported(RESULT link_time_optimisation LANGUAGES C)
set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${link_time_optimisation})
