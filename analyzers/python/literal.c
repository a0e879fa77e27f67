#include "analyzers/python/literal.h"

typedef struct Reader {
    Arena      *arena;
    const Tree *tree;
    Buf         text;
    Literal     out;
} Reader;

static void add(Reader *reader, PieceKind kind, Str bytes, uint32_t src_lo, uint32_t src_hi, NodeId node)
{
    uint32_t lo   = (uint32_t)reader->text.len;
    uint32_t part = (uint32_t)reader->out.parts.count - 1;

    buf_add(&reader->text, bytes);
    if (kind == PIECE_PLAIN && reader->out.pieces.count) {
        Piece *last = &vec_last(&reader->out.pieces);
        if (last->kind == PIECE_PLAIN && last->part == part && last->src_hi == src_lo) {
            last->hi     = (uint32_t)reader->text.len;
            last->src_hi = src_hi;
            return;
        }
    }
    vec_push(reader->arena, &reader->out.pieces,
             (Piece) { .kind = kind, .lo = lo, .hi = (uint32_t)reader->text.len, .src_lo = src_lo, .src_hi = src_hi,
                       .part = part, .node = node });
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t utf8_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* A numeric escape of `digits` hex digits after `at`; false if they are not there. */
static bool read_hex(Str source, uint32_t at, uint32_t hi, int digits, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < digits; i++, at++) {
        int digit = at < hi ? hex_digit(source.ptr[at]) : -1;
        if (digit < 0)
            return false;
        *code = *code * 16 + (uint32_t)digit;
    }
    return true;
}

/*
 * One backslash escape at `at` (Python reference, 2.4.1.1). Gives the bytes it
 * means and its length in the source; length 0 when it is not an escape we know
 * exactly (\N{…}, a bad \x).
 */
static uint32_t read_escape(Str source, uint32_t at, uint32_t hi, bool is_bytes, char out[4], size_t *len)
{
    static const char simple[] = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
    char              c        = at + 1 < hi ? source.ptr[at + 1] : '\0';
    uint32_t          code;

    *len = 0;
    if (c == '\n')
        return 2;
    if (c == '\r')
        return at + 2 < hi && source.ptr[at + 2] == '\n' ? 3 : 2;
    for (size_t i = 0; i + 1 < sizeof simple - 1; i += 2)
        if (simple[i] == c && c) {
            out[0] = simple[i + 1];
            *len   = 1;
            return 2;
        }
    if (c >= '0' && c <= '7') {
        uint32_t length = 1;
        code            = 0;
        while (length < 4 && at + length < hi && source.ptr[at + length] >= '0'
               && source.ptr[at + length] <= '7')
            code = code * 8 + (uint32_t)(source.ptr[at + length++] - '0');
        *len = is_bytes ? (out[0] = (char)code, (size_t)1) : utf8_encode(code, out);
        return length;
    }
    int digits = c == 'x' ? 2 : is_bytes ? 0 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits) {
        if (!read_hex(source, at + 2, hi, digits, &code) || code > 0x10FFFF
            || (code >= 0xD800 && code <= 0xDFFF))
            return 0;
        *len = is_bytes ? (out[0] = (char)code, (size_t)1) : utf8_encode(code, out);
        return (uint32_t)digits + 2;
    }
    if (c == 'N' && !is_bytes)
        return 0;
    /* An unknown escape keeps its backslash. */
    out[0] = '\\';
    *len   = 1;
    return 1;
}

static bool read_run(Reader *reader, const Part *part, uint32_t lo, uint32_t hi)
{
    Str      source = reader->tree->source->text;
    uint32_t plain  = lo;
    uint32_t at     = lo;

    while (at < hi) {
        char     c = source.ptr[at];
        char     bytes[4];
        size_t   len    = 0;
        uint32_t length = 0;
        if (c == '\\' && !part->is_raw) {
            length = read_escape(source, at, hi, part->is_bytes, bytes, &len);
            if (length == 0)
                return false;
            if (length == 1) { /* the backslash stays: it is plain text */
                at++;
                continue;
            }
        } else if (part->is_format && (c == '{' || c == '}') && at + 1 < hi
                   && source.ptr[at + 1] == c) {
            bytes[0] = c;
            len      = 1;
            length   = 2;
        } else if (c == '\r') { /* Python reads \r\n and \r as \n */
            bytes[0] = '\n';
            len      = 1;
            length   = at + 1 < hi && source.ptr[at + 1] == '\n' ? 2 : 1;
        } else {
            at++;
            continue;
        }
        if (plain < at)
            add(reader, PIECE_PLAIN, str_slice(source, plain, at), plain, at, 0);
        add(reader, PIECE_ESCAPE, (Str) { bytes, len }, at, at + length, 0);
        at += length;
        plain = at;
    }
    if (plain < hi)
        add(reader, PIECE_PLAIN, str_slice(source, plain, hi), plain, hi, 0);
    return true;
}

static bool read_string(Reader *reader, NodeId id)
{
    const Tree *tree  = reader->tree;
    NodeId      start = tree_child(tree, id), end = 0;

    if (!start || tree_kind(tree, start) != PY_STRING_START || tree_has_error(tree, id))
        return false;
    tree_each_child(child, tree, id)
        if (tree_kind(tree, child) == PY_STRING_END)
            end = child;
    if (!end)
        return false;

    Str  opening = tree_text(tree, start);
    Part part    = { .node       = id,
                     .content_lo = tree_node(tree, start)->hi,
                     .content_hi = tree_node(tree, end)->lo };
    for (size_t i = 0; i < opening.len; i++) {
        char c = opening.ptr[i] | 0x20;
        part.is_raw |= c == 'r';
        part.is_bytes |= c == 'b';
        part.is_format |= c == 'f';
        if (c == 't') /* a template string is not a str */
            return false;
        if (opening.ptr[i] == '\'' || opening.ptr[i] == '"') {
            part.quote     = opening.ptr[i];
            part.is_triple = opening.len - i == 3;
            break;
        }
    }
    vec_push(reader->arena, &reader->out.parts, part);
    reader->out.is_bytes |= part.is_bytes;

    uint32_t at = part.content_lo;
    tree_each_child(child, tree, id) {
        if (tree_kind(tree, child) != PY_INTERPOLATION)
            continue;
        const PyNode *hole = tree_node(tree, child);
        if (!read_run(reader, &part, at, hole->lo))
            return false;
        static const char mark[] = { HOLE_BYTE };
        add(reader, PIECE_HOLE, (Str) { mark, 1 }, hole->lo, hole->hi, child);
        at = hole->hi;
    }
    return read_run(reader, &part, at, part.content_hi);
}

bool literal_read(Arena *arena, const Tree *tree, NodeId id, Literal *out)
{
    Reader reader = { .arena = arena, .tree = tree, .text = buf_new(arena) };

    if (tree_kind(tree, id) == PY_STRING) {
        if (!read_string(&reader, id))
            return false;
    } else if (tree_kind(tree, id) == PY_CONCATENATED_STRING) {
        if (tree_has_error(tree, id))
            return false;
        tree_each_child(child, tree, id)
            if (tree_kind(tree, child) == PY_STRING && !read_string(&reader, child))
                return false;
    } else {
        return false;
    }
    reader.out.text = buf_str(&reader.text);
    *out            = reader.out;
    return true;
}

/*
 * Inside triple quotes a quote may stand alone. Next to another one, or at an end of the text,
 * where the source may go on with one, it is escaped.
 */
static bool is_quote_in_doubt(const Part *part, Str text, size_t at)
{
    return text.ptr[at] == part->quote
        && (!part->is_triple || at == 0 || at + 1 == text.len || text.ptr[at - 1] == part->quote
            || text.ptr[at + 1] == part->quote);
}

/* A byte as an escape; 0 if it may stand as it is. */
static char escape_letter(const Part *part, Str text, size_t at)
{
    switch (text.ptr[at]) {
    case '\\':
        return '\\';
    case '\n':
        return part->is_triple ? '\0' : 'n';
    case '\r': /* a bare one would be read as a line end */
        return 'r';
    case '\0':
        return 'x';
    default:
        return is_quote_in_doubt(part, text, at) ? part->quote : '\0';
    }
}

/* A raw part has no escapes: a backslash is itself, unless the quote that ends the part may follow. */
static bool raw_can_hold(Str text, size_t at, char letter)
{
    return letter == '\0'
        || (letter == '\\' && at + 1 < text.len && text.ptr[at + 1] != '"' && text.ptr[at + 1] != '\'');
}

bool part_spell(Arena *arena, const Part *part, Str text, Str *out)
{
    Buf spelled = buf_new(arena);

    for (size_t i = 0; i < text.len; i++) {
        char c      = text.ptr[i];
        char letter = escape_letter(part, text, i);
        if ((part->is_bytes && (unsigned char)c >= 0x80)
            || (part->is_raw && !raw_can_hold(text, i, letter)))
            return false;
        if (letter && !part->is_raw) {
            buf_add_char(&spelled, '\\');
            buf_add_char(&spelled, letter);
            if (letter == 'x')
                buf_add(&spelled, STR("00"));
            continue;
        }
        if (part->is_format && (c == '{' || c == '}'))
            buf_add_char(&spelled, c);
        buf_add_char(&spelled, c);
    }
    *out = buf_str(&spelled);
    return true;
}

Str literal_write(Arena *arena, Str text)
{
    bool single = str_find_char(text, '"') != STR_NOT_FOUND && str_find_char(text, '\'') == STR_NOT_FOUND;
    Part part   = { .quote = single ? '\'' : '"' };
    Str  inside = text;

    part_spell(arena, &part, text, &inside);
    return str_format(arena, "%c" STR_FORMAT "%c", part.quote, STR_ARG(inside), part.quote);
}
