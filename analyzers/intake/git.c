#include "analyzers/intake/git.h"

#include <unistd.h>

#include "analyzers/intake/process.h"

extern char **environ;

typedef Vec(const char *) WordVec;

bool git_root_find(Arena *arena, Str start, Str *root)
{
    for (Str folder = start; folder.len;) {
        Str mark = str_format(arena, STR_FORMAT "/.git", STR_ARG(folder));
        if (access(mark.ptr, F_OK) == 0) {
            *root = folder;
            return true;
        }
        size_t slash = str_rfind_char(folder, '/');
        if (slash == STR_NOT_FOUND || folder.len == 1)
            break;
        folder = str_slice(folder, 0, slash ? slash : 1);
    }
    return false;
}

static const char *const *environment_for_git(Arena *arena)
{
    static const char *const left_out[] = { "GIT_DIR=",     "GIT_WORK_TREE=",
                                            "GIT_PREFIX=",  "GIT_NAMESPACE=",
                                            "GIT_COMMON_DIR=", "GIT_LITERAL_PATHSPECS=",
                                            "GIT_GLOB_PATHSPECS=", "GIT_NOGLOB_PATHSPECS=",
                                            "GIT_ICASE_PATHSPECS=", "LC_ALL=" };
    WordVec out = { 0 };

    for (char **variable = environ; *variable; variable++) {
        bool keep = true;
        for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
            keep &= !str_starts_with(str_of(*variable), str_of(left_out[i]));
        if (keep)
            vec_push(arena, &out, *variable);
    }
    vec_push(arena, &out, "LC_ALL=C");
    vec_push(arena, &out, NULL);
    return out.items;
}

bool git_run(Arena *arena, Str folder, const char *const arguments[], Str input, Str *output,
             int *status, Error *why)
{
    WordVec argv = { 0 };

    vec_push(arena, &argv, "git");
    vec_push(arena, &argv, "--no-optional-locks");
    vec_push(arena, &argv, "--literal-pathspecs");
    vec_push(arena, &argv, "-C");
    vec_push(arena, &argv, str_cstr(arena, folder));
    vec_push(arena, &argv, "-c");
    vec_push(arena, &argv, "core.fsmonitor=false");
    for (size_t i = 0; arguments[i]; i++)
        vec_push(arena, &argv, arguments[i]);
    vec_push(arena, &argv, NULL);
    return run_program_with(arena, argv.items, environment_for_git(arena), input, output, status,
                            why);
}
