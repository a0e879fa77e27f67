#include "analyzers/intake/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzers/intake/git.h"
#include "base/own.h"

OWN_BY(DIR, closedir)

enum { FOLDERS_ASKED_FOR = 64 }; /* above that git tells all, and the caller chooses */

static bool too_many(Error *why)
{
    return error_set(why, "more than %d files in the project: name the folders that matter",
                     FOUND_LIMIT);
}

static void add_note(Arena *arena, NoteVec *notes, Str path, const char *message)
{
    vec_push(arena, notes, (Note) { path, str_of(message) });
}

/*
 * One entry of `ls-files -t --stage`: "H 100644 <hash> 0\tpath" for what the index holds, "? path"
 * for what it does not. A nested repository is a gitlink there, or ends in a slash here.
 */
static void add_entry(Arena *arena, Str entry, ListedVec *out, NoteVec *notes)
{
    const char *elsewhere = "a repository of its own: not looked into";

    if (entry.len < 2)
        return;
    Str rest = str_slice(entry, 2, entry.len);
    if (entry.ptr[0] == '?') {
        if (str_ends_with(rest, STR("/")))
            add_note(arena, notes, str_slice(rest, 0, rest.len - 1), elsewhere);
        else
            vec_push(arena, out, (Listed) { rest, LISTED_UNKNOWN });
        return;
    }
    Str mode;
    if (!str_cut(&rest, ' ', &mode))
        return;
    size_t tab = str_find_char(rest, '\t');
    if (tab == STR_NOT_FOUND)
        return;
    Str path = str_slice(rest, tab + 1, rest.len);
    if (str_is(mode, "160000"))
        add_note(arena, notes, path, elsewhere);
    else
        vec_push(arena, out, (Listed) { path, str_is(mode, "120000") ? LISTED_LINK : LISTED_FILE });
}

bool listing_from_git(Arena *arena, Str root, const StrVec *folders, ListedVec *out,
                      NoteVec *notes, Error *why)
{
    Vec(const char *) arguments = { 0 };
    Str said, entry;

    static const char *const question[] = { "ls-files", "-z",       "-t",
                                            "--stage",  "--cached", "--others",
                                            "--exclude-standard", "--" };
    for (size_t i = 0; i < sizeof question / sizeof *question; i++)
        vec_push(arena, &arguments, question[i]);
    bool whole = folders->count > FOLDERS_ASKED_FOR;
    vec_each(folder, folders)
        whole |= folder->len == 0;
    if (!whole)
        vec_each(folder, folders)
            vec_push(arena, &arguments, str_cstr(arena, *folder));
    vec_push(arena, &arguments, NULL);

    if (!git_run(arena, root, arguments.items, (Str) { 0 }, &said, NULL, why))
        return false;
    while (str_cut(&said, '\0', &entry)) {
        if (out->count >= FOUND_LIMIT)
            return too_many(why);
        add_entry(arena, entry, out, notes);
    }
    return true;
}

typedef struct Walk {
    Arena        *arena;
    int           root;
    HiddenFolders hidden;
    StrVec        open; /* folders still to be read */
    ListedVec    *out;
    NoteVec      *notes;
} Walk;

static bool is_passed_by(const Walk *walk, Str name)
{
    static const char *const never[] = { ".git", ".hg", ".svn", "node_modules", "__pycache__" };

    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (str_is(name, never[i]))
            return true;
    return walk->hidden == HIDDEN_SKIPPED && name.ptr[0] == '.';
}

static int depth_of(Str path)
{
    int depth = path.len > 0;

    for (size_t i = 0; i < path.len; i++)
        depth += path.ptr[i] == '/';
    return depth;
}

static unsigned char type_of(int folder, const struct dirent *entry)
{
    struct stat info;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type;
    if (fstatat(folder, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0)
        return DT_UNKNOWN;
    return (unsigned char)IFTODT(info.st_mode);
}

/* Reads one folder; those within are opened later, so depth costs no handles. */
static bool walk_folder(Walk *walk, Str folder, bool asked_for, Error *why)
{
    Arena *arena = walk->arena;
    int    handle
        = openat(walk->root, folder.len ? str_cstr(arena, folder) : ".",
                 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    OWN(DIR) entries = handle < 0 ? NULL : fdopendir(handle);
    if (!entries) {
        vec_push(arena, walk->notes,
                 (Note) { folder, str_format(arena, "cannot be read: %s", strerror(errno)) });
        if (handle >= 0)
            close(handle);
        return true;
    }
    if (!asked_for && faccessat(handle, "pyvenv.cfg", F_OK, 0) == 0)
        return true;
    for (struct dirent *entry; (entry = readdir(entries));) {
        Str name = str_of(entry->d_name);
        if (str_is(name, ".") || str_is(name, ".."))
            continue;
        Str path = folder.len ? str_format(arena, STR_FORMAT "/" STR_FORMAT, STR_ARG(folder),
                                           STR_ARG(name))
                              : str_copy(arena, name);
        unsigned char type = type_of(handle, entry);
        if (type == DT_DIR) {
            if (is_passed_by(walk, name))
                continue;
            if (depth_of(path) > FOLDER_DEPTH_LIMIT)
                add_note(arena, walk->notes, path, "lies too deep: not looked into");
            else
                vec_push(arena, &walk->open, path);
            continue;
        }
        if (walk->out->count >= FOUND_LIMIT)
            return too_many(why);
        ListedKind kind = type == DT_REG ? LISTED_FILE
                        : type == DT_LNK ? LISTED_LINK
                                         : LISTED_UNKNOWN;
        vec_push(arena, walk->out, (Listed) { path, kind });
    }
    return true;
}

bool listing_from_walk(Arena *arena, Str root, const StrVec *folders, HiddenFolders hidden,
                       ListedVec *out, NoteVec *notes, Error *why)
{
    Walk walk = { .arena = arena, .hidden = hidden, .out = out, .notes = notes };
    bool done = true;

    walk.root = open(str_cstr(arena, root), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (walk.root < 0)
        return error_set_errno(why, "cannot open " STR_FORMAT, STR_ARG(root));
    for (size_t i = 0; i < folders->count && done; i++) {
        done = walk_folder(&walk, folders->items[i], true, why);
        while (done && walk.open.count)
            done = walk_folder(&walk, walk.open.items[--walk.open.count], false, why);
    }
    close(walk.root);
    return done;
}
