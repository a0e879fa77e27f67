# Writes the registry of rules: cmake -DFOLDER=<rules> -DOUT=<registry.c> -P generate.cmake
#
# For each <family>/<name>.c the constant rule_<family>_<name> and, as a string, the comment on top of the file.

file(GLOB files RELATIVE ${FOLDER} ${FOLDER}/*/*.c)
list(SORT files)
set(declarations "")
set(rows "")
foreach(file IN LISTS files)
  string(REGEX REPLACE "\\.c$" "" symbol ${file})
  string(REPLACE "/" "_" symbol ${symbol})
  file(READ ${FOLDER}/${file} text)
  string(FIND "${text}" "*/" end)
  if(NOT text MATCHES "^/\\*" OR end LESS 0)
    message(FATAL_ERROR "${file}: a rule begins with its page, a comment")
  endif()
  string(SUBSTRING "${text}" 0 ${end} page)
  string(REPLACE "\\" "\\\\" page "${page}")
  string(REPLACE "\"" "\\\"" page "${page}")
  string(REPLACE "\n" "\\n\"\n      \"" page "${page}")
  string(APPEND declarations "extern const Rule rule_${symbol};\n")
  string(APPEND rows "    { &rule_${symbol},\n      \"${page}\" },\n")
endforeach()
file(WRITE ${OUT} "/* Made by rules/generate.cmake. */
#include \"rules/registry.h\"

${declarations}
const RegisteredRule rule_registry[] = {
${rows}};

const size_t rule_count = sizeof rule_registry / sizeof *rule_registry;
")
