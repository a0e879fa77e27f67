#include "rewriters/edit/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzers/intake/source.h"
#include "base/map.h"

/* One change on its way. */
typedef struct Step {
    const Change *change;
    const char   *target; /* absolute, without links */
    const char   *name;   /* as the user knows it */
    struct stat   seen;   /* the file when it was compared; nothing for a new one */
    const char   *temp;   /* holds the new bytes; NULL if there is none (any more) */
    bool          done;
} Step;

typedef Vec(Step) StepVec;
typedef Vec(const char *) NameVec;

typedef struct Work {
    Arena  *arena;
    Str     root; /* absolute, without links */
    StepVec steps;
    NameVec folders; /* made for new files, outermost first */
} Work;

static bool lies_below(Str root, const char *real)
{
    size_t length = root.len == 1 ? 0 : root.len;

    return strncmp(real, root.ptr, length) == 0 && real[length] == '/';
}

static const char *parent_of(Arena *arena, const char *path)
{
    size_t slash = str_rfind_char(str_of(path), '/');

    return str_cstr(arena, (Str) { path, slash ? slash : 1 });
}

/* ---- looking: nothing is changed yet ---- */

static bool is_plain(Str path)
{
    Str rest = path, name;

    if (path.len == 0 || memchr(path.ptr, 0, path.len))
        return false;
    while (str_cut(&rest, '/', &name))
        if (name.len == 0 || str_is(name, ".") || str_is(name, ".."))
            return false;
    return true;
}

static const char *below(Work *work, const char *name)
{
    return str_format(work->arena, STR_FORMAT "/%s", STR_ARG(work->root), name).ptr;
}

/* The folders that exist are resolved, the rest of the path is taken as it is spelled. */
static bool place_of_new(Work *work, Step *step, Error *why)
{
    const char *whole = below(work, step->name);
    const char *folder = parent_of(work->arena, whole);
    char        real[PATH_MAX];
    struct stat info;

    while (!realpath(folder, real)) {
        if (errno != ENOENT || lstat(folder, &info) == 0)
            return error_set_errno(why, "cannot create %s", step->name);
        folder = parent_of(work->arena, folder);
    }
    if (!str_eq(str_of(real), work->root) && !lies_below(work->root, real))
        return error_set(why, "cannot create %s: it would lie outside the project", step->name);
    step->target = str_format(work->arena, "%s%s", str_is(str_of(real), "/") ? "" : real,
                              whole + (folder[1] ? strlen(folder) : 0))
                       .ptr;
    if (lstat(step->target, &info) == 0)
        return error_set(why, "cannot create %s: it exists already", step->name);
    if (errno != ENOENT)
        return error_set_errno(why, "cannot create %s", step->name);
    return true;
}

static bool place_of_old(Work *work, Step *step, Error *why)
{
    const char *whole = below(work, step->name);
    char        real[PATH_MAX];
    Str         now;

    if (!realpath(whole, real))
        return errno == ENOENT ? error_set(why, "%s is gone since it was read", step->name)
                               : error_set_errno(why, "cannot replace %s", step->name);
    if (!lies_below(work->root, real))
        return error_set(why, "cannot replace %s: it leads out of the project", step->name);
    step->target = str_cstr(work->arena, str_of(real));
    if (stat(step->target, &step->seen) < 0)
        return error_set_errno(why, "cannot replace %s", step->name);
    if (!file_read(work->arena, work->root, step->change->path, &now, why))
        return false;
    if (!str_eq(now, step->change->before_raw))
        return error_set(why, "%s has changed since it was read: run again", step->name);
    if (faccessat(AT_FDCWD, step->target, W_OK, AT_EACCESS) < 0)
        return error_set_errno(why, "cannot replace %s", step->name);
    return true;
}

static bool look(Work *work, const ChangeVec *changes, Error *why)
{
    Map targets = { 0 };

    for (size_t i = 0; i < changes->count; i++) {
        const Change *change = &changes->items[i];
        Step          step   = { .change = change, .name = str_cstr(work->arena, change->path) };
        if (!is_plain(change->path))
            return error_set(why, "%s is not a path inside the project", step.name);
        if (!(change->created ? place_of_new : place_of_old)(work, &step, why))
            return false;
        void **other = map_place(work->arena, &targets, str_of(step.target));
        if (*other)
            return error_set(why, "%s and %s are the same file: change it under one name",
                             (const char *)*other, step.name);
        *other = (void *)step.name;
        vec_push(work->arena, &work->steps, step);
    }
    return true;
}

/* ---- preparing: new files beside the old ones ---- */

static bool make_folders(Work *work, const Step *step, const char *folder, Error *why)
{
    struct stat info;

    if (stat(folder, &info) == 0)
        return true;
    if (!make_folders(work, step, parent_of(work->arena, folder), why))
        return false;
    if (mkdir(folder, 0777) < 0)
        return error_set_errno(why, "cannot create %s", step->name);
    vec_push(work->arena, &work->folders, folder);
    return true;
}

/* A new, empty file beside `target`: ".name.lite2pg-XXXXXX". */
static int open_temp(Arena *arena, const char *target, mode_t mode, const char **temp)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    enum { ATTEMPTS = 100, KEPT_OF_NAME = 200 };
    Str    whole  = str_of(target);
    size_t slash  = str_rfind_char(whole, '/');
    Str    folder = str_slice(whole, 0, slash);
    Str    name   = str_slice(whole, slash + 1, whole.len);

    if (name.len > KEPT_OF_NAME)
        name.len = KEPT_OF_NAME;
    for (int i = 0; i < ATTEMPTS; i++) {
        unsigned char dice[6];
        char          ending[sizeof dice + 1] = "";
        if (getrandom(dice, sizeof dice, 0) != (ssize_t)sizeof dice)
            return -1;
        for (size_t j = 0; j < sizeof dice; j++)
            ending[j] = letters[dice[j] % (sizeof letters - 1)];
        const char *path = str_format(arena, STR_FORMAT "/." STR_FORMAT ".lite2pg-%s",
                                      STR_ARG(folder), STR_ARG(name), ending)
                               .ptr;
        int handle = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (handle >= 0)
            *temp = path;
        if (handle >= 0 || errno != EEXIST)
            return handle;
    }
    return -1;
}

static bool write_all(int handle, Str bytes)
{
    while (bytes.len) {
        ssize_t put = write(handle, bytes.ptr, bytes.len);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0)
            bytes = str_slice(bytes, (size_t)put, bytes.len);
    }
    return true;
}

/* Owner first: a change of owner clears set-id bits, and they must not outlive it. */
static bool take_after(int handle, const struct stat *old)
{
    struct stat now;
    mode_t      mode = old->st_mode & 07777;

    if (fstat(handle, &now) < 0)
        return false;
    if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid)
        && fchown(handle, old->st_uid, old->st_gid) < 0) {
        if (fchown(handle, (uid_t)-1, old->st_gid) < 0)
            mode &= 0777;
        mode &= ~(mode_t)S_ISUID;
    }
    return fchmod(handle, mode) == 0;
}

/* False leaves no file behind, and the reason in errno. */
static bool write_temp(Arena *arena, const char *target, Str bytes, const struct stat *old,
                       const char **temp)
{
    const char *path   = NULL;
    int         handle = open_temp(arena, target, old ? 0600 : 0666, &path);

    if (handle < 0)
        return false;
    bool written = write_all(handle, bytes) && (!old || take_after(handle, old))
                && fsync(handle) == 0;
    int cause = errno;
    if (close(handle) < 0 && written) {
        written = false;
        cause   = errno;
    }
    if (written) {
        *temp = path;
    } else {
        unlink(path);
        errno = cause;
    }
    return written;
}

static bool prepare(Work *work, Error *why)
{
    for (size_t i = 0; i < work->steps.count; i++) {
        Step         *step   = &work->steps.items[i];
        const Change *change = step->change;
        if (change->created
            && !make_folders(work, step, parent_of(work->arena, step->target), why))
            return false;
        if (!write_temp(work->arena, step->target, change->after_raw,
                        change->created ? NULL : &step->seen, &step->temp))
            return error_set_errno(why, "cannot write %s", step->name);
    }
    return true;
}

/* ---- replacing ---- */

static bool is_as_seen(const Step *step)
{
    struct stat now;

    return lstat(step->target, &now) == 0 && now.st_dev == step->seen.st_dev
        && now.st_ino == step->seen.st_ino && now.st_size == step->seen.st_size
        && now.st_mtim.tv_sec == step->seen.st_mtim.tv_sec
        && now.st_mtim.tv_nsec == step->seen.st_mtim.tv_nsec;
}

/* Never over a file that somebody else made meanwhile. */
static bool rename_to_new(const char *temp, const char *target)
{
    if (renameat2(AT_FDCWD, temp, AT_FDCWD, target, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    return link(temp, target) == 0 && unlink(temp) == 0; /* file systems that lack the above */
}

static bool replace(Step *step, Error *why)
{
    if (step->change->created) {
        if (!rename_to_new(step->temp, step->target))
            return error_set_errno(why, "cannot create %s", step->name);
    } else {
        if (!is_as_seen(step))
            return error_set(why, "%s has changed since it was read: run again", step->name);
        if (rename(step->temp, step->target) < 0)
            return error_set_errno(why, "cannot replace %s", step->name);
    }
    step->temp = NULL;
    step->done = true;
    return true;
}

static bool replace_all(Work *work, Error *why)
{
    for (size_t i = 0; i < work->steps.count; i++)
        if (!replace(&work->steps.items[i], why))
            return false;
    return true;
}

/* The new names and the new content reach the disk together; what a file system cannot sync is
   its own affair. */
static void sync_folders(Work *work)
{
    Map seen = { 0 };

    for (size_t i = 0; i < work->steps.count; i++) {
        const char *folder = parent_of(work->arena, work->steps.items[i].target);
        void      **known  = map_place(work->arena, &seen, str_of(folder));
        if (*known)
            continue;
        *known     = work;
        int handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (handle >= 0) {
            fsync(handle);
            close(handle);
        }
    }
}

/* ---- undoing ---- */

static bool put_back(Work *work, Step *step)
{
    if (step->change->created)
        return unlink(step->target) == 0;
    const char *temp = NULL;
    if (!write_temp(work->arena, step->target, step->change->before_raw, &step->seen, &temp))
        return false;
    if (rename(temp, step->target) == 0)
        return true;
    unlink(temp);
    return false;
}

/* `why` holds what went wrong; what goes wrong here is added to it. */
static void undo(Work *work, Error *why)
{
    for (size_t i = work->steps.count; i-- > 0;) {
        Step *step = &work->steps.items[i];
        if (step->temp)
            unlink(step->temp);
        if (step->done && !put_back(work, step)) {
            Error first = *why;
            error_set(why, "%s; and %s could not be put back", first.message, step->name);
        }
    }
    for (size_t i = work->folders.count; i-- > 0;)
        rmdir(work->folders.items[i]);
}

bool changes_commit(Str root, const ChangeVec *changes, Error *why)
{
    Work     work = { .arena = arena_open() };
    char     real[PATH_MAX];
    sigset_t ending, before;
    bool     done = false;

    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    sigaddset(&ending, SIGQUIT);
    if (!realpath(root.len ? str_cstr(work.arena, root) : ".", real)) {
        error_set_errno(why, "cannot open " STR_FORMAT, STR_ARG(root));
    } else {
        work.root = str_of(real);
        pthread_sigmask(SIG_BLOCK, &ending, &before);
        done = look(&work, changes, why) && prepare(&work, why) && replace_all(&work, why);
        if (!done)
            undo(&work, why);
        sync_folders(&work);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    arena_close(work.arena);
    return done;
}
