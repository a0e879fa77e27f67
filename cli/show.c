/* `show STAGE FILE`: prints a stage of the analysis of one file, for debugging and for tests. */
#include "cli/output.h"
#include "cli/show_stage.h"

typedef struct Stage {
    const char *word;
    void (*print)(const Stages *in, Buf *out);
} Stage;

static const Stage stages[] = {
    { "tree", show_tree },           { "scopes", show_scopes }, { "roles", show_roles },
    { "sqltext", show_sqltext },     { "callsites", show_callsites },
    { "units", show_units },
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
    return error_set(why, "there is no stage " STR_FORMAT "; the stages are: " STR_FORMAT, STR_ARG(word), STR_ARG(known));
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
    files.words = (StrVec) { 0 };
    vec_push(arena, &files.words, options->words.items[1]);
    if (!session_for(arena, &files, SESSION_PORTS, PARSE_NAMED, TEXTS_NONE, &session, &why))
        return failed(&why);
    const Module *module = asked_module(&session);
    Buf           out    = buf_new(arena);
    if (module)
        stage->print(&(Stages) { arena, &session, module }, &out);
    int status = result_write(options, buf_str(&out), STATUS_CLEAN);
    status     = session_report(options, &session, status);
    session_close(&session);
    return status;
}
