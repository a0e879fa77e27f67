#include "analyzers/facts/pieces.h"

/* Templates: the fields of `"… %s" % x` and `"… {}".format(x)`, and what is filled into them. */

/* Length of the conversion at `at` of a %-format; 0 if there is none. */
static uint32_t percent_directive(Str text, uint32_t at)
{
    uint32_t end = at + 1;

    if (text.ptr[at] != '%' || end >= text.len)
        return 0;
    if (text.ptr[end] == '(') {
        while (end < text.len && text.ptr[end] != ')')
            end++;
        end++;
    }
    while (end < text.len && strchr("#0- +.123456789", text.ptr[end]))
        end++;
    return end < text.len && text.ptr[end] && strchr("sdifrxXaceEgGou", text.ptr[end]) ? end + 1 - at : 0;
}

/* Length of the replacement field at `at` of a str.format() template; 0 if there is none. */
static uint32_t brace_field(Str text, uint32_t at)
{
    if (text.ptr[at] != '{')
        return 0;
    uint32_t depth = 0; /* a format specification may hold fields of its own */
    for (uint32_t end = at; end < text.len; end++) {
        depth += text.ptr[end] == '{';
        depth -= text.ptr[end] == '}';
        if (depth == 0)
            return end + 1 - at;
    }
    return 0;
}

/* Whether an escape takes part in the template's own syntax: `f"{{}}".format(x)`. */
static bool spells_fields(const SqlText *template, bool percent)
{
    vec_each(piece, &template->pieces) {
        Str text = str_slice(template->text, piece->lo, piece->hi);
        if (piece->kind == PIECE_ESCAPE
            && (percent ? str_contains(text, STR("%")) : str_contains(text, STR("{")) || str_contains(text, STR("}"))))
            return true;
    }
    return false;
}

/* The key of a field: `%(name)s`, `{name}`, `{0}`, `{name!r:>10}`, `{0.id}`; empty if it goes by position. */
static Str field_key(Str field, bool percent)
{
    size_t begin = percent ? 2 : 1, end = begin;

    if (percent && (field.len < 2 || field.ptr[1] != '('))
        return (Str) { 0 };
    while (end < field.len && !strchr(percent ? ")" : "}!:.[", field.ptr[end]))
        end++;
    return str_slice(field, begin, end);
}

static NodeId dictionary_item(const Tree *tree, NodeId dictionary, Str key)
{
    tree_each_child(pair, tree, dictionary)
        if (tree_kind(tree, pair) == PY_PAIR && tree_field(tree, pair, F_KEY)) {
            Str text = tree_text(tree, tree_field(tree, pair, F_KEY));
            if (text.len == key.len + 2 && str_eq(str_slice(text, 1, text.len - 1), key))
                return tree_field(tree, pair, F_VALUE);
        }
    return 0;
}

/* What is filled into the field of a template; 0 if that cannot be told. `position` counts the fields without a key. */
static NodeId filling_of(const Tree *tree, NodeId node, Str field, bool percent, uint32_t *position)
{
    Str    key   = field_key(field, percent);
    NodeId given = percent ? tree_strip(tree, tree_field(tree, node, F_RIGHT)) : tree_field(tree, node, F_ARGUMENTS);

    if (!given)
        return 0;
    if (percent && key.len)
        return tree_kind(tree, given) == PY_DICTIONARY ? dictionary_item(tree, given, key) : 0;
    if (percent)
        return tree_kind(tree, given) == PY_TUPLE ? tree_nth(tree, given, (*position)++) : (*position)++ ? 0 : given;
    if (key.len == 0 || (key.ptr[0] >= '0' && key.ptr[0] <= '9')) {
        uint32_t index = key.len ? (uint32_t)(key.ptr[0] - '0') : (*position)++;
        NodeId   item  = key.len > 1 ? 0 : tree_nth(tree, given, index);
        return item && tree_kind(tree, item) != PY_KEYWORD_ARGUMENT && tree_kind(tree, item) != PY_LIST_SPLAT ? item : 0;
    }
    tree_each_child(item, tree, given) {
        if (tree_kind(tree, item) == PY_DICTIONARY) /* format_map({…}) */
            return dictionary_item(tree, item, key);
        if (tree_kind(tree, item) == PY_KEYWORD_ARGUMENT && str_eq(tree_text(tree, tree_field(tree, item, F_NAME)), key))
            return tree_field(tree, item, F_VALUE);
    }
    return 0;
}

/*
 * A template (`"… %s" % x`, `"… {}".format(x)`): its fields become holes, its
 * doubled characters single ones. Only plain pieces can hold a field.
 */
bool sqltext_fill(Arena *arena, const Module *module, SqlText template, bool percent, NodeId node, SqlText *filled)
{
    SqlText out  = template;
    Buf     text = buf_new(arena);
    bool    away = template.home != module; /* the arguments stand in another file than the template */
    uint32_t position = 0;

    if (spells_fields(&template, percent))
        return false;

    out.pieces = (PieceVec) { 0 };
    vec_each(piece, &template.pieces) {
        uint32_t at = piece->lo, plain = piece->lo;
        Piece    run = *piece;
        if (piece->kind != PIECE_PLAIN) {
            run.lo = (uint32_t)text.len;
            buf_add(&text, str_slice(template.text, piece->lo, piece->hi));
            run.hi = (uint32_t)text.len;
            vec_push(arena, &out.pieces, run);
            continue;
        }
        while (at <= piece->hi) {
            char     c       = at < piece->hi ? template.text.ptr[at] : '\0';
            Str      inside  = str_slice(template.text, 0, piece->hi);
            bool     doubled = at + 1 < piece->hi && template.text.ptr[at + 1] == c
                        && (percent ? c == '%' : c == '{' || c == '}');
            uint32_t field = at >= piece->hi || doubled ? 0
                           : percent ? percent_directive(inside, at) : brace_field(inside, at);
            if (at < piece->hi && !doubled && !field) {
                at++;
                continue;
            }
            if (plain < at) {
                run = (Piece) { .kind = PIECE_PLAIN, .lo = (uint32_t)text.len, .part = piece->part,
                                .src_lo = piece->src_lo + (plain - piece->lo),
                                .src_hi = piece->src_lo + (at - piece->lo) };
                buf_add(&text, str_slice(template.text, plain, at));
                run.hi = (uint32_t)text.len;
                vec_push(arena, &out.pieces, run);
            }
            if (at >= piece->hi)
                break;
            uint32_t length = doubled ? 2 : field;
            run = (Piece) { .kind = doubled ? PIECE_ESCAPE : PIECE_HOLE, .lo = (uint32_t)text.len,
                            .part = piece->part, .src_lo = piece->src_lo + (at - piece->lo),
                            .src_hi = piece->src_lo + (at - piece->lo) + length,
                            .node   = doubled || away ? 0 : node };
            if (!doubled && !away)
                run.filling = filling_of(&module->tree, node, str_slice(template.text, at, at + field), percent, &position);
            buf_add_char(&text, doubled ? c : HOLE_BYTE);
            run.hi = (uint32_t)text.len;
            vec_push(arena, &out.pieces, run);
            out.complete &= doubled;
            at += length;
            plain = at;
        }
    }
    out.text  = buf_str(&text);
    out.shape = SHAPE_FORMAT;
    if (!away)
        out.node = node;
    *filled = out;
    return true;
}
