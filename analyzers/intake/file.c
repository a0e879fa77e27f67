#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "analyzers/intake/source.h"

/* A pipe must not hold us up. */
enum { HOW_TO_OPEN = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

/* One system call answers "opens, and no link on the way leaves the root". */
static int open_beneath(const char *root, const char *path)
{
    struct open_how how    = { .flags = HOW_TO_OPEN, .resolve = RESOLVE_BENEATH };
    int             folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0)
        return -1;
    int handle = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    int cause  = errno;
    close(folder);
    errno = cause;
    return handle;
}

/* Slower, but knows absolute links that stay inside, and kernels without openat2. */
static int open_resolved(const char *root, const char *path)
{
    char real_root[PATH_MAX], joined[PATH_MAX], real[PATH_MAX];

    if (snprintf(joined, sizeof joined, "%s/%s", root, path) >= (int)sizeof joined) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (!realpath(root, real_root) || !realpath(joined, real))
        return -1;
    size_t length = strlen(real_root);
    if (length == 1)
        length = 0; /* "/" holds everything */
    if (strncmp(real, real_root, length) != 0 || real[length] != '/') {
        errno = EXDEV;
        return -1;
    }
    return open(real, HOW_TO_OPEN | O_NOFOLLOW);
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode) ? "a folder" : S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket"
                                                                                   : "a device";
}

static bool too_large(Str path, size_t size, Error *why)
{
    return error_set(why,
                     STR_FORMAT " has %zu bytes, more than the %d that are read of one file; "
                                "exclude it in the configuration",
                     STR_ARG(path), size, SOURCE_LIMIT);
}

/* To the end, which is not always where fstat() saw it. */
static bool read_all(Arena *arena, int handle, Str path, size_t size, Str *raw, Error *why)
{
    size_t room  = size + 1;
    char  *bytes = arena_alloc(arena, room);
    size_t len   = 0;

    for (;;) {
        ssize_t got = read(handle, bytes + len, room - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(why, "cannot read " STR_FORMAT, STR_ARG(path));
        if (got == 0)
            break;
        len += (size_t)got;
        if (len > SOURCE_LIMIT)
            return too_large(path, len, why);
        if (len == room) {
            char *grown = arena_alloc(arena, room *= 2);
            memcpy(grown, bytes, len);
            bytes = grown;
        }
    }
    *raw = (Str) { bytes, len };
    return true;
}

bool file_read(Arena *arena, Str root, Str path, Str *raw, Error *why)
{
    const char *root_name = root.len ? str_cstr(arena, root) : ".";
    const char *name      = str_cstr(arena, path);
    struct stat info;

    if (memchr(name, 0, path.len))
        return error_set(why, "cannot open %s: its name holds a NUL byte", name);
    int handle = open_beneath(root_name, name);
    if (handle < 0 && errno != ENOENT && errno != EACCES && errno != ENXIO)
        handle = open_resolved(root_name, name);
    if (handle < 0 && errno == EXDEV)
        return error_set(why, "%s leads out of the project: not read", name);
    if (handle < 0 && errno == ENXIO)
        return error_set(why, "%s is a socket or a device, not a file", name);
    if (handle < 0)
        return error_set_errno(why, "cannot open %s", name);

    bool done = false;
    if (fstat(handle, &info) < 0)
        error_set_errno(why, "cannot read %s", name);
    else if (!S_ISREG(info.st_mode))
        error_set(why, "%s is %s, not a file", name, kind_of(info.st_mode));
    else if (info.st_size > SOURCE_LIMIT)
        too_large(path, (size_t)info.st_size, why);
    else
        done = read_all(arena, handle, path, (size_t)info.st_size, raw, why);
    close(handle);
    return done;
}
