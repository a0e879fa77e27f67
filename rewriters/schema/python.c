#include "rewriters/schema/python.h"

enum { WIDTH = 88, STEP = 4 };

typedef struct Item {
    const char *keyword;
    const Py   *value;
} Item;

struct Py {
    Str         text;       /* of a leaf; of a call: what is called */
    const char *open, *close; /* NULL: a leaf */
    const char *member;       /* of what a call gives; or NULL */
    Vec(Item)   items;
};

/* -- bytes ------------------------------------------------------------------------------------ */

/* The length of the character that begins here; 0 if none does (RFC 3629). */
static size_t character_at(Str text, size_t at)
{
    const unsigned char *p    = (const unsigned char *)text.ptr + at;
    size_t               left = text.len - at;
    size_t               len  = p[0] < 0x80                   ? 1
                              : p[0] >= 0xC2 && p[0] <= 0xDF  ? 2
                              : p[0] >= 0xE0 && p[0] <= 0xEF  ? 3
                              : p[0] >= 0xF0 && p[0] <= 0xF4  ? 4
                                                              : 0;

    if (len == 0 || len > left)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F)
        || (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return len;
}

Str utf8_only(Arena *arena, Str text)
{
    Buf out = buf_new(arena);

    for (size_t at = 0; at < text.len;) {
        size_t len = character_at(text, at);
        buf_add(&out, len ? str_slice(text, at, at + len) : STR("\xEF\xBF\xBD"));
        at += len ? len : 1;
    }
    return out.len ? buf_str(&out) : STR("");
}

static size_t width_of(Str text)
{
    size_t width = 0;

    for (size_t i = 0; i < text.len; i++)
        width += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return width;
}

/* -- leaves ----------------------------------------------------------------------------------- */

Py *py_text(Arena *arena, Str text)
{
    Py *out = arena_new(arena, Py);

    out->text = text;
    return out;
}

Py *py_word(Arena *arena, const char *text)
{
    return py_text(arena, str_of(text));
}

static void add_escaped(Buf *out, unsigned char c, char quote)
{
    switch (c) {
    case '\\':
        buf_add(out, STR("\\\\"));
        break;
    case '\n':
        buf_add(out, STR("\\n"));
        break;
    case '\r':
        buf_add(out, STR("\\r"));
        break;
    case '\t':
        buf_add(out, STR("\\t"));
        break;
    default:
        if (c < ' ' || c == 0x7F)
            buf_format(out, "\\x%02x", c);
        else if (c == (unsigned char)quote)
            buf_format(out, "\\%c", c);
        else
            buf_add_char(out, (char)c);
    }
}

static size_t count_of(Str text, char c)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == c;
    return count;
}

Py *py_string(Arena *arena, Str value)
{
    Buf  out   = buf_new(arena);
    char quote = count_of(value, '"') > count_of(value, '\'') ? '\'' : '"';

    value = utf8_only(arena, value);
    buf_add_char(&out, quote);
    for (size_t i = 0; i < value.len; i++)
        add_escaped(&out, (unsigned char)value.ptr[i], quote);
    buf_add_char(&out, quote);
    return py_text(arena, buf_str(&out));
}

Py *py_paragraph(Arena *arena, Str value)
{
    Buf out = buf_new(arena);

    value = utf8_only(arena, value);
    buf_add(&out, STR("\"\"\""));
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        /* Neither three quotes in it, nor one before those that end it. */
        bool ends = c == '"' && (i + 1 == value.len || (i > 1 && value.ptr[i - 1] == '"'
                                                        && value.ptr[i - 2] == '"'));
        /* A blank at the end of a line would be lost to editors, and to reviewers. */
        bool trails = (c == ' ' || c == '\t') && i + 1 < value.len && value.ptr[i + 1] == '\n';
        if (c == '\n' || (c == '"' && !ends))
            buf_add_char(&out, c);
        else if (trails)
            buf_format(&out, "\\x%02x", (unsigned char)c);
        else
            add_escaped(&out, (unsigned char)c, '"');
    }
    buf_add(&out, STR("\"\"\""));
    return py_text(arena, buf_str(&out));
}

/* -- calls and lists -------------------------------------------------------------------------- */

Py *py_call(Arena *arena, const char *callee)
{
    Py *out = py_word(arena, callee);

    out->open  = "(";
    out->close = ")";
    return out;
}

Py *py_list(Arena *arena)
{
    Py *out = py_word(arena, "");

    out->open  = "[";
    out->close = "]";
    return out;
}

Py *py_member(Py *of, const char *member)
{
    of->member = member;
    return of;
}

Py *py_add(Arena *arena, Py *to, const char *keyword, Py *item)
{
    vec_push(arena, &to->items, ((Item){ keyword, item }));
    return to;
}

Py *py_strings(Arena *arena, const StrVec *values)
{
    Py *out = py_list(arena);

    vec_each(value, values)
        py_add(arena, out, NULL, py_string(arena, *value));
    return out;
}

/* -- writing ---------------------------------------------------------------------------------- */

static void add_close(Buf *out, const Py *it)
{
    buf_add(out, str_of(it->close));
    if (it->member)
        buf_format(out, ".%s", it->member);
}

static size_t flat_width(const Py *it)
{
    size_t width = width_of(it->text);

    if (!it->open)
        return width;
    vec_each(item, &it->items) {
        width += item == it->items.items ? 0 : 2;
        width += item->keyword ? strlen(item->keyword) + 1 : 0;
        width += flat_width(item->value);
    }
    return width + 2 + (it->member ? strlen(it->member) + 1 : 0);
}

static void write_flat(Buf *out, const Py *it)
{
    buf_add(out, it->text);
    if (!it->open)
        return;
    buf_add(out, str_of(it->open));
    vec_each(item, &it->items) {
        if (item != it->items.items)
            buf_add(out, STR(", "));
        if (item->keyword)
            buf_format(out, "%s=", item->keyword);
        write_flat(out, item->value);
    }
    add_close(out, it);
}

static void add_blanks(Buf *out, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        buf_add_char(out, ' ');
}

/* A text of several lines stands with its call where its lines are short enough for that. */
static bool is_paragraph(const Py *it)
{
    return !it->open && str_contains(it->text, STR("\n"));
}

static bool fits_with_its_call(const Py *paragraph, size_t taken, size_t after)
{
    Str    rest = paragraph->text, line;
    size_t before = taken;

    while (str_cut(&rest, '\n', &line)) {
        if (before + width_of(line) + (rest.ptr && rest.len ? 0 : after) > WIDTH)
            return false;
        before = 0;
    }
    return true;
}

/* `taken` characters of the line stand before it, `after` behind it. */
static void write(Buf *out, const Py *it, unsigned indent, size_t taken, size_t after)
{
    const Py *only = it->open && it->items.count == 1 ? it->items.items[0].value : NULL;
    bool      paragraph = only && is_paragraph(only);

    if (!it->open || it->items.count == 0
        || (paragraph ? fits_with_its_call(only, taken + width_of(it->text) + 1, after + 1)
                      : taken + flat_width(it) + after <= WIDTH)) {
        write_flat(out, it);
        return;
    }
    buf_add(out, it->text);
    buf_add(out, str_of(it->open));
    buf_add_char(out, '\n');
    vec_each(item, &it->items) {
        size_t before = indent + STEP;
        add_blanks(out, indent + STEP);
        if (item->keyword) {
            buf_format(out, "%s=", item->keyword);
            before += strlen(item->keyword) + 1;
        }
        write(out, item->value, indent + STEP, before, 1);
        buf_add(out, paragraph ? STR("\n") : STR(",\n"));
    }
    add_blanks(out, indent);
    add_close(out, it);
}

void py_write(Buf *out, const Py *expression, unsigned indent)
{
    add_blanks(out, indent);
    write(out, expression, indent, indent, 0);
    buf_add_char(out, '\n');
}

void py_comment(Buf *out, Str text, unsigned indent)
{
    add_blanks(out, indent);
    buf_format(out, "# " STR_FORMAT "\n", STR_ARG(text));
}
