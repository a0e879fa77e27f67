#include "reports/sql_script.h"

#include "reports/printable.h"
#include "reports/sql_outside.h"

typedef struct Writing {
    Buf  out;
    Str  newline;
    Prover *prover;
    bool in_comment; /* the line we are on is a `--` comment of ours */
} Writing;

/* -- lines ----------------------------------------------------------------------------------- */

static Str newline_of(Str text)
{
    size_t at = str_find_char(text, '\n');

    return at != STR_NOT_FOUND && at > 0 && text.ptr[at - 1] == '\r' ? STR("\r\n") : STR("\n");
}

/* What the line begins with, if so far it is only blanks. */
static bool is_indent(Str out, Str *indent)
{
    size_t at   = str_rfind_char(out, '\n');
    Str    line = str_slice(out, at == STR_NOT_FOUND ? 0 : at + 1, out.len);

    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] != ' ' && line.ptr[i] != '\t')
            return false;
    *indent = line;
    return true;
}

/* Or with a comment of its own. */
static bool begins_with_line_end(Str text)
{
    size_t at = 0;

    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    text = str_slice(text, at, text.len);
    return str_starts_with(text, STR("\n")) || str_starts_with(text, STR("\r\n")) || str_starts_with(text, STR("--"));
}

/* What follows a comment of ours must not become part of it. */
static void leave_comment(Writing *writing, Str next)
{
    if (writing->in_comment && !begins_with_line_end(next))
        buf_add(&writing->out, writing->newline);
    writing->in_comment = false;
}

/* Postgres ends a comment at a carriage return as well. */
static void add_as_comment(Writing *writing, Str text)
{
    buf_add(&writing->out, STR("-- "));
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        buf_add_char(&writing->out, c);
        if (c == '\n' || (c == '\r' && !(i + 1 < text.len && text.ptr[i + 1] == '\n')))
            buf_add(&writing->out, STR("-- "));
    }
    writing->in_comment = true;
}

/* -- one statement --------------------------------------------------------------------------- */

typedef enum Side { SIDE_BEFORE, SIDE_BEHIND } Side;

/* The text on one side of the place, with the edits that begin there. */
static Str spliced(Arena *arena, const Translation *got, uint32_t place, Side side)
{
    EditVec  edits = { 0 };
    uint32_t lo    = side == SIDE_BEFORE ? 0 : place;
    Str      text  = str_slice(got->text, lo, side == SIDE_BEFORE ? place : got->text.len);

    vec_each(edit, &got->edits)
        if ((edit->lo < place) == (side == SIDE_BEFORE))
            vec_push(arena, &edits, (Edit) { edit->lo - lo, edit->hi - lo, edit->text });
    return edit_splice(arena, text, &edits);
}

/* Says that what follows is no SQL of SQLite's any more. */
#define ALONE STR("-- lite2pg: the next statement is for Postgres alone")

static StrVec finding_lines(Arena *arena, const Translation *got)
{
    StrVec out = { 0 };

    if (got->target == SQL_TARGET_POSTGRES)
        vec_push(arena, &out, ALONE);
    vec_each(remark, &got->remarks) {
        if (!remark_is_finding(remark))
            continue;
        Str  line = printable(arena, str_format(arena, "-- lite2pg: %s " STR_FORMAT, remark->code,
                                                STR_ARG(remark->message)));
        bool told = false;
        vec_each(other, &out)
            told = told || str_eq(*other, line);
        if (!told)
            vec_push(arena, &out, line);
    }
    return out;
}

static void add_findings(Arena *arena, Writing *writing, const Translation *got, Str before)
{
    StrVec lines  = finding_lines(arena, got);
    Str    indent = STR("");

    if (!is_indent(buf_str(&writing->out), &indent) && (lines.count || got->target == SQL_TARGET_NONE))
        buf_add(&writing->out, writing->newline);
    indent = str_copy(arena, indent);
    vec_each(line, &lines) {
        if (str_contains(before, *line))
            continue;
        buf_add(&writing->out, *line);
        buf_add(&writing->out, writing->newline);
        buf_add(&writing->out, indent);
    }
}

/* Whether the words stand there as a line of their own. */
static bool says_alone(Str before)
{
    size_t at = str_find(before, ALONE);

    if (at == STR_NOT_FOUND)
        return false;
    Str rest = str_slice(before, at + ALONE.len, before.len);
    return rest.len == 0 || rest.ptr[0] == '\n' || rest.ptr[0] == '\r';
}

/* `text`: what stands before the statement, and the statement with its semicolon. */
static bool add_statement(Arena *arena, Writing *writing, Str text, size_t before_len, const TranslateOptions *options)
{
    if (says_alone(str_slice(text, 0, before_len))) { /* translated already */
        leave_comment(writing, text);
        buf_add(&writing->out, text);
        return true;
    }
    Translation got  = sql_translate_outside(arena, writing->prover, text, options);
    uint32_t    from = got.sql.statements.count ? got.sql.statements.items[0].lo : 0;

    Str before = spliced(arena, &got, from, SIDE_BEFORE);
    leave_comment(writing, before);
    buf_add(&writing->out, before);
    add_findings(arena, writing, &got, before);
    if (got.target == SQL_TARGET_NONE)
        add_as_comment(writing, str_slice(text, from, text.len));
    else
        buf_add(&writing->out, spliced(arena, &got, from, SIDE_BEHIND));
    return got.target != SQL_TARGET_NONE;
}

/* -- the text -------------------------------------------------------------------------------- */

static void add_rest(Arena *arena, Writing *writing, Str text)
{
    Translation got = sql_translate(arena, text, &(TranslateOptions) { .plain_colons = true });

    if (str_trim(text).len)
        leave_comment(writing, text);
    buf_add(&writing->out, edit_splice(arena, text, &got.edits));
}

SqlScript sql_script_translate(Arena *arena, Prover *prover, Str text, const TranslateOptions *wanted)
{
    TranslateOptions options = *wanted;
    Writing          writing = { .out = buf_new(arena), .newline = newline_of(text), .prover = prover };
    Arena           *whole = arena_open(), *scratch = arena_open();
    Sql              sql  = sql_parse(whole, text);
    SqlScript        out  = { .statements = sql.statements.count, .is_terminated = true };
    uint32_t         done = 0;

    options.plain_colons = true;
    vec_each(statement, &sql.statements) {
        arena_reset(scratch);
        bool added = add_statement(scratch, &writing, str_slice(text, done, statement->end), statement->lo - done,
                                    &options);
        out.refused += !added;
        out.is_terminated = !added || statement->end > statement->hi;
        done = statement->end;
    }
    arena_reset(scratch);
    add_rest(scratch, &writing, str_slice(text, done, text.len));
    arena_close(scratch);
    arena_close(whole);
    out.text = writing.out.len ? buf_str(&writing.out) : STR("");
    return out;
}
