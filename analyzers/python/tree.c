#include "analyzers/python/tree.h"

#include <pthread.h>
#include <tree_sitter/api.h>

#include "base/own.h"

const TSLanguage *tree_sitter_python(void);

OWN_BY(TSParser, ts_parser_delete)
OWN_BY(TSTree, ts_tree_delete)

static const char *const kind_names[] = {
    [PY_NONE] = "none",
#define KIND(name, grammar) [PY_##name] = grammar,
#include "analyzers/python/kinds.def"
#undef KIND
    [PY_TOKEN] = "token",
    [PY_OTHER] = "other",
};

static const char *const field_names[] = {
    [F_NONE] = "",
#define FIELD(name, grammar) [F_##name] = grammar,
#include "analyzers/python/fields.def"
#undef FIELD
};

enum { SYMBOL_ROOM = 512, FIELD_ROOM = 128 };

static pthread_once_t tables_once = PTHREAD_ONCE_INIT;
static uint8_t        kind_of_symbol[SYMBOL_ROOM];
static uint8_t        field_of_id[FIELD_ROOM];
static bool           async_symbol[SYMBOL_ROOM];

static uint8_t kind_by_name(const char *name)
{
    for (size_t i = 1; i < PY_TOKEN; i++)
        if (strcmp(kind_names[i], name) == 0)
            return (uint8_t)i;
    return PY_OTHER;
}

static uint8_t field_by_name(const char *name)
{
    for (size_t i = 1; i < F_OTHER; i++)
        if (strcmp(field_names[i], name) == 0)
            return (uint8_t)i;
    return F_OTHER;
}

static void fill_tables(void)
{
    const TSLanguage *language = tree_sitter_python();
    uint32_t          symbols = ts_language_symbol_count(language);
    uint32_t          fields  = ts_language_field_count(language);

    if (symbols > SYMBOL_ROOM || fields >= FIELD_ROOM)
        bug("the Python grammar has %u symbols and %u fields", symbols, fields);
    for (TSSymbol i = 0; i < symbols; i++) {
        const char *name = ts_language_symbol_name(language, i);
        bool named = ts_language_symbol_type(language, i) == TSSymbolTypeRegular;
        kind_of_symbol[i] = named ? kind_by_name(name) : PY_TOKEN;
        async_symbol[i]   = !named && strcmp(name, "async") == 0;
    }
    for (TSFieldId i = 1; i <= fields; i++)
        field_of_id[i] = field_by_name(ts_language_field_name_for_id(language, i));
}

/* Copies the library's tree; returns with `out` holding every node worth keeping. */
static void copy_tree(Arena *arena, TSNode root, Tree *out)
{
    uint32_t     room   = ts_node_descendant_count(root) + 2;
    PyNode        *nodes  = arena_array(arena, PyNode, room);
    uint32_t     count  = 1;
    NodeId       parent = 0;
    TSTreeCursor cursor = ts_tree_cursor_new(root);

    for (;;) {
        TSNode   at     = ts_tree_cursor_current_node(&cursor);
        TSSymbol symbol = ts_node_symbol(at);
        Kind     kind   = symbol < SYMBOL_ROOM ? kind_of_symbol[symbol] : PY_ERROR;
        uint8_t  field  = field_of_id[ts_tree_cursor_current_field_id(&cursor)];
        uint16_t depth  = parent ? (uint16_t)(nodes[parent].depth + 1) : 0;
        bool     keep   = kind != PY_TOKEN || field || async_symbol[symbol];

        if (ts_node_is_missing(at)) {
            kind = PY_ERROR;
            keep = true;
        }
        out->errors += kind == PY_ERROR;
        if (keep) {
            nodes[count] = (PyNode) { .kind   = (uint8_t)kind,
                                    .field  = field,
                                    .depth  = depth,
                                    .lo     = ts_node_start_byte(at),
                                    .hi     = ts_node_end_byte(at),
                                    .parent = parent,
                                    .end    = count + 1 };
            count++;
            if (depth >= TREE_DEPTH)
                out->cut += ts_node_child_count(at) > 0;
            else if (ts_tree_cursor_goto_first_child(&cursor)) {
                parent = count - 1;
                continue;
            }
        }
        while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
            if (!ts_tree_cursor_goto_parent(&cursor) || !parent)
                goto done;
            nodes[parent].end = count;
            parent            = nodes[parent].parent;
            if (!parent)
                goto done;
        }
    }
done:
    for (NodeId up = parent; up; up = nodes[up].parent)
        nodes[up].end = count;
    ts_tree_cursor_delete(&cursor);
    if (count > 1)
        nodes[1].end = count;
    out->nodes = nodes;
    out->count = count;
}

bool tree_parse(Arena *arena, const Source *source, Tree *out, Error *why)
{
    pthread_once(&tables_once, fill_tables);

    OWN(TSParser) parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_python()))
        return error_set(why,
                         "the Python grammar speaks ABI %u, this tree-sitter runtime %u to %u: "
                         "rebuild lite2pg with the package-lock.json it came with",
                         ts_language_abi_version(tree_sitter_python()),
                         TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION,
                         TREE_SITTER_LANGUAGE_VERSION);

    OWN(TSTree) tree = ts_parser_parse_string(parser, NULL, source->text.ptr ? source->text.ptr : "",
                                              (uint32_t)source->text.len);
    if (!tree)
        return error_set(why, STR_FORMAT ": the Python parser gave up", STR_ARG(source->path));

    Tree copy = { .source = source };
    copy_tree(arena, ts_tree_root_node(tree), &copy);
    *out = copy;
    return true;
}

static bool is_content(const Tree *tree, NodeId id)
{
    Kind kind = tree_kind(tree, id);
    return kind != PY_COMMENT && kind != PY_TOKEN;
}

NodeId tree_nth(const Tree *tree, NodeId id, uint32_t index)
{
    tree_each_child(child, tree, id)
        if (is_content(tree, child) && index-- == 0)
            return child;
    return 0;
}

uint32_t tree_arity(const Tree *tree, NodeId id)
{
    uint32_t count = 0;

    tree_each_child(child, tree, id)
        count += is_content(tree, child);
    return count;
}

NodeId tree_field(const Tree *tree, NodeId id, Field field)
{
    tree_each_child(child, tree, id)
        if (tree->nodes[child].field == field && tree_kind(tree, child) != PY_COMMENT)
            return child;
    return 0;
}

NodeId tree_next_field(const Tree *tree, NodeId child, Field field)
{
    while ((child = tree_next(tree, child)))
        if (tree->nodes[child].field == field && tree_kind(tree, child) != PY_COMMENT)
            return child;
    return 0;
}

bool tree_is_inside(const Tree *tree, NodeId id, NodeId ancestor)
{
    return id >= ancestor && id < tree->nodes[ancestor].end;
}

NodeId tree_enclosing(const Tree *tree, NodeId id, Kind kind)
{
    while ((id = tree_parent(tree, id)))
        if (tree_kind(tree, id) == kind)
            return id;
    return 0;
}

bool tree_is_statement(Kind kind)
{
    return kind >= PY_IMPORT && kind <= PY_CLASS && kind != PY_WITH_CLAUSE && kind != PY_WITH_ITEM
        && kind != PY_ELIF && kind != PY_ELSE && kind != PY_EXCEPT && kind != PY_FINALLY
        && kind != PY_CASE;
}

NodeId tree_statement(const Tree *tree, NodeId id)
{
    while (id && !tree_is_statement(tree_kind(tree, id)))
        id = tree_parent(tree, id);
    return id;
}

NodeId tree_strip(const Tree *tree, NodeId id)
{
    while (id && tree_kind(tree, id) == PY_PARENTHESIZED) {
        NodeId inner = tree_nth(tree, id, 0);
        if (!inner)
            break;
        id = inner;
    }
    return id;
}

bool tree_has_error(const Tree *tree, NodeId id)
{
    if (tree->errors)
        for (NodeId at = id; at < tree->nodes[id].end; at++)
            if (tree_kind(tree, at) == PY_ERROR)
                return true;
    return false;
}

NodeId tree_at(const Tree *tree, uint32_t lo, uint32_t hi)
{
    NodeId best = tree->count > 1 ? 1 : 0;

    for (NodeId at = best; at;) {
        NodeId inner = 0;
        tree_each_child(child, tree, at)
            if (tree->nodes[child].lo <= lo && hi <= tree->nodes[child].hi) {
                inner = child;
                break;
            }
        if (inner)
            best = inner;
        at = inner;
    }
    return best;
}

const char *kind_name(Kind kind)
{
    return kind_names[kind];
}
