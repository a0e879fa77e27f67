#include "analyzers/intake/project_root.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzers/intake/source.h"

static bool holds(Arena *arena, Str folder, const char *name)
{
    Str path = str_format(arena, STR_FORMAT "/%s", STR_ARG(folder), name);

    return access(path.ptr, F_OK) == 0;
}

/* A table header, spelled as people spell it; the configuration's own reader judges the rest. */
static bool is_our_table(Str line)
{
    line = str_trim(line);
    return str_starts_with(line, STR("[tool.lite2pg]"))
        || str_starts_with(line, STR("[tool.lite2pg."));
}

static bool pyproject_is_ours(Arena *arena, Str folder)
{
    Str   rest, line;
    Error why;

    if (!holds(arena, folder, "pyproject.toml")
        || !file_read(arena, folder, STR("pyproject.toml"), &rest, &why))
        return false;
    while (str_cut(&rest, '\n', &line))
        if (is_our_table(line))
            return true;
    return false;
}

static bool is_root(Arena *arena, Str folder)
{
    return holds(arena, folder, "lite2pg.toml") || pyproject_is_ours(arena, folder)
        || holds(arena, folder, ".git");
}

static Str parent_of(Str folder)
{
    size_t slash = str_rfind_char(folder, '/');

    return str_slice(folder, 0, slash ? slash : 1);
}

bool project_root(Arena *arena, Str start, Str *root)
{
    char        real[PATH_MAX];
    struct stat info;

    if (!realpath(start.len ? str_cstr(arena, start) : ".", real) || stat(real, &info) < 0)
        return false;
    Str folder = str_copy(arena, str_of(real));
    if (!S_ISDIR(info.st_mode))
        folder = parent_of(folder);
    *root = folder;
    for (;; folder = parent_of(folder)) {
        if (is_root(arena, folder)) {
            *root = folder;
            return true;
        }
        if (folder.len == 1)
            return true;
    }
}
