/*
 * Whatever the literal: its pieces tile the text, plain bytes stand in the source as they are, and
 * what part_spell() writes into a part is read back as the same text.
 */
#include <stdlib.h>

#include "analyzers/python/literal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

static void hold_pieces(const Source *source, const Literal *literal)
{
    uint32_t at = 0, src = 0;

    vec_each(piece, &literal->pieces) {
        Str text = str_slice(literal->text, piece->lo, piece->hi);
        hold(piece->lo == at && piece->hi >= at && piece->src_lo >= src && piece->src_hi > piece->src_lo);
        hold(piece->part < literal->parts.count);
        const Part *part = &literal->parts.items[piece->part];
        hold(piece->src_lo >= part->content_lo && piece->src_hi <= part->content_hi);
        if (piece->kind == PIECE_PLAIN)
            hold(str_eq(text, str_slice(source->text, piece->src_lo, piece->src_hi)));
        if (piece->kind == PIECE_HOLE)
            hold(text.len == 1 && text.ptr[0] == HOLE_BYTE);
        at  = piece->hi;
        src = piece->src_hi;
    }
    hold(at == literal->text.len);
}

static bool read_first(Arena *arena, const Source *source, Literal *out)
{
    Tree  tree;
    Error why = { "" };

    hold(tree_parse(arena, source, &tree, &why));
    for (NodeId id = 1; id < tree.count; id++) {
        Kind kind = tree_kind(&tree, id);
        if ((kind == PY_STRING || kind == PY_CONCATENATED_STRING) && !tree.errors)
            return literal_read(arena, &tree, id, out);
    }
    return false;
}

/* Spelled between the quotes of its own part, a text reads as itself. */
static void hold_spelling(Arena *arena, const Source *source, const Part *part, Str text)
{
    Str     spelled;
    Literal again;

    if (str_find_char(text, HOLE_BYTE) != STR_NOT_FOUND || !part_spell(arena, part, text, &spelled))
        return;
    Str    opening = str_slice(source->text, part->content_lo - (part->is_triple ? 3 : 1), part->content_lo);
    Str    prefix  = part->is_raw && part->is_format ? STR("rf") : part->is_raw ? STR("r")
                   : part->is_format                 ? STR("f") : STR("");
    Source other   = { .path = source->path,
                       .text = str_format(arena, "x = " STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT "\n", STR_ARG(prefix),
                                          STR_ARG(opening), STR_ARG(spelled), STR_ARG(opening)) };
    if (str_find_char(spelled, '\0') != STR_NOT_FOUND) /* no text of a Python file, and cut by the format */
        return;
    hold(read_first(arena, &other, &again));
    hold(str_eq(again.text, text));
}

static bool is_utf8(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false; /* the tree-sitter lexer and ours may differ on broken UTF-8; ASCII is enough here */
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena  *arena  = arena_open();
    Source  source = { .path = STR("f.py"), .text = { (const char *)data, size } };
    Tree    tree;
    Literal literal;
    Error   why = { "" };

    hold(tree_parse(arena, &source, &tree, &why));
    for (NodeId id = 1; id < tree.count; id++)
        if (literal_read(arena, &tree, id, &literal)) {
            hold_pieces(&source, &literal);
            if (literal.parts.count == 1 && !literal.is_bytes && is_utf8(literal.text))
                hold_spelling(arena, &source, &literal.parts.items[0], literal.text);
        }
    arena_close(arena);
    return 0;
}
