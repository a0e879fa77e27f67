# tree-sitter's core and the grammars: C sources out of the npm packages that package-lock.json pins.

set(npm ${PROJECT_SOURCE_DIR}/node_modules)
if(NOT EXISTS ${npm}/tree-sitter-python/src/parser.c)
  message(FATAL_ERROR "node_modules lacks tree-sitter-python: run `npm ci --ignore-scripts` (ci/setup does)")
endif()

set(tree_sitter ${npm}/tree-sitter/vendor/tree-sitter/lib)
add_library(tree_sitter STATIC ${tree_sitter}/src/lib.c)
target_include_directories(tree_sitter SYSTEM PUBLIC ${tree_sitter}/include PRIVATE ${tree_sitter}/src)
target_compile_definitions(tree_sitter PRIVATE _POSIX_C_SOURCE=200112L _DEFAULT_SOURCE)

function(grammar name folder)
  add_library(${name} STATIC ${npm}/${folder}/src/parser.c ${npm}/${folder}/src/scanner.c)
  target_include_directories(${name} SYSTEM PRIVATE ${npm}/${folder}/src)
  target_link_libraries(${name} PUBLIC tree_sitter)
endfunction()

grammar(grammar_python tree-sitter-python)
grammar(grammar_toml @tree-sitter-grammars/tree-sitter-toml)

foreach(foreign tree_sitter grammar_python grammar_toml)
  target_compile_features(${foreign} PRIVATE c_std_11)
  target_compile_options(${foreign} PRIVATE -w)
  if(LITE2PG_SANITIZE) # memory errors in foreign code count too; its shifts and casts are its own affair
    target_compile_options(${foreign} PRIVATE -fsanitize=address -fno-omit-frame-pointer -O1)
    target_link_options(${foreign} INTERFACE -fsanitize=address)
  endif()
endforeach()
