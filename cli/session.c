#include "cli/session.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "cli/reading.h"
#include "cli/schema_source.h"

typedef struct Opening {
    Session              *session;
    const SessionOptions *options;
    Arena                *scratch; /* one file */
    Str                   stdin_path;
    FoundVec              every; /* files of any kind, if they were asked for */
    FileStateVec          files; /* of Python; no longer added to once they are read */
    Map                   python; /* their paths */
    CarrierVec            guessed; /* of the modules so far */
    size_t                guessed_of;
} Opening;

/* Of the model, and of what only one thread makes of it. */
static Arena *model_arena(Session *session)
{
    return workers_arena(&session->workers, 0);
}

static void tell(Opening *run, NoteVec *notes, Str path, const char *message)
{
    Arena *arena = run->session->arena;

    vec_push(arena, notes, (Note) { path, str_copy(arena, str_of(message)) });
}

static bool is_named(const Opening *run, Str path)
{
    const FoundFile *file = map_find(&run->session->selected, path);
    return file && file->named;
}

/* What the user names may be anything: a file without an ending is taken for Python. */
static bool looks_like_python(Str path)
{
    size_t slash = str_rfind_char(path, '/');
    Str    name  = slash == STR_NOT_FOUND ? path : str_slice(path, slash + 1, path.len);

    return str_ends_with(name, STR(".py")) || str_ends_with(name, STR(".pyw"))
        || str_ends_with(name, STR(".pyi")) || str_find_char(name, '.') == STR_NOT_FOUND;
}

static bool is_refused(const FileState *file)
{
    return file->outcome == OUTCOME_UNREADABLE || file->outcome == OUTCOME_UNFIT;
}

/* A file that cannot be opened is an error; one that is merely unfit to be analysed is an error
 * only where the user named it. */
static void tell_refusals(Opening *run)
{
    Session *session = run->session;

    vec_each(file, &run->files) {
        bool is_note = file->outcome == OUTCOME_UNFIT && !is_named(run, file->path);
        if (is_refused(file) && !file->is_told)
            vec_push(session->arena, is_note ? &session->notes : &session->errors, (Note) { file->path, file->why });
        file->is_told = is_refused(file);
    }
}

/* Looks at each Python file once: it is to be parsed, or put aside. Tells whether the project is worth it. */
static bool read_python(Opening *run)
{
    Session *session         = run->session;
    Keeping  keeping         = run->options->texts == TEXTS_POSTGRES ? KEEP_POSTGRES : KEEP_NOTHING;
    bool     mentions_sqlite = false;

    vec_each(found, &session->files) {
        map_set(session->arena, &run->python, found->path, found);
        vec_push(session->arena, &run->files,
                 (FileState) { .path     = found->path,
                               .is_named = run->options->parse == PARSE_NAMED && is_named(run, found->path) });
    }
    files_read(&session->readers, &run->files, keeping);
    vec_each(file, &run->files) {
        mentions_sqlite |= file->hits.sqlite3;
        if (file->raw.len)
            vec_push(session->arena, &session->texts, (TextFile) { file->path, file->raw });
    }
    tell_refusals(run);
    return mentions_sqlite || run->options->parse != PARSE_SQLITE;
}

/* Parses what is decoded; false in `any` if nothing was. */
static bool parse_decoded(Opening *run, bool *any, Error *why)
{
    Session   *session = run->session;
    FileRefVec decoded = { 0 };

    vec_each(file, &run->files)
        if (file->outcome == OUTCOME_DECODED)
            vec_push(session->arena, &decoded, file);
    files_parse(session->arena, &session->readers, &decoded);
    vec_each(file, &decoded) {
        if (is_refused(*file))
            return error_set(why, STR_FORMAT, STR_ARG((*file)->why));
        project_take(&session->project, (*file)->module);
    }
    *any = decoded.count > 0;
    return true;
}

/* One thread builds the model; the others parse what may be needed next. */
static void solve(Opening *run)
{
    Session *session = run->session;

    if (session->readers.jobs > 1)
        carriers_guess(session->arena, &session->project, run->guessed_of, &run->guessed);
    run->guessed_of = session->project.modules.count;
    Pool *ahead     = files_parse_ahead(session->arena, &session->readers, &run->files, &run->guessed, run->guessed_of);
    workers_reset(&session->workers);
    session->model = model_build(model_arena(session), &session->project);
    session->calls = callsites_find(&session->workers, session->model);
    pool_stop(ahead);
}

/* What the last round's findings lead to. */
typedef struct Leads {
    Session   *session;
    CarrierVec carriers;
    Wanted     wanted;
} Leads;

static void follow(void *data, unsigned worker, size_t index)
{
    Leads   *leads   = data;
    Session *session = leads->session;
    Arena   *arena   = workers_arena(&session->workers, worker);

    if (index == 0)
        leads->carriers = carriers_find(arena, session->model, &session->calls);
    else
        wanted_find(arena, session->model, &session->calls, &leads->wanted);
}

/* Decodes the files that the last round's findings lead to. */
static void wake(Opening *run, Map *known)
{
    Session *session = run->session;
    Leads    leads   = { .session = session };

    pool_run(session->workers.jobs, 2, 1, follow, &leads);
    CarrierVec fresh = carriers_new(session->arena, &leads.carriers, known);
    files_wake(&session->readers, &run->files, &fresh, &leads.wanted);
    tell_refusals(run);
}

static void tell_partial(Opening *run, const char *message)
{
    tell(run, &run->session->notes, STR("."), message);
    run->session->is_partial = true;
}

static bool link_project(Opening *run, Error *why)
{
    Session *session = run->session;
    Map      known   = { 0 };
    bool     any;

    if (!parse_decoded(run, &any, why))
        return false;
    solve(run);
    for (int round = 0; round < LINK_ROUNDS && any; round++) {
        if (workers_used(&session->workers) >> 20 > LINK_MEGABYTES) {
            tell_partial(run, "too large to be linked as a whole: files that only pass connections on may be missed, "
                              "and nothing is called safe; run lite2pg in the folders that belong together");
            break;
        }
        wake(run, &known);
        if (!parse_decoded(run, &any, why))
            return false;
        if (any)
            solve(run);
    }
    if (any && !session->is_partial)
        tell_partial(run, "files pass connections on through more of them than are followed: calls may be missed, "
                          "and nothing is called safe");
    if (!model_is_whole(session->model))
        tell_partial(run, "too large to be followed to its end: calls may be missed, and nothing is called safe; "
                          "run lite2pg in the folders that belong together");
    return true;
}

/* Files of every other kind that were asked for; `every` are those of the whole project. */
static void read_texts(Opening *run)
{
    Session        *session = run->session;
    DiscoverOptions how     = { .include  = session->config.include,
                                .exclude  = session->config.exclude,
                                .all_text = true };
    FoundVec        found   = run->every;
    NoteVec         notes   = { 0 };
    Error           why;

    if (run->options->reads_stdin) {
        found = (FoundVec) { 0 };
        vec_push(session->arena, &found, (FoundFile) { run->stdin_path, true });
    } else if (!session->selects_all
               && !discover(session->arena, session->root, &run->options->paths, &how, &found,
                            &notes, &why)) {
        tell(run, &session->errors, STR(""), why.message);
        return;
    }
    TextStateVec texts = { 0 };
    vec_each(file, &found) {
        if (!session->selects_all && !map_find(&session->selected, file->path))
            map_set(session->arena, &session->selected, file->path, file);
        vec_push(session->arena, &texts,
                 (TextState) { .path = file->path, .is_skipped = map_find(&run->python, file->path) != NULL });
    }
    texts_read(&session->readers, &texts);
    for (size_t i = 0; i < texts.count; i++) {
        const TextState *text = &texts.items[i];
        if (text->raw.len)
            vec_push(session->arena, &session->texts, (TextFile) { text->path, text->raw });
        else if (text->is_unreadable && found.items[i].named)
            tell(run, &session->errors, text->path, text->why.ptr);
    }
}

/* Every file of the project, for those who look at more than Python. */
static bool list_every_file(Opening *run, Arena *arena, Error *why)
{
    Session        *session = run->session;
    DiscoverOptions how     = { .include  = session->config.include,
                                .exclude  = session->config.exclude,
                                .all_text = true };
    StrVec          all     = { 0 };
    NoteVec         notes   = { 0 };

    return discover(arena, session->root, &all, &how, &run->every, &notes, why);
}

/* Puts a file into the sorted list unless it stands there. */
static void add_file(Session *session, FoundFile file)
{
    size_t at = 0;

    while (at < session->files.count && str_compare(session->files.items[at].path, file.path) < 0)
        at++;
    if (at < session->files.count && str_eq(session->files.items[at].path, file.path)) {
        session->files.items[at].named |= file.named;
        return;
    }
    vec_push(session->arena, &session->files, file);
    memmove(session->files.items + at + 1, session->files.items + at,
            (session->files.count - 1 - at) * sizeof(FoundFile));
    session->files.items[at] = file;
}

static void select_file(Session *session, FoundFile file)
{
    FoundFile *kept = arena_new(session->arena, FoundFile);

    *kept = file;
    map_set(session->arena, &session->selected, kept->path, kept);
    add_file(session, file);
}

/* Where the file on standard input lies below the root; the name itself if nowhere. */
static Str place_of_stdin(const Session *session, Str name)
{
    char real[4096];

    if (!name.len)
        return STR("<stdin>");
    if (name.ptr[0] != '/' && realpath(".", real)) {
        Str whole = str_format(session->arena, "%s/" STR_FORMAT, real, STR_ARG(name));
        Str root  = str_format(session->arena, STR_FORMAT "/", STR_ARG(session->root));
        if (str_starts_with(whole, root))
            return str_slice(whole, root.len, whole.len);
    }
    return name;
}

static bool find_files(Opening *run, Error *why)
{
    Session              *session = run->session;
    const SessionOptions *options = run->options;
    DiscoverOptions       how     = { .include = session->config.include,
                                      .exclude = session->config.exclude };
    StrVec                all     = { 0 };
    FoundVec              named   = { 0 };
    NoteVec               notes   = { 0 };

    session->selects_all = options->paths.count == 0 && !options->reads_stdin;
    if (!discover(session->arena, session->root, &all, &how, &session->files, &session->notes, why))
        return false;
    if (options->reads_stdin) {
        run->stdin_path = place_of_stdin(session, options->stdin_filename);
        FoundFile *file = arena_new(session->arena, FoundFile);
        *file           = (FoundFile) { run->stdin_path, true };
        if (looks_like_python(run->stdin_path))
            select_file(session, *file);
        else
            map_set(session->arena, &session->selected, file->path, file);
        return true;
    }
    if (session->selects_all)
        return true;
    if (!discover(session->arena, session->root, &options->paths, &how, &named, &notes, why))
        return false;
    vec_each(file, &named)
        if (looks_like_python(file->path))
            select_file(session, *file);
    session->notes = notes; /* of the rest of the project nobody asked */
    return true;
}

/* Two lists that know nothing of each other. */
typedef struct Lists {
    Opening *run;
    bool     is_done[2];
    Error    why[2];
} Lists;

static void list_one(void *data, unsigned worker, size_t index)
{
    Lists *lists = data;
    Arena *arena = readers_arena(&lists->run->session->readers, worker);

    lists->is_done[index] = index == 0 ? find_files(lists->run, &lists->why[index])
                                       : list_every_file(lists->run, arena, &lists->why[index]);
}

static bool list_files(Opening *run, Error *why)
{
    size_t wanted = run->options->texts == TEXTS_POSTGRES ? 2 : 1;
    Lists  lists  = { .run = run };

    pool_run(run->session->readers.jobs, wanted, 1, list_one, &lists);
    for (size_t i = 0; i < wanted; i++)
        if (!lists.is_done[i]) {
            *why = lists.why[i];
            return false;
        }
    return true;
}

static bool read_cards(Opening *run, Error *why)
{
    Session *session = run->session;
    Str      text;

    if (!session->config.cards.len)
        return true;
    return file_read(session->arena, session->root, session->config.cards, &text, why)
        && cards_read(session->arena, session->config.cards, text, &session->cards, why);
}

static bool find_root(Opening *run, Error *why)
{
    const StrVec *paths = &run->options->paths;
    Str           start = paths->count ? paths->items[0] : STR(".");
    struct stat   info;

    /* Of a file, its folder: a link does not lead us to another project. */
    if (paths->count && lstat(str_cstr(run->scratch, start), &info) == 0 && !S_ISDIR(info.st_mode)
        && !(stat(str_cstr(run->scratch, start), &info) == 0 && S_ISDIR(info.st_mode))) {
        size_t slash = str_rfind_char(start, '/');
        start        = slash == STR_NOT_FOUND ? STR(".") : str_slice(start, 0, slash ? slash : 1);
    }
    if (project_root(run->session->arena, start, &run->session->root))
        return true;
    return error_set(why, "no such file or folder: " STR_FORMAT, STR_ARG(start));
}

/* Files that may use sqlite3 and are none that are read: said, so that nobody takes silence for an answer. */
static void name_unread(Opening *run)
{
    static const struct {
        const char *ending, *what;
    } kinds[] = {
        { ".ipynb", "a notebook: its cells are not read" },
        { ".pyi", "a stub: what it declares is not read" },
        { ".py.j2", "a template: what it makes is not read" },
        { ".py.jinja", "a template: what it makes is not read" },
        { ".py.tmpl", "a template: what it makes is not read" },
        { ".pyx", "Cython: it is not read" },
    };

    vec_each(file, &run->every)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            Str   raw;
            Error why;
            if (!str_ends_with(file->path, str_of(kinds[i].ending)))
                continue;
            arena_reset(run->scratch);
            if (bytes_read(&run->session->readers, run->scratch, file->path, &raw, &why) && prefilter(raw).sqlite3)
                tell(run, &run->session->notes, file->path, kinds[i].what);
        }
}

static bool judge(Opening *run, Error *why)
{
    Session *session = run->session;

    units_build(model_arena(session), session->model, &session->calls, &session->units);
    if (run->options->depth == SESSION_CALLS || session->calls.count == 0)
        return true;
    if (run->every.count == 0 && !list_every_file(run, session->arena, why))
        return false;
    name_unread(run);
    if (!schema_read(session, &run->every, why))
        return false;
    PortInputs in = { .model = session->model, .units = &session->units, .config = &session->config,
                      .catalog = &session->catalog, .is_partial = session->is_partial };
    ports_judge(&session->workers, &in, &session->ports);
    return true;
}

static bool open_session(Opening *run, Error *why)
{
    Session              *session = run->session;
    const SessionOptions *options = run->options;

    session->workers.jobs = session->readers.jobs = options->jobs;
    if (!find_root(run, why) || !config_read(session->arena, session->root, &session->config, why)
        || !read_cards(run, why) || !list_files(run, why))
        return false;
    session->readers.root = session->root;
    if (options->reads_stdin) {
        session->readers.stdin_path = run->stdin_path;
        session->readers.stdin_text = options->stdin_text;
    }
    bool worth = read_python(run);
    if (run->options->texts == TEXTS_POSTGRES)
        read_texts(run);
    project_init(session->arena, &session->project);
    if (!worth)
        run->files.count = 0;
    return link_project(run, why) && judge(run, why);
}

bool session_open(Arena *arena, const SessionOptions *options, Session *out, Error *why)
{
    *out        = (Session) { .arena = arena };
    Opening run = { .session = out, .options = options, .scratch = arena_open() };
    bool    ok  = open_session(&run, why);

    arena_close(run.scratch);
    if (!ok)
        session_close(out);
    return ok;
}

void session_close(Session *session)
{
    workers_close(&session->workers);
    readers_close(&session->readers);
}

bool session_selects(const Session *session, Str path)
{
    return session->selects_all || map_find(&session->selected, path) != NULL;
}

size_t session_file_count(const Session *session)
{
    size_t count = 0;

    vec_each(file, &session->files)
        count += session_selects(session, file->path);
    return count;
}

Str session_card(const Session *session, Str path)
{
    const Card *card = session->cards.cards.count ? card_of(&session->cards, path) : NULL;

    return card ? card->id : STR("");
}

const Module *session_module(const Session *session, Str path)
{
    vec_each(module, &session->project.modules)
        if (str_eq((*module)->source.path, path))
            return *module;
    return NULL;
}

static int by_path(const void *a, const void *b, void *data)
{
    const CallsiteVec *calls = data;
    uint32_t           left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    int                order = str_compare(calls->items[left].module->source.path,
                                           calls->items[right].module->source.path);

    return order ? order : left < right ? -1 : left > right;
}

IndexVec session_calls(Arena *arena, const Session *session)
{
    IndexVec out = { 0 };

    for (uint32_t i = 0; i < session->calls.count; i++)
        vec_push(arena, &out, i);
    if (out.count)
        qsort_r(out.items, out.count, sizeof(uint32_t), by_path, (void *)&session->calls);
    return out;
}
