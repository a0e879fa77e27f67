#include "reports/check_text.h"

#include <stdlib.h>

#include "analyzers/intake/utf8.h"
#include "reports/printable.h"

enum { LINE_WIDTH = 110, LINE_LEAD = 40 };

typedef struct Writer {
    Arena *arena;
    Buf    out;
    Colors colors;
} Writer;

static void paint(Writer *writer, const char *code)
{
    if (writer->colors == COLORS_ANSI)
        buf_format(&writer->out, "\x1b[%sm", code);
}

static void put_painted(Writer *writer, const char *code, Str text)
{
    paint(writer, code);
    buf_add(&writer->out, text);
    paint(writer, "0");
}

static void put_place(Writer *writer, const Source *source, uint32_t at)
{
    Position position = source_position(source, at);

    buf_format(&writer->out, STR_FORMAT ":%u:%u", STR_ARG(printable(writer->arena, source->path)),
               position.line, position.column);
}

/* A line as it may be shown, and where a range of it then lies. */
typedef struct Shown {
    Str      text;
    uint32_t lo, hi;
} Shown;

static uint32_t masked_place(const SecretVec *secrets, uint32_t at)
{
    enum { MASK = 3 };
    int64_t shift = 0;

    vec_each(secret, secrets) {
        if (at >= secret->password_hi)
            shift += MASK - ((int64_t)secret->password_hi - secret->password_lo);
        else if (at > secret->password_lo)
            return (uint32_t)(secret->password_lo + shift);
    }
    return (uint32_t)(at + shift);
}

static Shown without_secrets(Arena *arena, Str line, uint32_t lo, uint32_t hi)
{
    SecretVec secrets = secrets_scan(arena, line);

    return (Shown) { secrets_mask(arena, line), masked_place(&secrets, lo),
                    masked_place(&secrets, hi) };
}

/* A tab is one column, like any other character. */
static Str without_tabs(Arena *arena, Str text)
{
    char *bytes = str_cstr(arena, text);

    for (size_t i = 0; i < text.len; i++)
        if (bytes[i] == '\t')
            bytes[i] = ' ';
    return printable(arena, (Str) { bytes, text.len });
}

/* The last (or first) characters of a text, with a mark for what is left out. */
static Str last_of(Arena *arena, Str text, size_t width)
{
    size_t count = utf8_count(text), at = 0;

    if (count <= width)
        return text;
    for (size_t passed = 0; passed < count - width; passed++)
        utf8_next(text, &at);
    return str_format(arena, "\xE2\x80\xA6" STR_FORMAT, STR_ARG(str_slice(text, at, text.len)));
}

static void repeat(Buf *out, char c, size_t count)
{
    while (count--)
        buf_add_char(out, c);
}

static void put_source(Writer *writer, const Finding *finding)
{
    Arena   *arena = writer->arena;
    uint32_t line  = source_line_of(finding->source, finding->lo),
             start = finding->source->lines[line - 1];
    Str      text  = source_line(finding->source, line);
    uint32_t lo = finding->lo - start, hi = finding->hi - start;

    lo            = lo > text.len ? (uint32_t)text.len : lo;
    hi            = hi > text.len ? (uint32_t)text.len : hi;
    Shown  shown  = without_secrets(arena, text, lo, hi);
    Str    before = without_tabs(arena, str_slice(shown.text, 0, shown.lo));
    Str    within = without_tabs(arena, str_slice(shown.text, shown.lo, shown.hi));
    Str    after  = without_tabs(arena, str_slice(shown.text, shown.hi, shown.text.len));
    size_t margin = str_format(arena, "%u", line).len;
    if (utf8_count(before) + utf8_count(within) > LINE_WIDTH)
        before = last_of(arena, before, LINE_LEAD);
    within       = shortened(arena, within, LINE_WIDTH);
    size_t used  = utf8_count(before) + utf8_count(within);
    after        = shortened(arena, after, used < LINE_WIDTH ? LINE_WIDTH - used : 1);
    buf_format(&writer->out, "  %u | " STR_FORMAT STR_FORMAT STR_FORMAT "\n", line, STR_ARG(before),
               STR_ARG(within), STR_ARG(after));
    repeat(&writer->out, ' ', 2 + margin);
    buf_add(&writer->out, STR(" | "));
    repeat(&writer->out, ' ', utf8_count(before));
    size_t carets = utf8_count(within);
    paint(writer, "1;32");
    buf_add_char(&writer->out, '^');
    repeat(&writer->out, '~', carets ? carets - 1 : 0);
    paint(writer, "0");
    buf_add_char(&writer->out, '\n');
}

static void put_fix(Writer *writer, const Finding *finding)
{
    const FindingFix *fix = &finding->fix;
    StrVec            parts = { 0 };

    if (finding->card.len)
        vec_push(writer->arena, &parts,
                 str_format(writer->arena, "card " STR_FORMAT, STR_ARG(finding->card)));
    Str how = str_format(writer->arena, "%s%s" STR_FORMAT "%s" STR_FORMAT,
                         fix_safety_name(fix->safety), fix->title.len ? ": " : "",
                         STR_ARG(fix->title), fix->reason.len ? "; " : "", STR_ARG(fix->reason));
    vec_push(writer->arena, &parts, str_format(writer->arena, "fix " STR_FORMAT, STR_ARG(how)));
    Str line = str_join(writer->arena, &parts, STR(", "));
    buf_format(&writer->out, "  = " STR_FORMAT "\n", STR_ARG(printable(writer->arena, line)));
}

static void put_finding(Writer *writer, const Finding *finding)
{
    static const char *const colors[] = { "1;31", "1;33", "1;36" };

    paint(writer, "1");
    put_place(writer, finding->source, finding->lo);
    paint(writer, "0");
    buf_add(&writer->out, STR(": "));
    put_painted(writer, colors[finding->severity], str_of(severity_name(finding->severity)));
    buf_format(&writer->out, " %s " STR_FORMAT "%s\n", finding->rule->id,
               STR_ARG(printable(writer->arena, finding->message)),
               finding->certainty == CERTAINTY_MAYBE ? " (maybe)" : "");
    put_source(writer, finding);
    vec_each(note, &finding->notes) {
        buf_add(&writer->out, STR("  "));
        put_place(writer, note->source, note->at);
        buf_format(&writer->out, ": " STR_FORMAT "\n",
                   STR_ARG(printable(writer->arena, note->message)));
    }
    put_fix(writer, finding);
    buf_add_char(&writer->out, '\n');
}

static void put_count(Buf *out, size_t count, const char *one)
{
    buf_format(out, "%zu %s%s", count, one, count == 1 ? "" : "s");
}

static void put_summary(Writer *writer, const CheckResult *result)
{
    size_t by_severity[3] = { 0 }, by_safety[3] = { 0 };

    vec_each(finding, result->findings) {
        by_severity[(*finding)->severity]++;
        by_safety[(*finding)->fix.safety]++;
    }
    put_count(&writer->out, result->findings->count, "finding");
    if (result->findings->count) {
        const char *mark = " (";
        for (int i = SEVERITY_ERROR; i <= SEVERITY_INFO; i++) {
            if (by_severity[i] == 0)
                continue;
            buf_add(&writer->out, str_of(mark));
            put_count(&writer->out, by_severity[i], severity_name((Severity)i));
            mark = ", ";
        }
        buf_format(&writer->out, "; fix: %zu safe, %zu unsafe, %zu manual)", by_safety[FIX_SAFE],
                   by_safety[FIX_UNSAFE], by_safety[FIX_MANUAL]);
    }
    buf_add(&writer->out, STR(" in "));
    put_count(&writer->out, result->files, "file");
    buf_add_char(&writer->out, '\n');
}

Str check_text(Arena *arena, const CheckResult *result, Colors colors)
{
    Writer writer = { .arena = arena, .out = buf_new(arena), .colors = colors };

    vec_each(finding, result->findings)
        put_finding(&writer, *finding);
    put_summary(&writer, result);
    return buf_str(&writer.out);
}

/* -- figures --------------------------------------------------------------------------------- */

typedef struct RuleCount {
    const Rule *rule;
    size_t      count;
} RuleCount;

static int by_count(const void *a, const void *b)
{
    const RuleCount *x = a, *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->rule->id, y->rule->id);
}

Str check_statistics(Arena *arena, const CheckResult *result)
{
    Vec(RuleCount) counts = { 0 };
    Buf out               = buf_new(arena);

    vec_each(finding, result->findings) {
        RuleCount *known = NULL;
        vec_each(count, &counts)
            if (count->rule == (*finding)->rule)
                known = count;
        if (known)
            known->count++;
        else
            vec_push(arena, &counts, (RuleCount) { (*finding)->rule, 1 });
    }
    vec_sort(&counts, by_count);
    vec_each(count, &counts)
        buf_format(&out, "%6zu  %-32s %s\n", count->count, count->rule->id, count->rule->summary);
    Writer writer = { .arena = arena, .out = out, .colors = COLORS_NONE };
    put_summary(&writer, result);
    return buf_str(&writer.out);
}
