/* `show STAGE FILE`: prints a stage of the analysis of one file, for debugging and for tests. */
#include "cli/output.h"
#include "cli/show_stage.h"

typedef struct Stage {
    const char *word;
    void (*print)(const Stages *in, Buf *out);
    void (*print_sql)(const Stages *in,
                      Buf          *out); /* of a file of SQL; NULL if it has no such stage */
} Stage;

static const Stage stages[] = {
    { "tokens", show_tokens, show_sql_tokens },
    { "tree", show_tree, show_sql_tree },
    { "scopes", show_scopes, NULL },
    { "roles", show_roles, NULL },
    { "sqltext", show_sqltext, NULL },
    { "callsites", show_callsites, NULL },
    { "units", show_units, NULL },
    { "catalog", show_catalog, show_sql_catalog },
};

static const Stage *stage_find(Str word)
{
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        if (str_is(word, stages[i].word))
            return &stages[i];
    return NULL;
}

static bool no_such_stage(Arena *arena, Str word, Error *why)
{
    StrVec words = { 0 };

    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        vec_push(arena, &words, str_of(stages[i].word));
    Str known = str_join(arena, &words, STR(" "));
    return error_set(why, "there is no stage " STR_FORMAT "; the stages are: " STR_FORMAT,
                     STR_ARG(word), STR_ARG(known));
}

/* The module of the one file that was asked for. */
static const Module *asked_module(const Session *session)
{
    vec_each(entry, &session->selected.entries) {
        const Module *module = session_module(session, entry->key);
        if (module)
            return module;
    }
    return NULL;
}

static int show_sql_file(const Options *options, const Stage *stage, Str path)
{
    Stages in  = { .arena = options->arena };
    Buf    out = buf_new(options->arena);
    Error  why;

    if (!stage->print_sql) {
        message("a file of SQL has no stage %s", stage->word);
        return STATUS_FAILED;
    }
    if (!source_read(options->arena, STR("."), path, &in.sql, &why))
        return failed(&why);
    stage->print_sql(&in, &out);
    return result_write(options, buf_str(&out), STATUS_CLEAN);
}

int run_show(const Options *options)
{
    Arena  *arena = options->arena;
    Options files = *options;
    Session session;
    Error   why;

    if (options->words.count != 2) {
        message("show needs a stage and a file: lite2pg show callsites FILE");
        return STATUS_FAILED;
    }
    const Stage *stage = stage_find(options->words.items[0]);
    if (!stage) {
        no_such_stage(arena, options->words.items[0], &why);
        return failed(&why);
    }
    if (str_ends_with(options->words.items[1], STR(".sql")))
        return show_sql_file(options, stage, options->words.items[1]);
    files.words = (StrVec) { 0 };
    vec_push(arena, &files.words, options->words.items[1]);
    if (!session_for(arena, &files, SESSION_PORTS, PARSE_NAMED, TEXTS_NONE, &session, &why))
        return failed(&why);
    const Module *module = asked_module(&session);
    Buf           out    = buf_new(arena);
    if (module)
        stage->print(&(Stages) { .arena = arena, .session = &session, .module = module }, &out);
    int status = result_write(options, buf_str(&out), STATUS_CLEAN);
    status     = session_report(options, &session, status);
    session_close(&session);
    return status;
}
