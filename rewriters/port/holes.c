#include "rewriters/port/holes.h"

#include <ctype.h>

typedef struct Filler {
    Arena        *arena;
    const Module *module;
    const Tree   *tree;
    bool          numbered;
} Filler;

/* -- what a hole's expression is ------------------------------------------------------------- */

/* The value of a local that is assigned once, as `name = value`; the expression itself if it is no name. */
static NodeId value_of_name(const Filler *filler, NodeId expression)
{
    const Tree *tree = filler->tree;

    expression = tree_strip(tree, expression);
    if (tree_kind(tree, expression) != PY_IDENTIFIER)
        return expression;
    SymbolId symbol = filler->module->scopes.symbol_of[expression];
    if (!symbol || filler->module->scopes.symbols.items[symbol].bindings.count != 1)
        return expression;
    NodeId target     = filler->module->scopes.symbols.items[symbol].bindings.items[0];
    NodeId assignment = tree_parent(tree, target);
    if (tree_kind(tree, assignment) != PY_ASSIGNMENT || tree_node(tree, target)->field != F_LEFT)
        return expression;
    NodeId right = tree_field(tree, assignment, F_RIGHT);
    return right ? tree_strip(tree, right) : expression;
}

static bool is_text(const Filler *filler, NodeId node, Str *text)
{
    Literal literal;

    if (tree_kind(filler->tree, node) != PY_STRING || !literal_read(filler->arena, filler->tree, node, &literal)
        || literal.is_bytes || literal.pieces.count > 1
        || (literal.pieces.count && literal.pieces.items[0].kind != PIECE_PLAIN))
        return false;
    *text = literal.text;
    return true;
}

/* `len(x)` gives x; 0 otherwise. */
static NodeId length_of(const Filler *filler, NodeId call)
{
    const Tree *tree     = filler->tree;
    NodeId      function = tree_kind(tree, call) == PY_CALL ? tree_field(tree, call, F_FUNCTION) : 0;
    NodeId      given    = function ? tree_field(tree, call, F_ARGUMENTS) : 0;

    return function && given && str_is(tree_text(tree, function), "len") && tree_arity(tree, given) == 1
             ? tree_nth(tree, given, 0) : 0;
}

static bool is_placeholder(const Filler *filler, NodeId node)
{
    Str text;

    node = tree_strip(filler->tree, node);
    if (tree_kind(filler->tree, node) == PY_LIST && tree_arity(filler->tree, node) == 1)
        node = tree_nth(filler->tree, node, 0);
    return node && is_text(filler, node, &text) && str_is(str_trim(text), "?");
}

/* The collection that a run of placeholders is as long as; 0 if the expression is no such run. */
static NodeId placeholders_for(const Filler *filler, NodeId expression)
{
    const Tree *tree     = filler->tree;
    NodeId      call     = value_of_name(filler, expression);
    NodeId      function = tree_kind(tree, call) == PY_CALL ? tree_field(tree, call, F_FUNCTION) : 0;
    NodeId      given    = function ? tree_field(tree, call, F_ARGUMENTS) : 0;
    Str         separator;

    if (!function || !given || tree_kind(tree, function) != PY_ATTRIBUTE
        || !str_is(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), "join")
        || !is_text(filler, tree_strip(tree, tree_field(tree, function, F_OBJECT)), &separator)
        || !str_is(str_trim(separator), ","))
        return 0;
    NodeId run = tree_kind(tree, given) == PY_GENERATOR ? given : tree_arity(tree, given) == 1 ? tree_nth(tree, given, 0) : 0;
    if (!run)
        return 0;
    run = tree_strip(tree, run);
    if (tree_kind(tree, run) == PY_BINARY && str_is(tree_text(tree, tree_field(tree, run, F_OPERATOR)), "*")) {
        NodeId left = tree_field(tree, run, F_LEFT), right = tree_field(tree, run, F_RIGHT);
        if (is_placeholder(filler, left))
            return length_of(filler, tree_strip(tree, right));
        return is_placeholder(filler, right) ? length_of(filler, tree_strip(tree, left)) : 0;
    }
    if (tree_kind(tree, run) == PY_GENERATOR || tree_kind(tree, run) == PY_LIST_COMPREHENSION) {
        NodeId body = tree_field(tree, run, F_BODY), loop = 0;
        uint32_t clauses = 0;
        tree_each_child(child, tree, run) {
            clauses += tree_kind(tree, child) == PY_FOR_IN || tree_kind(tree, child) == PY_IF_CLAUSE;
            if (tree_kind(tree, child) == PY_FOR_IN)
                loop = child;
        }
        return clauses == 1 && loop && body && is_placeholder(filler, body) ? tree_field(tree, loop, F_RIGHT) : 0;
    }
    return 0;
}

/* The literal of `f"{k} = ?"`, `k + " = ?"`, `"%s = ?" % k` or `"title LIKE ?"`. */
static NodeId literal_of_item(const Tree *tree, NodeId body)
{
    body = tree_strip(tree, body);
    if (tree_kind(tree, body) != PY_BINARY)
        return tree_kind(tree, body) == PY_STRING ? body : 0;
    Str    operator = tree_text(tree, tree_field(tree, body, F_OPERATOR));
    NodeId literal  = tree_strip(tree, tree_field(tree, body, str_is(operator, "%") ? F_LEFT : F_RIGHT));
    return (str_is(operator, "%") || str_is(operator, "+")) && tree_kind(tree, literal) == PY_STRING ? literal : 0;
}

/* `", ".join(f"{k} = ?" for k in d)`: one item with a placeholder for each of a collection; `text` is one, with holes. */
static NodeId items_for(const Filler *filler, NodeId expression, InList *list, Str *text)
{
    const Tree *tree     = filler->tree;
    NodeId      call     = value_of_name(filler, expression);
    NodeId      function = tree_kind(tree, call) == PY_CALL ? tree_field(tree, call, F_FUNCTION) : 0;
    NodeId      given    = function ? tree_field(tree, call, F_ARGUMENTS) : 0;
    Literal     literal;

    if (!given || tree_kind(tree, function) != PY_ATTRIBUTE
        || !str_is(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), "join"))
        return 0;
    NodeId run = tree_kind(tree, given) == PY_GENERATOR ? given
               : tree_arity(tree, given) == 1           ? tree_strip(tree, tree_nth(tree, given, 0))
                                                        : 0;
    if (!run || (tree_kind(tree, run) != PY_GENERATOR && tree_kind(tree, run) != PY_LIST_COMPREHENSION))
        return 0;
    NodeId   body = tree_field(tree, run, F_BODY);
    uint32_t clauses = 0;
    tree_each_child(child, tree, run) {
        clauses += tree_kind(tree, child) == PY_FOR_IN || tree_kind(tree, child) == PY_IF_CLAUSE;
        if (tree_kind(tree, child) == PY_FOR_IN)
            list->clause = child;
    }
    list->item = body ? literal_of_item(tree, body) : 0;
    if (clauses != 1 || !list->clause || !list->item || !literal_read(filler->arena, tree, list->item, &literal) || literal.is_bytes)
        return 0;
    size_t at = str_find_char(literal.text, '?');
    if (at == STR_NOT_FOUND || str_contains(str_slice(literal.text, at + 1, literal.text.len), STR("?")))
        return 0;
    list->mark = 0;
    vec_each(piece, &literal.pieces)
        if (piece->kind == PIECE_PLAIN && piece->lo <= at && at < piece->hi)
            list->mark = piece->src_lo + (uint32_t)(at - piece->lo);
    if (!list->mark)
        return 0;
    Buf  out   = buf_new(filler->arena);
    bool plus  = tree_kind(tree, tree_strip(tree, body)) == PY_BINARY
             && tree_strip(tree, tree_field(tree, tree_strip(tree, body), F_RIGHT)) == list->item;
    bool other = tree_kind(tree, tree_strip(tree, body)) == PY_BINARY && !plus;
    if (plus)
        buf_add_char(&out, HOLE_BYTE);
    for (size_t i = 0; i < literal.text.len; i++)
        if (other && literal.text.ptr[i] == '%' && i + 1 < literal.text.len && literal.text.ptr[i + 1] == 's') {
            buf_add_char(&out, HOLE_BYTE);
            i++;
        } else {
            buf_add_char(&out, literal.text.ptr[i]);
        }
    *text = buf_str(&out);
    return tree_field(tree, list->clause, F_RIGHT);
}

static bool add_literals(const Filler *filler, NodeId expression, StrVec *out)
{
    Str text;

    expression = tree_strip(filler->tree, expression);
    if (tree_kind(filler->tree, expression) == PY_CONDITIONAL)
        return add_literals(filler, tree_nth(filler->tree, expression, 0), out)
            && add_literals(filler, tree_nth(filler->tree, expression, 2), out);
    if (!expression || !is_text(filler, expression, &text) || out->count >= HOLE_LITERALS)
        return false;
    vec_push(filler->arena, out, text);
    return true;
}

/* The literals a hole can hold, when those are all: a choice of them, or a name only ever given one. */
static bool literals_of(const Filler *filler, NodeId expression, StrVec *out)
{
    const Tree *tree = filler->tree;

    expression = tree_strip(tree, expression);
    if (tree_kind(tree, expression) != PY_IDENTIFIER)
        return add_literals(filler, expression, out);
    SymbolId symbol = filler->module->scopes.symbol_of[expression];
    if (!symbol)
        return false;
    const Symbol *name = &filler->module->scopes.symbols.items[symbol];
    if (name->is_parameter || filler->module->scopes.scopes.items[name->scope].kind != SCOPE_FUNCTION)
        return false;
    vec_each(target, &name->bindings) {
        NodeId assignment = tree_parent(tree, *target);
        NodeId value      = tree_kind(tree, assignment) == PY_ASSIGNMENT ? tree_field(tree, assignment, F_RIGHT) : 0;
        if (!value || tree_node(tree, *target)->field != F_LEFT || !add_literals(filler, value, out))
            return false;
    }
    return out->count > 0;
}

/* The one expression that fills a hole: of an f-string, of `… % x`, of `.format(x)`. */
static NodeId filling(const Filler *filler, const Piece *hole, InList *list)
{
    const Tree *tree = filler->tree;

    *list = (InList) { 0 };
    switch (tree_kind(tree, hole->node)) {
    case PY_INTERPOLATION:
        if (tree_field(tree, hole->node, F_FORMAT_SPECIFIER) || tree_field(tree, hole->node, F_TYPE_CONVERSION))
            return 0;
        return tree_field(tree, hole->node, F_EXPRESSION);
    case PY_BINARY: { /* "…" % x */
        NodeId left = tree_field(tree, hole->node, F_LEFT), right = tree_strip(tree, tree_field(tree, hole->node, F_RIGHT));
        if (tree_kind(tree, right) == PY_TUPLE && tree_arity(tree, right) == 1)
            right = tree_nth(tree, right, 0);
        else if (tree_kind(tree, right) == PY_TUPLE || tree_kind(tree, right) == PY_DICTIONARY)
            return 0;
        list->drop_lo = tree_node(tree, left)->hi;
        list->drop_hi = tree_node(tree, hole->node)->hi;
        return right;
    }
    case PY_CALL: { /* "…".format(x) */
        NodeId function = tree_field(tree, hole->node, F_FUNCTION), given = tree_field(tree, hole->node, F_ARGUMENTS);
        if (function && tree_kind(tree, function) == PY_ATTRIBUTE
            && str_is(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), "join"))
            return hole->node; /* a summand */
        if (!function || !given || tree_arity(tree, given) != 1
            || tree_kind(tree, tree_nth(tree, given, 0)) == PY_KEYWORD_ARGUMENT)
            return 0;
        list->drop_lo = tree_node(tree, tree_field(tree, function, F_OBJECT))->hi;
        list->drop_hi = tree_node(tree, hole->node)->hi;
        return tree_nth(tree, given, 0);
    }
    default: /* a summand */
        return tree_kind(tree, hole->node) == PY_IDENTIFIER ? hole->node : 0;
    }
}

/* -- filling --------------------------------------------------------------------------------- */

static uint32_t count_holes(const SqlText *sql)
{
    uint32_t count = 0;

    vec_each(piece, &sql->pieces)
        count += piece->kind == PIECE_HOLE;
    return count;
}

/* The text with [lo, hi) replaced by `with`, which stands for [src_lo, src_hi) and cannot be edited. */
static SqlText replaced(Arena *arena, const SqlText *sql, uint32_t lo, uint32_t hi, Str with, Piece stands)
{
    SqlText out  = *sql;
    Buf     text = buf_new(arena);
    int64_t move = (int64_t)with.len - (hi - lo);

    buf_add(&text, str_slice(sql->text, 0, lo));
    buf_add(&text, with);
    buf_add(&text, str_slice(sql->text, hi, sql->text.len));
    out.text   = buf_str(&text);
    out.pieces = (PieceVec) { 0 };
    bool put   = false;
    vec_each(piece, &sql->pieces) {
        Piece kept = *piece;
        if (piece->hi <= lo && piece->lo < lo) {
            vec_push(arena, &out.pieces, kept);
            continue;
        }
        if (piece->lo < lo) { /* its beginning */
            kept.hi     = lo;
            kept.src_hi = kept.src_lo + (lo - piece->lo);
            vec_push(arena, &out.pieces, kept);
        }
        if (!put && piece->hi > lo) {
            stands.lo = lo;
            stands.hi = lo + (uint32_t)with.len;
            vec_push(arena, &out.pieces, stands);
            put = true;
        }
        if (piece->hi > hi) { /* its end */
            kept = *piece;
            if (piece->lo < hi) {
                kept.lo = hi;
                kept.src_lo += hi - piece->lo;
            }
            kept.lo = (uint32_t)(kept.lo + move);
            kept.hi = (uint32_t)(kept.hi + move);
            vec_push(arena, &out.pieces, kept);
        }
    }
    return out;
}

/* `[f(x) for x in xs]` has the items of xs. */
static NodeId source_of(const Tree *tree, NodeId node)
{
    NodeId   loop = 0;
    uint32_t clauses = 0;

    node = tree_strip(tree, node);
    if (tree_kind(tree, node) != PY_LIST_COMPREHENSION && tree_kind(tree, node) != PY_GENERATOR)
        return node;
    tree_each_child(child, tree, node) {
        clauses += tree_kind(tree, child) == PY_FOR_IN || tree_kind(tree, child) == PY_IF_CLAUSE;
        if (tree_kind(tree, child) == PY_FOR_IN)
            loop = child;
    }
    return clauses == 1 && loop ? tree_strip(tree, tree_field(tree, loop, F_RIGHT)) : node;
}

/* `d`, `d.keys()` and `d.values()` have as many items, in one order. */
static Str collection_text(const Tree *tree, NodeId node)
{
    Str text = tree_text(tree, source_of(tree, node));

    if (str_ends_with(text, STR(".values()")))
        return str_slice(text, 0, text.len - strlen(".values()"));
    return str_ends_with(text, STR(".keys()")) ? str_slice(text, 0, text.len - strlen(".keys()")) : text;
}

bool same_collection(const Tree *tree, NodeId a, NodeId b)
{
    return str_eq(collection_text(tree, a), collection_text(tree, b));
}

/* The bind, or of a list that stays a run what its binds begin with: one for each collection. */
static Str bind_name(const Filler *filler, NodeId collection, const InListVec *taken)
{
    Str         name = tree_text(filler->tree, collection), unique;
    const Tree *tree = filler->tree;

    collection = tree_strip(tree, collection);
    NodeId method = tree_kind(tree, collection) == PY_CALL ? tree_field(tree, collection, F_FUNCTION) : 0;
    if (method && tree_kind(tree, method) == PY_ATTRIBUTE && !str_eq(collection_text(tree, collection), tree_text(tree, collection)))
        collection = tree_field(tree, method, F_OBJECT);
    name = tree_text(tree, collection);
    if (tree_kind(tree, collection) == PY_ATTRIBUTE)
        name = tree_text(tree, tree_field(tree, collection, F_ATTRIBUTE));
    else if (tree_kind(tree, collection) != PY_IDENTIFIER)
        name = STR("items");
    unique = name;
    for (int n = 2;; n++) {
        bool free = true;
        vec_each(list, taken) {
            if (list->numbered.len && same_collection(tree, list->collection, collection))
                return list->numbered;
            free &= !str_eq(list->numbered.len ? list->numbered : list->name, unique);
        }
        if (free)
            return unique;
        unique = str_format(filler->arena, STR_FORMAT "_%d", STR_ARG(name), n);
    }
}

/* Whether what ends before `at` ends with the word IN: a list in VALUES cannot be one bind. */
static bool follows_in(Str text, uint32_t at)
{
    while (at && (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\n' || text.ptr[at - 1] == '\t' || text.ptr[at - 1] == '\r'))
        at--;
    return at > 2 && str_eq_nocase(str_slice(text, at - 2, at), STR("in")) && !isalnum((unsigned char)text.ptr[at - 3])
        && text.ptr[at - 3] != '_';
}

/* A run of items stays one, of which the first is translated. */
static bool fill_items(const Filler *filler, SqlText *sql, const Piece *hole, NodeId expression, InListVec *lists)
{
    InList list = { 0 };
    Str    text;

    list.collection = items_for(filler, expression, &list, &text);
    if (!list.collection)
        return false;
    list.run       = value_of_name(filler, expression);
    list.is_values = true;
    list.numbered  = bind_name(filler, list.collection, lists);
    list.name      = str_format(filler->arena, STR_FORMAT "_0", STR_ARG(list.numbered));
    size_t at      = str_find_char(text, '?');
    text           = str_format(filler->arena, STR_FORMAT ":" STR_FORMAT STR_FORMAT, STR_ARG(str_slice(text, 0, at)), STR_ARG(list.name),
                                STR_ARG(str_slice(text, at + 1, text.len)));
    Piece stands   = { .kind = PIECE_ESCAPE, .src_lo = hole->src_lo, .src_hi = hole->src_hi, .part = hole->part };
    *sql           = replaced(filler->arena, sql, hole->lo, hole->hi, text, stands);
    sql->complete &= !memchr(text.ptr, HOLE_BYTE, text.len);
    vec_push(filler->arena, lists, list);
    return true;
}

/* `IN (<hole>)` becomes `IN :name`; false if the hole is no run of placeholders, or stands otherwise. */
static bool fill_list(const Filler *filler, SqlText *sql, const Piece *hole, InListVec *lists)
{
    InList list;
    NodeId expression = filling(filler, hole, &list);
    Str    text       = sql->text;
    uint32_t lo = hole->lo, hi = hole->hi;

    if (!expression && filler->numbered)
        expression = hole->filling; /* one of several fields: it stays where it is */
    NodeId collection = expression ? placeholders_for(filler, expression) : 0;
    if (!collection && expression && filler->numbered)
        return fill_items(filler, sql, hole, expression, lists);
    if (!collection || (!filler->numbered && list.drop_hi && count_holes(sql) != 1))
        return false;
    while (lo && (text.ptr[lo - 1] == ' ' || text.ptr[lo - 1] == '\n'))
        lo--;
    while (hi < text.len && (text.ptr[hi] == ' ' || text.ptr[hi] == '\n'))
        hi++;
    if (!lo || hi >= text.len || text.ptr[lo - 1] != '(' || text.ptr[hi] != ')')
        return false;
    if (!filler->numbered && !follows_in(text, lo - 1))
        return false;
    if (filler->numbered) {
        list.run      = value_of_name(filler, expression);
        list.is_values = !follows_in(text, lo - 1);
        list.drop_lo  = list.drop_hi = 0;
        list.numbered = bind_name(filler, collection, lists);
        list.name     = str_format(filler->arena, STR_FORMAT "_0", STR_ARG(list.numbered));
        list.collection = collection;
        Piece stands  = *hole;
        *sql = replaced(filler->arena, sql, hole->lo, hole->hi, str_format(filler->arena, ":" STR_FORMAT, STR_ARG(list.name)),
                        (Piece) { .kind = PIECE_ESCAPE, .src_lo = stands.src_lo, .src_hi = stands.src_hi, .part = stands.part });
        vec_push(filler->arena, lists, list);
        return true;
    }
    lo--;
    hi++;
    uint32_t    from, to, ignored;
    const Part *first, *last;
    if (!sqltext_map(sql, lo, lo + 1, &from, &ignored, &first) || !sqltext_map(sql, hi - 1, hi, &ignored, &to, &last)
        || first != last)
        return false;
    list.name       = bind_name(filler, collection, lists);
    list.collection = collection;
    list.lo         = from;
    list.hi         = to;
    Str blank       = lo && text.ptr[lo - 1] != ' ' && text.ptr[lo - 1] != '\n' ? STR(" ") : STR("");
    Str with        = str_format(filler->arena, STR_FORMAT ":" STR_FORMAT, STR_ARG(blank), STR_ARG(list.name));
    *sql = replaced(filler->arena, sql, lo, hi, with,
                    (Piece) { .kind = PIECE_ESCAPE, .src_lo = from, .src_hi = to, .part = hole->part });
    vec_push(filler->arena, lists, list);
    return true;
}

static const Piece *first_hole(const SqlText *sql, uint32_t from)
{
    vec_each(piece, &sql->pieces)
        if (piece->kind == PIECE_HOLE && piece->lo >= from && piece->hi == piece->lo + 1
            && sql->text.ptr[piece->lo] == HOLE_BYTE)
            return piece;
    return NULL;
}

static void fill_literals(const Filler *filler, SqlText sql, uint32_t from, SqlTextVec *out)
{
    const Piece *hole = first_hole(&sql, from);
    StrVec       literals = { 0 };
    InList       ignored;

    if (!hole || out->count >= HOLE_VARIANTS) {
        vec_push(filler->arena, out, sql);
        return;
    }
    NodeId expression = tree_kind(filler->tree, hole->node) == PY_INTERPOLATION ? filling(filler, hole, &ignored) : 0;
    if (!expression || !literals_of(filler, expression, &literals)) {
        fill_literals(filler, sql, hole->hi, out);
        return;
    }
    Piece stands = *hole;
    vec_each(literal, &literals)
        fill_literals(filler, replaced(filler->arena, &sql, hole->lo, hole->hi, *literal, stands),
                      hole->lo + (uint32_t)literal->len, out);
}

void holes_fill_lists(Arena *arena, const Module *module, SqlText *sql, bool numbered, InListVec *lists)
{
    Filler filler = { .arena = arena, .module = module, .tree = &module->tree, .numbered = numbered };

    for (bool again = true; again;) {
        again = false;
        for (uint32_t at = 0; !again;) {
            const Piece *hole = first_hole(sql, at);
            if (!hole)
                break;
            Piece copy = *hole;
            at         = copy.hi;
            again      = fill_list(&filler, sql, &copy, lists);
        }
    }
}

void holes_fill(Arena *arena, const Callsite *call, Filled *out)
{
    SqlText sql = call->sql;

    *out = (Filled) { 0 };
    if (sql.complete || sql.home != call->module || sql.shape == SHAPE_UNKNOWN) {
        vec_push(arena, &out->texts, sql);
        return;
    }
    Filler filler = { .arena = arena, .module = call->module, .tree = &call->module->tree };
    holes_fill_lists(arena, call->module, &sql, false, &out->lists);
    fill_literals(&filler, sql, 0, &out->texts);
}
