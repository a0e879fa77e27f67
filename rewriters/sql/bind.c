/*
 * TX-04, TX-05: every bind gets a name that text() can read, one name for each value.
 *
 * Binds that are `:name` already keep their names and have the first choice; the others are
 * called after the column they meet, else after what Python calls the value, else p1, p2 ….
 */
#include "rewriters/sql/colon.h"
#include "rewriters/sql/work.h"

typedef struct BindNames {
    Map taken;     /* names */
    Map of_number; /* what the binds with one number share: number as text → its Str */
} BindNames;

static bool is_taken(const BindNames *naming, Str name)
{
    return map_find(&naming->taken, name) != NULL;
}

static Str unique(const Work *w, const BindNames *naming, Str base)
{
    Str name = base;

    for (unsigned i = 2; is_taken(naming, name); i++)
        name = str_format(w->arena, STR_FORMAT "_%u", STR_ARG(base), i);
    return name;
}

/* Bytes beyond ASCII become `_`: which of them Python calls part of a word is not known here. */
static Str word_of(const Work *w, Str name)
{
    Buf out = buf_new(w->arena);

    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        buf_add_char(&out, is_word_char(c) && (unsigned char)c < 0x80 ? c : '_');
    }
    return out.len ? buf_str(&out) : STR("p");
}

/* IN (?, ?, ?): alike, so numbered from 1. */
static bool is_one_of_many(const Bind *bind)
{
    const Node *list  = bind->node ? bind->node->parent : NULL;
    size_t      count = 0;

    if (bind->context != BIND_IN || bind->form == BIND_NAMED || !list || list->kind != NODE_LIST)
        return false;
    node_each(item, list)
        count += item->kind == NODE_BIND;
    return count > 1;
}

/* The name to begin with; empty when nothing suggests itself. */
static Str wanted(const Work *w, const Bind *bind, size_t at)
{
    if (bind->form == BIND_NAMED)
        return word_of(w, bind->name);
    if (bind->suggested.len)
        return bind->suggested;
    if (at < w->options->fallback_count && w->options->fallback_names[at].len)
        return bind_name_of(w->arena, w->options->fallback_names[at]);
    return STR("");
}

static Str numbered(const Work *w, const BindNames *naming, Str base)
{
    for (unsigned i = 1;; i++) {
        Str name = str_format(w->arena, STR_FORMAT "_%u", STR_ARG(base), i);
        if (!is_taken(naming, name))
            return name;
    }
}

static Str plain(const Work *w, const BindNames *naming, uint32_t number)
{
    return unique(w, naming, str_format(w->arena, "p%u", number));
}

/* The name that the caller knows it by already; empty if it is to be chosen. */
static Str given(const Work *w, const Bind *bind, size_t at)
{
    return bind->form != BIND_NAMED && at < w->options->given_count ? w->options->given_names[at] : STR("");
}

static Str named(const Work *w, BindNames *naming, const Bind *bind, size_t at)
{
    Str  key  = str_format(w->arena, "%u", bind->number);
    Str *name = map_find(&naming->of_number, key);

    if (name)
        return *name;
    Str base = wanted(w, bind, at);
    Str made = given(w, bind, at).len ? given(w, bind, at)
             : base.len == 0          ? plain(w, naming, bind->number)
             : is_one_of_many(bind)   ? numbered(w, naming, base)
                                      : unique(w, naming, base);
    name  = arena_new(w->arena, Str);
    *name = made;
    map_set(w->arena, &naming->of_number, key, name);
    map_set(w->arena, &naming->taken, made, name);
    return made;
}

/* `:name` stays `:name`, whoever else would like to be called so. */
static void keep_names(const Work *w, BindNames *naming)
{
    if (w->options->taken_names)
        vec_each(name, w->options->taken_names)
            map_set(w->arena, &naming->taken, *name, naming);
    for (uint32_t i = 0; i < w->options->given_count; i++)
        if (w->options->given_names[i].len)
            map_set(w->arena, &naming->taken, w->options->given_names[i], naming);
    vec_each(bind, &w->out->statement.binds) {
        if (bind->form != BIND_NAMED || bind->has_hole || bind->mark != ':')
            continue;
        Str word = word_of(w, bind->name);
        if (str_eq(word, bind->name))
            named(w, naming, bind, 0);
    }
}

/* With blanks where text() would not see that the bind begins, or ends, here. */
static void put_bind(Work *w, const Bind *bind, Str name)
{
    char before = bind->lo > 0 ? w->text.ptr[bind->lo - 1] : ' ';
    char after  = bind->hi < w->text.len ? w->text.ptr[bind->hi] : ' ';
    bool kept   = bind->form == BIND_NAMED && bind->mark == ':' && str_eq(name, bind->name);
    bool space_before = is_word_char(before) || before == SQL_HOLE || before == ':'
                     || before == '\\';
    bool space_after = is_word_char(after) || after == SQL_HOLE || after == ':';

    if (kept && !space_before && !space_after)
        return;
    change_put(w->arena, &w->changes, bind->lo, bind->hi,
               str_format(w->arena, "%s:" STR_FORMAT "%s", space_before ? " " : "", STR_ARG(name),
                          space_after ? " " : ""));
}

static void told_hole_in_name(Work *w, const Bind *bind)
{
    const Node place = { .lo = bind->lo, .hi = bind->hi };

    told_hole(w, bind->node ? bind->node : &place);
}

void name_binds(Work *w)
{
    BindNames naming = { 0 };
    size_t at     = 0;

    keep_names(w, &naming);
    vec_each(bind, &w->out->statement.binds) {
        SqlBind out = {
            .lo        = bind->lo,
            .hi        = bind->hi,
            .number    = bind->number,
            .table     = bind->table,
            .column    = bind->column,
            .expanding = bind->node && bind->node->parent
                      && (bind->node->parent->flags & FLAG_EXPANDING),
        };
        if (bind->has_hole) {
            told_hole_in_name(w, bind);
        } else {
            out.name = named(w, &naming, bind, at);
            if (!w->options->keep_binds)
                put_bind(w, bind, out.name);
        }
        at++;
        vec_push(w->arena, &w->out->binds, out);
    }
}
