#include "analyzers/config/toml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

#include "analyzers/config/toml_scalar.h"
#include "analyzers/intake/utf8.h"
#include "base/own.h"

#define BYTE_ORDER_MARK STR("\xEF\xBB\xBF")

const TSLanguage *tree_sitter_toml(void);

OWN_BY(TSParser, ts_parser_delete)
OWN_BY(TSTree, ts_tree_delete)

typedef struct Place {
    size_t   at;
    size_t   line_start;
    uint32_t line, column;
} Place;

typedef struct Reader {
    Arena       *arena;
    Str          path;
    Str          text;
    Place        place; /* where place_of() last was: it walks on from there */
    TSTreeCursor cursor;
    Error       *why;
} Reader;

/* ---- places ---- */

static Place place_of(Reader *reader, size_t at)
{
    Place *place = &reader->place;

    if (at > reader->text.len)
        at = reader->text.len;
    if (at < place->at)
        *place = (Place) { .line = 1, .column = 1 };
    for (; place->at < at; place->at++) {
        unsigned char c = (unsigned char)reader->text.ptr[place->at];
        if (c == '\n') {
            place->line++;
            place->column     = 1;
            place->line_start = place->at + 1;
        } else if ((c & 0xC0) != 0x80) {
            place->column++;
        }
    }
    return *place;
}

static bool wrong_at(Reader *reader, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool wrong_at(Reader *reader, size_t at, const char *format, ...)
{
    Place   place = place_of(reader, at);
    char    what[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return error_set(reader->why, STR_FORMAT ":%u:%u: %s", STR_ARG(reader->path), place.line,
                     place.column, what);
}

/* ---- what is not TOML ---- */

/* The first few characters at `at`, fit for a message. */
static Str excerpt(Reader *reader, size_t at)
{
    enum { LONGEST = 30 };
    Str    rest = str_slice(reader->text, at, reader->text.len);
    size_t end  = 0, shown = 0;

    while (end < rest.len && shown < LONGEST && (unsigned char)rest.ptr[end] >= ' '
           && rest.ptr[end] != 0x7F) {
        end++;
        while (end < rest.len && ((unsigned char)rest.ptr[end] & 0xC0) == 0x80)
            end++;
        shown++;
    }
    return str_trim(str_slice(rest, 0, end));
}

typedef struct Trace {
    uint32_t row, column; /* of the step under way, as the parser tells it; column in bytes */
    bool     found;
} Trace;

/*
 * tree-sitter repairs what it cannot parse, and the repaired tree often blames the wrong line.
 * Its trace tells where the parser first was at a loss.
 */
static void listen(void *payload, TSLogType type, const char *message)
{
    Trace      *trace = payload;
    const char *row   = strstr(message, "row:");
    const char *column;

    if (type != TSLogTypeParse || trace->found)
        return;
    if (strncmp(message, "detect_error", 12) == 0) {
        trace->found = true;
    } else if (strncmp(message, "process", 7) == 0 && row && (column = strstr(row, "col:"))) {
        trace->row    = (uint32_t)strtoul(row + 4, NULL, 10);
        trace->column = (uint32_t)strtoul(column + 4, NULL, 10);
    }
}

static size_t offset_of(Str text, uint32_t row, uint32_t column)
{
    size_t at = 0;

    for (; row; row--) {
        size_t end = str_find_char(str_slice(text, at, text.len), '\n');
        if (end == STR_NOT_FOUND)
            return text.len;
        at += end + 1;
    }
    return text.len - at < column ? text.len : at + column;
}

/* The first node in the order of the text that the parser had to make up or to skip. */
static size_t first_repair(TSNode root)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    size_t       at     = ts_node_start_byte(root);

    for (;;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        if (ts_node_is_error(node) || ts_node_is_missing(node)) {
            at = ts_node_start_byte(node);
            break;
        }
        if (ts_node_has_error(node) && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        if (!ts_tree_cursor_goto_next_sibling(&cursor))
            break;
    }
    ts_tree_cursor_delete(&cursor);
    return at;
}

static bool not_toml(Reader *reader, TSParser *parser, Str parsed, TSNode root)
{
    Trace trace = { 0 };

    ts_parser_set_logger(parser, (TSLogger) { .payload = &trace, .log = listen });
    OWN(TSTree) again = ts_parser_parse_string(parser, NULL, parsed.ptr, (uint32_t)parsed.len);
    size_t at = trace.found && again ? offset_of(parsed, trace.row, trace.column)
                                     : first_repair(root);

    size_t before = at;
    while (at < parsed.len && (parsed.ptr[at] == ' ' || parsed.ptr[at] == '\t'))
        at++;
    while (before && (parsed.ptr[before - 1] == ' ' || parsed.ptr[before - 1] == '\t'))
        before--;

    Str found = excerpt(reader, at);
    if (before && parsed.ptr[before - 1] == '=')
        return wrong_at(reader, at,
                        "not TOML: a value stands here in quotes, brackets or braces, or is a "
                        "number, a date, true or false; found \"" STR_FORMAT "\"",
                        STR_ARG(found));
    if (at >= parsed.len)
        return wrong_at(reader, at, "not TOML: the document ends too early");
    if (found.len == 0)
        return wrong_at(reader, at, "not TOML: the line is not complete");
    return wrong_at(reader, at, "not TOML: did not expect \"" STR_FORMAT "\" here", STR_ARG(found));
}

static bool is_text(Reader *reader)
{
    size_t bad = utf8_bad_at(reader->text), nul = str_find_char(reader->text, '\0');

    if (bad != STR_NOT_FOUND)
        return wrong_at(reader, bad, "not UTF-8, as TOML has to be: byte 0x%02x",
                        (unsigned char)reader->text.ptr[bad]);
    if (nul != STR_NOT_FOUND)
        return wrong_at(reader, nul, "not TOML: a NUL byte");
    if (str_starts_with(reader->text, BYTE_ORDER_MARK))
        return wrong_at(reader, 0, "not TOML: a second byte order mark");
    return true;
}

/*
 * In """…""" a backslash may end a line with blanks behind it; the grammar knows it only right
 * before the line end. What is parsed has such a backslash moved behind the blanks: no offset
 * changes, and strings are decoded from the text as written.
 */
static Str with_backslashes_at_line_ends(Arena *arena, Str text)
{
    char *copy = NULL;

    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] != '\\')
            continue;
        size_t blank = at + 1;
        while (blank < text.len && (text.ptr[blank] == ' ' || text.ptr[blank] == '\t'))
            blank++;
        if (blank == at + 1) {
            at++; /* an escape: its second character is no backslash of its own */
            continue;
        }
        if (blank < text.len && (text.ptr[blank] == '\n' || text.ptr[blank] == '\r')) {
            if (!copy)
                copy = str_cstr(arena, text);
            copy[at]        = ' ';
            copy[blank - 1] = '\\';
        }
        at = blank - 1;
    }
    return copy ? (Str) { copy, text.len } : text;
}

/* ---- keys ---- */

typedef struct KeyPart {
    Str    name;
    size_t at;
} KeyPart;

typedef Vec(KeyPart) KeyPartVec;

static TSNode current(const Reader *reader)
{
    return ts_tree_cursor_current_node(&reader->cursor);
}

static bool node_is(TSNode node, const char *type)
{
    return strcmp(ts_node_type(node), type) == 0;
}

static Str node_text(const Reader *reader, TSNode node)
{
    return str_slice(reader->text, ts_node_start_byte(node), ts_node_end_byte(node));
}

static bool read_string(Reader *reader, TSNode node, Str *out)
{
    const char *wrong = "";

    if (!toml_string_of(reader->arena, node_text(reader, node), out, &wrong))
        return wrong_at(reader, ts_node_start_byte(node), "%s", wrong);
    return true;
}

static bool read_key_part(Reader *reader, TSNode node, KeyPartVec *parts)
{
    KeyPart part = { .at = ts_node_start_byte(node) };

    if (node_is(node, "bare_key"))
        part.name = str_copy(reader->arena, node_text(reader, node));
    else if (!read_string(reader, node, &part.name))
        return false;
    vec_push(reader->arena, parts, part);
    return true;
}

/* a.b.c is ((a.b).c) in the tree: the parts come out last first. */
static bool read_key(Reader *reader, TSNode key, KeyPartVec *parts)
{
    while (node_is(key, "dotted_key")) {
        TSNode rest = ts_node_named_child(key, 0);
        if (!read_key_part(reader, ts_node_named_child(key, 1), parts))
            return false;
        if (parts->count >= TOML_DEPTH)
            return wrong_at(reader, ts_node_start_byte(key), "a key has more than %d parts",
                            TOML_DEPTH);
        key = rest;
    }
    if (!read_key_part(reader, key, parts))
        return false;
    for (size_t lo = 0, hi = parts->count - 1; lo < hi; lo++, hi--) {
        KeyPart kept     = parts->items[lo];
        parts->items[lo] = parts->items[hi];
        parts->items[hi] = kept;
    }
    return true;
}

static TomlValue *value_new(Reader *reader, TomlType type, size_t at)
{
    TomlValue *value = arena_new(reader->arena, TomlValue);
    Place      place = place_of(reader, at);

    value->type   = type;
    value->line   = place.line;
    value->column = place.column;
    return value;
}

static void table_add(Reader *reader, TomlValue *table, KeyPart part, TomlValue *value)
{
    Place place = place_of(reader, part.at);

    vec_push(reader->arena, &table->entries,
             (TomlEntry) { part.name, place.line, place.column, value });
    map_set(reader->arena, &table->index, part.name, value);
}

static bool given_twice(Reader *reader, KeyPart part, const TomlValue *first)
{
    return wrong_at(reader, part.at, "\"" STR_FORMAT "\" was already given in line %u; keep one",
                    STR_ARG(part.name), first->line);
}

/* ---- values ---- */

static bool read_value(Reader *reader, unsigned depth, TomlValue **out);

/* table.a.b = value */
static bool define(Reader *reader, TomlValue *table, const KeyPartVec *key, TomlValue *value)
{
    for (size_t i = 0; i + 1 < key->count; i++) {
        KeyPart    part = key->items[i];
        TomlValue *next = map_find(&table->index, part.name);
        if (!next) {
            next = value_new(reader, TOML_TABLE, part.at);
            table_add(reader, table, part, next);
        } else if (next->type != TOML_TABLE || next->is_closed || next->has_header) {
            return given_twice(reader, part, next);
        }
        next->is_dotted = true;
        table           = next;
    }
    KeyPart          last  = vec_last(key);
    const TomlValue *first = map_find(&table->index, last.name);
    if (first)
        return given_twice(reader, last, first);
    table_add(reader, table, last, value);
    return true;
}

/* The cursor stands on a pair. */
static bool read_pair(Reader *reader, TomlValue *table, unsigned depth)
{
    KeyPartVec key   = { 0 };
    TomlValue *value = NULL;

    ts_tree_cursor_goto_first_child(&reader->cursor);
    do {
        TSNode node = current(reader);
        if (!ts_node_is_named(node) || node_is(node, "comment"))
            continue;
        if (key.count == 0) {
            if (!read_key(reader, node, &key))
                return false;
        } else if (!read_value(reader, depth, &value)) {
            return false;
        }
    } while (ts_tree_cursor_goto_next_sibling(&reader->cursor));
    ts_tree_cursor_goto_parent(&reader->cursor);
    return define(reader, table, &key, value);
}

static void close_up(TomlValue *table)
{
    table->is_closed = true;
    vec_each(entry, &table->entries)
        if (entry->value->type == TOML_TABLE && !entry->value->is_closed)
            close_up(entry->value);
}

static bool read_inside(Reader *reader, unsigned depth, TomlValue *value)
{
    if (depth >= TOML_DEPTH)
        return wrong_at(reader, ts_node_start_byte(current(reader)),
                        "more than %d arrays and tables in one another", TOML_DEPTH);
    if (!ts_tree_cursor_goto_first_child(&reader->cursor))
        return true;
    do {
        TSNode     node = current(reader);
        TomlValue *item = NULL;
        if (!ts_node_is_named(node) || node_is(node, "comment"))
            continue;
        if (value->type == TOML_TABLE) {
            if (!read_pair(reader, value, depth + 1))
                return false;
            continue;
        }
        if (!read_value(reader, depth + 1, &item))
            return false;
        vec_push(reader->arena, &value->items, item);
    } while (ts_tree_cursor_goto_next_sibling(&reader->cursor));
    ts_tree_cursor_goto_parent(&reader->cursor);

    if (value->type == TOML_TABLE)
        close_up(value);
    value->is_closed = true;
    return true;
}

static TomlType type_of(TSNode node)
{
    static const struct {
        const char *node;
        TomlType    type;
    } types[] = {
        { "string", TOML_STRING },   { "integer", TOML_INTEGER }, { "float", TOML_FLOAT },
        { "boolean", TOML_BOOLEAN }, { "array", TOML_ARRAY },     { "inline_table", TOML_TABLE },
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (node_is(node, types[i].node))
            return types[i].type;
    return TOML_DATETIME;
}

static bool read_value(Reader *reader, unsigned depth, TomlValue **out)
{
    TSNode      node  = current(reader);
    size_t      at    = ts_node_start_byte(node);
    Str         text  = node_text(reader, node);
    TomlValue  *value = value_new(reader, type_of(node), at);
    const char *wrong = "";
    bool        right = true;

    *out = value;
    switch (value->type) {
    case TOML_TABLE:
    case TOML_ARRAY:   return read_inside(reader, depth, value);
    case TOML_STRING:  return read_string(reader, node, &value->text);
    case TOML_BOOLEAN: value->truth = str_is(text, "true"); break;
    case TOML_INTEGER:
        right = toml_integer_of(reader->arena, text, &value->integer, &wrong);
        break;
    case TOML_FLOAT: right = toml_float_of(reader->arena, text, &value->number, &wrong); break;
    case TOML_DATETIME:
        value->text = str_copy(reader->arena, text);
        right       = toml_date_is_real(text, &wrong);
        break;
    }
    return right || wrong_at(reader, at, "%s", wrong);
}

/* ---- tables ---- */

typedef enum Header { HEADER_TABLE, HEADER_ARRAY } Header;

/* The table on the way to a header's last part, made if need be. */
static TomlValue *step_into(Reader *reader, TomlValue *table, KeyPart part)
{
    TomlValue *next = map_find(&table->index, part.name);

    if (!next) {
        next = value_new(reader, TOML_TABLE, part.at);
        table_add(reader, table, part, next);
        return next;
    }
    if (next->type == TOML_ARRAY && !next->is_closed)
        return vec_last(&next->items);
    if (next->type == TOML_TABLE && !next->is_closed)
        return next;
    given_twice(reader, part, next);
    return NULL;
}

static TomlValue *open_table(Reader *reader, TomlValue *parent, KeyPart part)
{
    TomlValue *table = map_find(&parent->index, part.name);

    if (!table) {
        table = value_new(reader, TOML_TABLE, part.at);
        table_add(reader, parent, part, table);
    } else if (table->type != TOML_TABLE || table->has_header || table->is_dotted
               || table->is_closed) {
        given_twice(reader, part, table);
        return NULL;
    } else {
        Place place   = place_of(reader, part.at);
        table->line   = place.line;
        table->column = place.column;
    }
    table->has_header = true;
    return table;
}

static TomlValue *open_array_element(Reader *reader, TomlValue *parent, KeyPart part)
{
    TomlValue *array = map_find(&parent->index, part.name);
    TomlValue *table = value_new(reader, TOML_TABLE, part.at);

    if (!array) {
        array = value_new(reader, TOML_ARRAY, part.at);
        table_add(reader, parent, part, array);
    } else if (array->type != TOML_ARRAY || array->is_closed) {
        given_twice(reader, part, array);
        return NULL;
    }
    table->has_header = true;
    vec_push(reader->arena, &array->items, table);
    return table;
}

static TomlValue *open_header(Reader *reader, TomlValue *root, const KeyPartVec *key, Header header)
{
    TomlValue *parent = root;

    for (size_t i = 0; parent && i + 1 < key->count; i++)
        parent = step_into(reader, parent, key->items[i]);
    if (!parent)
        return NULL;
    return header == HEADER_TABLE ? open_table(reader, parent, vec_last(key))
                                  : open_array_element(reader, parent, vec_last(key));
}

/* The cursor stands on a [table] or [[table]]. */
static bool read_section(Reader *reader, TomlValue *root, Header header)
{
    KeyPartVec key   = { 0 };
    TomlValue *table = NULL;

    ts_tree_cursor_goto_first_child(&reader->cursor);
    do {
        TSNode node = current(reader);
        if (!ts_node_is_named(node) || node_is(node, "comment"))
            continue;
        if (!table) {
            if (!read_key(reader, node, &key)
                || !(table = open_header(reader, root, &key, header)))
                return false;
        } else if (!read_pair(reader, table, 0)) {
            return false;
        }
    } while (ts_tree_cursor_goto_next_sibling(&reader->cursor));
    ts_tree_cursor_goto_parent(&reader->cursor);
    return true;
}

static bool read_document(Reader *reader, TomlValue *root)
{
    if (!ts_tree_cursor_goto_first_child(&reader->cursor))
        return true;
    do {
        TSNode node = current(reader);
        bool   fine = true;
        if (node_is(node, "pair"))
            fine = read_pair(reader, root, 0);
        else if (node_is(node, "table"))
            fine = read_section(reader, root, HEADER_TABLE);
        else if (node_is(node, "table_array_element"))
            fine = read_section(reader, root, HEADER_ARRAY);
        if (!fine)
            return false;
    } while (ts_tree_cursor_goto_next_sibling(&reader->cursor));
    return true;
}

bool toml_read(Arena *arena, Str path, Str text, TomlValue *out, Error *why)
{
    if (str_starts_with(text, BYTE_ORDER_MARK))
        text = str_slice(text, 3, text.len);
    if (text.len > TOML_LARGEST)
        return error_set(why, STR_FORMAT ": %zu bytes are too much for a TOML file (limit %d)",
                         STR_ARG(path), text.len, TOML_LARGEST);

    Reader    reader = { arena, path, text, { .line = 1, .column = 1 }, { 0 }, why };
    TomlValue root   = { .type = TOML_TABLE, .line = 1, .column = 1 };
    if (!is_text(&reader))
        return false;

    Str parsed           = with_backslashes_at_line_ends(arena, text);
    OWN(TSParser) parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_toml()))
        bug("the TOML grammar does not fit the tree-sitter it is linked with");
    OWN(TSTree) tree = ts_parser_parse_string(parser, NULL, parsed.len ? parsed.ptr : "",
                                              (uint32_t)parsed.len);
    if (!tree)
        bug("tree-sitter gave no tree");
    TSNode top = ts_tree_root_node(tree);
    if (ts_node_has_error(top))
        return not_toml(&reader, parser, parsed, top);

    reader.cursor = ts_tree_cursor_new(top);
    bool fine     = read_document(&reader, &root);
    ts_tree_cursor_delete(&reader.cursor);
    if (fine)
        *out = root;
    return fine;
}

const TomlValue *toml_find(const TomlValue *table, Str key)
{
    return table->type == TOML_TABLE ? map_find(&table->index, key) : NULL;
}

const char *toml_type_name(TomlType type)
{
    static const char *const names[] = {
        [TOML_TABLE] = "a table",     [TOML_ARRAY] = "an array", [TOML_STRING] = "a string",
        [TOML_INTEGER] = "a whole number", [TOML_FLOAT] = "a number with a point",
        [TOML_BOOLEAN] = "true or false",  [TOML_DATETIME] = "a date or time",
    };
    return names[type];
}
