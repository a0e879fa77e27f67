/*
 * `sql`: translates statements. As text, or (--jsonl) a request and a reply on each line.
 *
 * A statement that is refused is an answer; a line or a file that cannot be read is none, and the
 * exit status is then that of a job that could not be done, after all the others were.
 */
#include "base/own.h"
#include "cli/output.h"
#include "cli/sql_lines.h"
#include "cli/schema_source.h"
#include "cli/sql_schema.h"
#include "reports/sql_define.h"
#include "reports/sql_json.h"
#include "reports/sql_outside.h"
#include "reports/sql_script.h"

OWN_BY(Prover, prover_close)

enum { FLUSH_AT = 256 << 10 };

typedef struct Job {
    const Options *options;
    StrVec         paths;      /* at least one */
    Str            stdin_name;
    const Catalog *catalog;    /* of --schema; or NULL */
    Schemas        schemas;    /* those that lines name */
    Prover        *prover;
    Result         result;
    size_t         refused;
    size_t         failed_count; /* lines without an answer */
    Error          first_failure;
} Job;

/* -- lines ----------------------------------------------------------------------------------- */

static bool catalog_for(Job *job, const SqlRequest *request, const Catalog **out, Error *why)
{
    *out = job->catalog;
    return !request->schema.ptr || schema_find(&job->schemas, request->schema, out, why);
}

static Str reply_to(Arena *arena, Job *job, const SqlRequest *request, bool is_request, Error *why)
{
    TranslateOptions options = { .postgres_alone = !job->options->to_both, .keep_names = true, .number_booleans = true,
                                 .any_limit = true };

    if (!is_request || !catalog_for(job, request, &options.catalog, why))
        return sql_reply_error(arena, request, why);
    Translation got = sql_translate_outside(arena, job->prover, request->sql, &options);
    sql_define(arena, &got, &options);
    job->refused += got.target == SQL_TARGET_NONE;
    why->message[0] = 0;
    return sql_reply(arena, request, &got);
}

static void add_reply(Arena *arena, Job *job, const Lines *lines, size_t number, LineKind kind, Str line, Buf *out)
{
    SqlRequest request = { 0 };
    Error      why;
    bool       is_request = kind == LINE_READ ? sql_request_read(line, &request, &why)
                                              : error_set(&why, "this line has more than %d bytes", LINE_CEILING);

    buf_add(out, reply_to(arena, job, &request, is_request, &why));
    if (why.message[0] && job->failed_count++ == 0)
        error_set(&job->first_failure, STR_FORMAT ":%zu: %s", STR_ARG(lines->name), number, why.message);
    sql_request_close(&request);
}

/* Replies gather until the next request would have to be waited for. */
static bool answer_lines(Job *job, Lines *lines, Error *why)
{
    Arena *scratch = arena_open();
    Buf    out     = buf_new(scratch);
    Str    line;

    for (size_t number = 1;; number++) {
        if (out.len && (out.len > FLUSH_AT || lines_would_wait(lines))) {
            if (!result_add(&job->result, buf_str(&out)))
                break;
            arena_reset(scratch);
            out = buf_new(scratch);
        }
        LineKind kind = lines_next(lines, &line, why);
        if (kind == LINE_NONE)
            break;
        if (kind == LINE_FAILED) {
            arena_close(scratch);
            return false;
        }
        add_reply(scratch, job, lines, number, kind, line, &out);
    }
    if (out.len)
        result_add(&job->result, buf_str(&out));
    arena_close(scratch);
    return true;
}

static bool answer_all(Job *job, Error *why)
{
    vec_each(path, &job->paths) {
        Lines lines;
        if (!lines_open(job->options->arena, *path, job->stdin_name, &lines, why))
            return false;
        bool done = answer_lines(job, &lines, why);
        lines_close(&lines);
        if (!done)
            return false;
    }
    return true;
}

/* -- text ------------------------------------------------------------------------------------ */

static bool read_text(Job *job, Arena *arena, Str path, Str *text, Error *why)
{
    Str raw, name = str_is(path, "-") ? job->stdin_name : path;

    return (str_is(path, "-") ? stdin_read(arena, &raw, why) : named_file_read(arena, path, &raw, why))
        && sql_text_of(name, raw, text, why);
}

/* The statements of the next file are not to run into these. */
static Str end_of_file(const SqlScript *script)
{
    bool ends_line = script->text.len == 0 || str_ends_with(script->text, STR("\n"));

    return script->is_terminated ? (ends_line ? STR("") : STR("\n")) : (ends_line ? STR(";\n") : STR("\n;\n"));
}

static bool translate_file(Job *job, Str path, bool is_last, Error *why)
{
    Arena *arena = arena_open();
    Str    text;
    bool   is_read = read_text(job, arena, path, &text, why);

    if (is_read) {
        SqlScript script = sql_script_translate(arena, job->prover, text, &(TranslateOptions) { .catalog = job->catalog,
                                                                                 .postgres_alone = !job->options->to_both });
        job->refused += script.refused;
        result_add(&job->result, script.text);
        if (!is_last)
            result_add(&job->result, end_of_file(&script));
    }
    arena_close(arena);
    return is_read;
}

static bool translate_all(Job *job, Error *why)
{
    for (size_t i = 0; i < job->paths.count; i++)
        if (!translate_file(job, job->paths.items[i], i + 1 == job->paths.count, why))
            return false;
    return true;
}

/* -- the command ----------------------------------------------------------------------------- */

static bool read_paths(Job *job, Error *why)
{
    const Options *options = job->options;

    job->paths = options->words;
    if (job->paths.count == 0)
        vec_push(options->arena, &job->paths, STR("-"));
    vec_each(path, &job->paths)
        if (str_is(*path, "-") && job->paths.count > 1)
            return error_set(why, "`-` reads one file from standard input: give no other path with it");
    job->stdin_name = options->stdin_filename.len ? options->stdin_filename : STR("standard input");
    return true;
}

static bool read_schemas(Job *job, Error *why)
{
    Arena   *arena   = job->options->arena;
    Catalog *catalog = arena_new(arena, Catalog);

    job->schemas = (Schemas) { .arena = arena };
    vec_each(path, &job->options->schemas)
        if (!schema_add_named(arena, catalog, *path, why))
            return error_set(why, "--schema %s", str_cstr(arena, str_of(why->message)));
    schema_weigh(arena, catalog);
    job->catalog = job->options->schemas.count ? catalog : NULL;
    return true;
}

static int status_of(const Job *job)
{
    if (job->failed_count)
        return STATUS_FAILED;
    return job->refused && option_given(job->options, OPTION_STRICT) ? STATUS_FINDINGS : STATUS_CLEAN;
}

int run_sql(const Options *options)
{
    OWN(Prover) prover = prover_open();
    Job   job = { .options = options, .prover = prover };
    Error why;

    if (!read_paths(&job, &why) || !read_schemas(&job, &why) || !result_open(options, &job.result, &why))
        return failed(&why);
    if (!(option_given(options, OPTION_JSONL) ? answer_all(&job, &why) : translate_all(&job, &why))) {
        result_drop(&job.result);
        return failed(&why);
    }
    int status = result_close(&job.result, status_of(&job));
    if (job.failed_count == 1)
        message("%s", job.first_failure.message);
    else if (job.failed_count)
        message("%zu lines have no answer; the first: %s", job.failed_count, job.first_failure.message);
    return status;
}
