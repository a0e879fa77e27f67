/*
 * A folder of its own for a test, below the system's place for such things.
 *
 * folder_new() makes it and the arena's end does not remove it: folder_remove() does. All
 * paths are relative to it.
 */
#ifndef TESTS_INTAKE_FOLDER_H
#define TESTS_INTAKE_FOLDER_H

#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzers/intake/process.h"
#include "base/own.h"
#include "base/str.h"

static inline Str folder_new(Arena *arena)
{
    const char *place = getenv("TMPDIR");
    char       *name  = str_cstr(
        arena, str_format(arena, "%s/lite2pg-test-XXXXXX", place ? place : "/tmp"));
    char real[PATH_MAX];

    if (!mkdtemp(name) || !realpath(name, real))
        bug("no temporary folder");
    return str_copy(arena, str_of(real));
}

static inline int folder_remove_one(const char *path, const struct stat *info, int flag,
                                    struct FTW *walk)
{
    (void)info;
    (void)flag;
    (void)walk;
    return remove(path);
}

static inline void folder_remove(Str folder)
{
    Arena *arena = arena_open();

    nftw(str_cstr(arena, folder), folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_close(arena);
}

static inline const char *folder_path(Arena *arena, Str folder, const char *path)
{
    return str_format(arena, STR_FORMAT "/%s", STR_ARG(folder), path).ptr;
}

/* Writes a file, making the folders on the way. */
static inline void folder_put(Arena *arena, Str folder, const char *path, Str bytes)
{
    char *whole = (char *)folder_path(arena, folder, path);

    for (char *slash = whole + folder.len; (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        mkdir(whole, 0777);
        *slash = '/';
    }
    OWN(FILE) file = fopen(whole, "wb");
    if (!file || fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len)
        bug("cannot write %s", whole);
}

/* What a file holds; no pointer if there is none. */
static inline Str folder_get(Arena *arena, Str folder, const char *path)
{
    OWN(FILE) file = fopen(folder_path(arena, folder, path), "rb");
    Buf out        = buf_new(arena);
    int c;

    if (!file)
        return (Str) { 0 };
    while ((c = fgetc(file)) != EOF)
        buf_add_char(&out, (char)c);
    return out.len ? buf_str(&out) : STR("");
}

static inline bool folder_has(Arena *arena, Str folder, const char *path)
{
    struct stat info;

    return lstat(folder_path(arena, folder, path), &info) == 0;
}

/* `git -C folder argument…`; must work. */
#define folder_git(arena, folder, ...)                                                            \
    folder_run((arena), (const char *const[]) { "git", "-C", str_cstr((arena), (folder)),         \
                                                __VA_ARGS__, NULL })

static inline void folder_run(Arena *arena, const char *const argv[])
{
    Str   output;
    Error why;

    if (!run_program(arena, argv, (Str) { 0 }, &output, NULL, &why))
        bug("%s", why.message);
}

#endif
