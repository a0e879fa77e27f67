#include "rewriters/edit/diff.h"

#include "base/map.h"

enum {
    CONTEXT        = 3,
    SEARCH_CEILING = 2048,              /* differences on either side before it gets coarse */
    STEP_CEILING   = 100 * 1000 * 1000, /* the same for the work as a whole */
};

static const int64_t NOWHERE = INT64_MIN / 4;

/* The lines of one text, as numbers: equal lines of the two texts have equal numbers. */
typedef struct Side {
    StrVec    lines; /* with their line ends */
    uint32_t *ids;
    bool     *changed;
} Side;

typedef struct Diff {
    Side     before, after;
    int64_t *forward, *backward; /* the furthest line reached on each diagonal */
    int64_t  steps_left;
} Diff;

static void split(Arena *arena, Side *side, Str text, Map *ids)
{
    while (text.len) {
        size_t end = str_find_char(text, '\n');
        end        = end == STR_NOT_FOUND ? text.len : end + 1;
        vec_push(arena, &side->lines, str_slice(text, 0, end));
        text = str_slice(text, end, text.len);
    }
    side->ids     = arena_array(arena, uint32_t, side->lines.count);
    side->changed = arena_array(arena, bool, side->lines.count);
    for (size_t i = 0; i < side->lines.count; i++) {
        void **place = map_place(arena, ids, side->lines.items[i]);
        if (!*place)
            *place = (void *)(uintptr_t)ids->entries.count;
        side->ids[i] = (uint32_t)(uintptr_t)*place;
    }
}

/* Part of both texts: lines a_lo to a_hi of the one, b_lo to b_hi of the other. */
typedef struct Part {
    int64_t a_lo, a_hi, b_lo, b_hi;
} Part;

typedef enum Direction { FROM_START, FROM_END } Direction;

static bool same_line(const Diff *diff, Part part, Direction direction, int64_t x, int64_t y)
{
    const uint32_t *a = diff->before.ids, *b = diff->after.ids;

    return direction == FROM_START ? a[part.a_lo + x] == b[part.b_lo + y]
                                   : a[part.a_hi - 1 - x] == b[part.b_hi - 1 - y];
}

/* How far one gets on diagonal k with d differences; `reach` points at that diagonal's place and
   knows its neighbours with d - 1. NOWHERE if every way there leaves the part. */
static int64_t go_on(Diff *diff, Part part, Direction direction, int64_t *reach, int64_t d,
                     int64_t k)
{
    const int64_t n = part.a_hi - part.a_lo, m = part.b_hi - part.b_lo;
    int64_t       right = k > -d ? reach[-1] + 1 : NOWHERE;
    int64_t       down  = k < d ? reach[1] : NOWHERE;

    if (right > n)
        right = NOWHERE;
    if (down - k > m)
        down = NOWHERE;
    int64_t x = d == 0 ? 0 : right > down ? right : down;
    if (x < 0)
        return *reach = NOWHERE;
    int64_t start = x;
    while (x < n && x - k < m && same_line(diff, part, direction, x, x - k))
        x++;
    diff->steps_left -= x - start + 1;
    return *reach = x;
}

/*
 * Where a shortest way through the part crosses its middle (Myers 1986, section 4b): one search
 * from either end, until they meet. False if they do not within the ceilings.
 */
static bool find_middle(Diff *diff, Part part, int64_t *a_at, int64_t *b_at)
{
    const int64_t n     = part.a_hi - part.a_lo;
    const int64_t delta = n - (part.b_hi - part.b_lo);
    int64_t      *forward = diff->forward + SEARCH_CEILING + 1; /* by diagonal, from here */
    int64_t      *backward = diff->backward + SEARCH_CEILING + 1;

    for (int64_t d = 0; d <= SEARCH_CEILING && diff->steps_left > 0; d++) {
        for (int64_t k = -d; k <= d; k += 2) {
            int64_t x       = go_on(diff, part, FROM_START, forward + k, d, k);
            int64_t opposed = delta - k; /* the same diagonal, counted from the other end */
            if (delta % 2 != 0 && opposed > -d && opposed < d && x >= 0
                && x + backward[opposed] >= n) {
                *a_at = part.a_lo + x;
                *b_at = part.b_lo + x - k;
                return true;
            }
        }
        for (int64_t k = -d; k <= d; k += 2) {
            int64_t x       = go_on(diff, part, FROM_END, backward + k, d, k);
            int64_t opposed = delta - k;
            if (delta % 2 == 0 && opposed >= -d && opposed <= d && x >= 0
                && x + forward[opposed] >= n) {
                *a_at = part.a_hi - x;
                *b_at = part.b_hi - (x - k);
                return true;
            }
        }
    }
    return false;
}

static void mark(bool *changed, int64_t lo, int64_t hi)
{
    for (; lo < hi; lo++)
        changed[lo] = true;
}

/* Each half has at most half the differences, so this goes as deep as they have binary digits. */
static void compare(Diff *diff, Part part)
{
    const uint32_t *a = diff->before.ids, *b = diff->after.ids;
    int64_t         a_at, b_at;

    while (part.a_lo < part.a_hi && part.b_lo < part.b_hi && a[part.a_lo] == b[part.b_lo]) {
        part.a_lo++;
        part.b_lo++;
    }
    while (part.a_lo < part.a_hi && part.b_lo < part.b_hi
           && a[part.a_hi - 1] == b[part.b_hi - 1]) {
        part.a_hi--;
        part.b_hi--;
    }
    if (part.a_lo < part.a_hi && part.b_lo < part.b_hi && find_middle(diff, part, &a_at, &b_at)) {
        compare(diff, (Part) { part.a_lo, a_at, part.b_lo, b_at });
        compare(diff, (Part) { a_at, part.a_hi, b_at, part.b_hi });
        return;
    }
    mark(diff->before.changed, part.a_lo, part.a_hi);
    mark(diff->after.changed, part.b_lo, part.b_hi);
}

static Diff diff_of(Arena *arena, Str before, Str after)
{
    Diff diff = { .steps_left = STEP_CEILING };
    Map  ids  = { 0 };

    split(arena, &diff.before, before, &ids);
    split(arena, &diff.after, after, &ids);
    diff.forward  = arena_array(arena, int64_t, 2 * SEARCH_CEILING + 4);
    diff.backward = arena_array(arena, int64_t, 2 * SEARCH_CEILING + 4);
    compare(&diff, (Part) { 0, (int64_t)diff.before.lines.count, 0,
                            (int64_t)diff.after.lines.count });
    return diff;
}

/* A group of changed lines: [a, a_end) goes, [b, b_end) comes. */
typedef struct Run {
    size_t a, a_end, b, b_end;
} Run;

/* The next one at or after the position in `run`; false at the end. */
static bool next_run(const Diff *diff, Run *run)
{
    const Side *before = &diff->before, *after = &diff->after;
    size_t      a = run->a_end, b = run->b_end;

    while (a < before->lines.count && b < after->lines.count && !before->changed[a]
           && !after->changed[b]) {
        a++;
        b++;
    }
    *run = (Run) { a, a, b, b };
    while (run->a_end < before->lines.count && before->changed[run->a_end])
        run->a_end++;
    while (run->b_end < after->lines.count && after->changed[run->b_end])
        run->b_end++;
    return run->a < run->a_end || run->b < run->b_end;
}

static void add_line(Buf *out, char sign, Str line)
{
    buf_add_char(out, sign);
    buf_add(out, line);
    if (!str_ends_with(line, STR("\n")))
        buf_add(out, STR("\n\\ No newline at end of file\n"));
}

/* "12,3"; "12" for one line; "11,0" for none, after line 11. */
static void add_range(Buf *out, char sign, size_t lo, size_t hi)
{
    if (hi - lo == 1)
        buf_format(out, "%c%zu", sign, lo + 1);
    else
        buf_format(out, "%c%zu,%zu", sign, hi > lo ? lo + 1 : lo, hi - lo);
}

/* One hunk: the run, those that follow closely, and the lines around them. */
static bool add_hunk(const Diff *diff, Buf *out, Run *run)
{
    const Side *before = &diff->before, *after = &diff->after;
    Run         first = *run, last = *run, next = *run;
    bool        more;

    while ((more = next_run(diff, &next)) && next.a - last.a_end <= 2 * CONTEXT)
        last = next;
    size_t lead  = first.a < CONTEXT ? first.a : CONTEXT;
    size_t left  = before->lines.count - last.a_end;
    size_t trail = left < CONTEXT ? left : CONTEXT;

    buf_add(out, STR("@@ "));
    add_range(out, '-', first.a - lead, last.a_end + trail);
    buf_add(out, STR(" "));
    add_range(out, '+', first.b - lead, last.b_end + trail);
    buf_add(out, STR(" @@\n"));

    size_t a   = first.a - lead;
    Run    now = first;
    for (;;) {
        for (; a < now.a; a++)
            add_line(out, ' ', before->lines.items[a]);
        for (; a < now.a_end; a++)
            add_line(out, '-', before->lines.items[a]);
        for (size_t b = now.b; b < now.b_end; b++)
            add_line(out, '+', after->lines.items[b]);
        if (now.a_end == last.a_end && now.b_end == last.b_end)
            break;
        next_run(diff, &now);
    }
    for (; a < last.a_end + trail; a++)
        add_line(out, ' ', before->lines.items[a]);
    *run = next;
    return more;
}

/* Names with bytes that would spoil the line are quoted as in C, as git does it. */
static void add_name(Buf *out, const char *prefix, Str path)
{
    bool quote = false, blank = false;

    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        quote |= c < ' ' || c == '"' || c == '\\' || c == 0x7F;
        blank |= c == ' ';
    }
    if (!quote) {
        buf_format(out, "%s" STR_FORMAT "%s", prefix, STR_ARG(path), blank ? "\t" : "");
        return;
    }
    buf_format(out, "\"%s", prefix);
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if (c == '"' || c == '\\')
            buf_format(out, "\\%c", c);
        else if (c < ' ' || c == 0x7F)
            buf_format(out, "\\%03o", c);
        else
            buf_add_char(out, (char)c);
    }
    buf_add_char(out, '"');
}

/* A new file without a line has no hunk; only git's own header can tell of it. */
static Str empty_file(Arena *arena, Str path)
{
    Buf out = buf_new(arena), name = buf_new(arena);

    buf_add(&out, STR("diff --git "));
    add_name(&out, "a/", path);
    if (out.ptr[out.len - 1] == '\t')
        out.len--;
    buf_add_char(&out, ' ');
    add_name(&name, "b/", path);
    buf_add(&out, name.ptr[name.len - 1] == '\t' ? str_slice(buf_str(&name), 0, name.len - 1)
                                                 : buf_str(&name));
    buf_add(&out, STR("\nnew file mode 100644\n"));
    return buf_str(&out);
}

Str diff_unified(Arena *arena, Str path, Str before, Str after)
{
    if (!before.ptr && after.len == 0)
        return empty_file(arena, path);
    if (str_eq(before, after))
        return STR("");
    Arena *scratch = arena_open();
    Diff   diff    = diff_of(scratch, before, after);
    Buf    out     = buf_new(scratch);
    Run    run     = { 0 };

    buf_add(&out, STR("--- "));
    if (before.ptr)
        add_name(&out, "a/", path);
    else
        buf_add(&out, STR("/dev/null"));
    buf_add(&out, STR("\n+++ "));
    add_name(&out, "b/", path);
    buf_add_char(&out, '\n');
    for (bool more = next_run(&diff, &run); more;)
        more = add_hunk(&diff, &out, &run);

    Str text = str_copy(arena, buf_str(&out));
    arena_close(scratch);
    return text;
}

DiffSize diff_size(Str before, Str after)
{
    Arena   *scratch = arena_open();
    Diff     diff    = diff_of(scratch, before, after);
    DiffSize size    = { 0 };

    for (size_t i = 0; i < diff.before.lines.count; i++)
        size.removed += diff.before.changed[i];
    for (size_t i = 0; i < diff.after.lines.count; i++)
        size.added += diff.after.changed[i];
    arena_close(scratch);
    return size;
}
