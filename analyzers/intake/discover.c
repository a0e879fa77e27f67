#include "analyzers/intake/discover.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzers/intake/git.h"
#include "analyzers/intake/glob.h"
#include "analyzers/intake/listing.h"
#include "base/map.h"

typedef struct Discovery {
    Arena                 *arena;
    Str                    root; /* absolute, without links */
    int                    root_handle;
    const DiscoverOptions *options;
    StrVec                 folders; /* relative to the root: where to look */
    StrVec                 files;   /* relative to the root: named by the user */
    FoundVec               found;
    FoundVec               links; /* judged when all files are known */
    Map                    environments; /* folder → IS_ENVIRONMENT or NO_ENVIRONMENT */
    NoteVec                notes;
} Discovery;

static char IS_ENVIRONMENT[] = "yes";
static char NO_ENVIRONMENT[] = "no";

static void add_note(Discovery *run, Str path, const char *message)
{
    vec_push(run->arena, &run->notes, (Note) { path, str_of(message) });
}

/* Where an absolute path without links lies below the root; false if elsewhere. */
static bool below_root(const Discovery *run, Str real, Str *path)
{
    Str root = run->root;

    if (root.len == 1) { /* "/" holds everything */
        *path = str_slice(real, 1, real.len);
        return true;
    }
    if (!str_starts_with(real, root))
        return false;
    if (real.len == root.len) {
        *path = STR("");
        return true;
    }
    if (real.ptr[root.len] != '/')
        return false;
    *path = str_slice(real, root.len + 1, real.len);
    return true;
}

/* A file keeps its own name even if it is a link: only the folders on the way are resolved. */
static bool real_place(Arena *arena, const char *given, bool is_folder, Str *place)
{
    char real[PATH_MAX];

    if (is_folder) {
        if (!realpath(given, real))
            return false;
        *place = str_copy(arena, str_of(real));
        return true;
    }
    Str         whole  = str_of(given);
    size_t      slash  = str_rfind_char(whole, '/');
    Str         name   = str_slice(whole, slash == STR_NOT_FOUND ? 0 : slash + 1, whole.len);
    const char *folder = slash == STR_NOT_FOUND ? "."
                       : slash == 0             ? "/"
                                                : str_cstr(arena, str_slice(whole, 0, slash));
    if (!realpath(folder, real))
        return false;
    *place = str_format(arena, "%s/" STR_FORMAT, str_is(str_of(real), "/") ? "" : real,
                        STR_ARG(name));
    return true;
}

static bool take_path(Discovery *run, Str given, Error *why)
{
    const char *name = str_cstr(run->arena, given);
    struct stat info, link;
    Str         place, path;

    if (lstat(name, &link) < 0)
        return errno == ENOENT || errno == ENOTDIR
                 ? error_set(why, "no such file or folder: %s", name)
                 : error_set_errno(why, "cannot look at %s", name);
    if (stat(name, &info) < 0)
        return error_set(why, "%s is a link that leads nowhere", name);
    if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode))
        return error_set(why, "%s is neither a file nor a folder", name);
    if (!real_place(run->arena, name, S_ISDIR(info.st_mode), &place))
        return error_set_errno(why, "cannot look at %s", name);
    if (!below_root(run, place, &path))
        return error_set(why, "%s lies outside the project " STR_FORMAT, name,
                         STR_ARG(run->root));
    if (S_ISDIR(info.st_mode))
        vec_push(run->arena, &run->folders, path);
    else
        vec_push(run->arena, &run->files, path);
    return true;
}

static bool is_python(Str path)
{
    return str_ends_with(path, STR(".py")) || str_ends_with(path, STR(".pyw"));
}

static bool is_below(Str folder, Str path)
{
    return folder.len == 0
        || (path.len > folder.len && path.ptr[folder.len] == '/' && str_starts_with(path, folder));
}

/* The longest folder asked for that holds the path, or NULL. */
static const Str *asked_for(const Discovery *run, Str path)
{
    const Str *best = NULL;

    vec_each(folder, &run->folders)
        if (is_below(*folder, path) && (!best || folder->len > best->len))
            best = folder;
    return best;
}

static bool is_environment(Discovery *run, Str folder)
{
    void **known = map_place(run->arena, &run->environments, folder);

    if (!*known) {
        Str  mark = str_format(run->arena, STR_FORMAT "/pyvenv.cfg", STR_ARG(folder));
        bool yes  = faccessat(run->root_handle, mark.ptr, F_OK, 0) == 0;
        *known    = yes ? IS_ENVIRONMENT : NO_ENVIRONMENT;
        if (yes)
            add_note(run, folder, "a virtual environment, though git lists it: not looked into");
    }
    return *known == IS_ENVIRONMENT;
}

/* In a virtual environment that lies below what was asked for? */
static bool in_environment(Discovery *run, Str path, Str asked)
{
    for (size_t i = asked.len ? asked.len + 1 : 0; i < path.len; i++)
        if (path.ptr[i] == '/' && is_environment(run, str_slice(path, 0, i)))
            return true;
    return false;
}

static bool is_chosen(const Discovery *run, Str path)
{
    const DiscoverOptions *options = run->options;

    return (options->include.count == 0 || glob_match_any(&options->include, path))
        && !glob_match_any(&options->exclude, path);
}

/* Sorts one listed path into files, links, or nothing. */
static void consider(Discovery *run, Str path, bool named)
{
    struct stat info;

    if (fstatat(run->root_handle, str_cstr(run->arena, path), &info, AT_SYMLINK_NOFOLLOW) < 0)
        return; /* deleted, but still in git's index */
    if (S_ISLNK(info.st_mode))
        vec_push(run->arena, &run->links, (FoundFile) { path, named });
    else if (S_ISREG(info.st_mode))
        vec_push(run->arena, &run->found, (FoundFile) { path, named });
    else if (!S_ISDIR(info.st_mode))
        add_note(run, path, "neither a file nor a folder: not read");
}

static void consider_listed(Discovery *run, const Listed *listed)
{
    bool       by_name = run->options->all_text || is_python(listed->path);
    const Str *asked   = asked_for(run, listed->path);

    /* A link of any name may lead to a folder that the user expects to be read. */
    if ((!by_name && listed->kind == LISTED_FILE) || !asked || !is_chosen(run, listed->path))
        return;
    if (in_environment(run, listed->path, *asked))
        return;
    if (by_name) {
        consider(run, listed->path, false);
        return;
    }
    struct stat info;
    const char *name = str_cstr(run->arena, listed->path);
    if (fstatat(run->root_handle, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode)
        && fstatat(run->root_handle, name, &info, 0) == 0 && S_ISDIR(info.st_mode))
        consider(run, listed->path, false);
}

static int by_path(const void *a, const void *b)
{
    const FoundFile *left = a, *right = b;
    int              order = str_compare(left->path, right->path);

    return order ? order : right->named - left->named; /* the named one comes first and stays */
}

static int by_note(const void *a, const void *b)
{
    const Note *left = a, *right = b;
    int         order = str_compare(left->path, right->path);

    return order ? order : str_compare(left->message, right->message);
}

static void drop_repeated(FoundVec *files)
{
    size_t kept = 0;

    vec_sort(files, by_path);
    for (size_t i = 0; i < files->count; i++)
        if (kept == 0 || !str_eq(files->items[kept - 1].path, files->items[i].path))
            files->items[kept++] = files->items[i];
    files->count = kept;
}

/* Links count only if they show a file that is not in the list already. */
static void judge_links(Discovery *run)
{
    Map listed = { 0 };

    if (run->links.count == 0)
        return;
    vec_each(file, &run->found)
        map_set(run->arena, &listed, file->path, file);
    drop_repeated(&run->links);
    vec_each(link, &run->links) {
        char        real[PATH_MAX];
        struct stat info;
        Str         target;
        Str         whole = str_format(run->arena, STR_FORMAT "/" STR_FORMAT, STR_ARG(run->root),
                                       STR_ARG(link->path));
        if (!realpath(whole.ptr, real) || stat(real, &info) < 0) {
            add_note(run, link->path, "a link that leads nowhere: not read");
        } else if (!below_root(run, str_of(real), &target)) {
            add_note(run, link->path, "a link that leaves the project: not followed");
        } else if (S_ISREG(info.st_mode)) {
            target       = str_copy(run->arena, target);
            void **known = map_place(run->arena, &listed, target);
            if (!*known) {
                *known = link;
                vec_push(run->arena, &run->found, *link);
            }
        } /* a folder inside the root is read under its own name */
    }
}

static bool list_folders(Discovery *run, Error *why)
{
    HiddenFolders hidden = run->options->all_text ? HIDDEN_ENTERED : HIDDEN_SKIPPED;
    ListedVec     listed = { 0 };
    NoteVec       notes  = { 0 };
    Str           git_root;
    Error         from_git;

    bool git = git_root_find(run->arena, run->root, &git_root);
    if (git
        && !listing_from_git(run->arena, run->root, &run->folders, &listed, &notes, &from_git)) {
        Str message = str_format(run->arena, "git cannot be asked, all is looked at: %s",
                                 from_git.message);
        vec_push(run->arena, &run->notes, (Note) { STR("."), message });
        git          = false;
        notes        = (NoteVec) { 0 };
        listed.count = 0;
    }
    if (!git
        && !listing_from_walk(run->arena, run->root, &run->folders, hidden, &listed, &notes, why))
        return false;
    vec_each(note, &notes)
        if (asked_for(run, note->path))
            vec_push(run->arena, &run->notes, *note);
    vec_each(entry, &listed)
        consider_listed(run, entry);
    return true;
}

static void tell_of_empty_folders(Discovery *run)
{
    vec_each(folder, &run->folders) {
        bool any = folder->len == 0;
        vec_each(file, &run->found)
            any |= is_below(*folder, file->path);
        if (!any)
            add_note(run, *folder,
                     run->options->all_text ? "no files here" : "no Python files here");
    }
}

static bool run_discovery(Discovery *run, const StrVec *paths, Error *why)
{
    vec_each(path, paths)
        if (!take_path(run, *path, why))
            return false;
    if (paths->count == 0)
        vec_push(run->arena, &run->folders, STR(""));
    if (run->folders.count && !list_folders(run, why))
        return false;
    vec_each(file, &run->files)
        if (!run->options->force_exclude || !glob_match_any(&run->options->exclude, *file))
            consider(run, *file, true);
    drop_repeated(&run->found);
    judge_links(run);
    drop_repeated(&run->found);
    tell_of_empty_folders(run);
    vec_sort(&run->notes, by_note);
    return true;
}

bool discover(Arena *arena, Str root, const StrVec *paths, const DiscoverOptions *options,
              FoundVec *out, NoteVec *notes, Error *why)
{
    static const DiscoverOptions plain;
    char                         real[PATH_MAX];
    const char                  *name = root.len ? str_cstr(arena, root) : ".";
    Discovery                    run  = { .arena = arena, .options = options ? options : &plain };

    if (!realpath(name, real))
        return error_set_errno(why, "cannot open %s", name);
    run.root        = str_copy(arena, str_of(real));
    run.root_handle = open(real, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (run.root_handle < 0)
        return error_set_errno(why, "cannot open %s", name);
    bool done = run_discovery(&run, paths, why);
    close(run.root_handle);
    if (!done)
        return false;
    *out   = run.found;
    *notes = run.notes;
    return true;
}
