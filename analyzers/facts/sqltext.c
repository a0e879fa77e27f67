#include "analyzers/facts/pieces.h"

const char *shape_name(Shape shape)
{
    static const char *const names[] = {
#define SHAPE(name, word) [SHAPE_##name] = word,
#include "analyzers/facts/shape.def"
#undef SHAPE
    };
    return names[shape];
}

/* How many expressions one text is put together from. */
enum { READ_LIMIT = 1000 };

typedef struct Reader {
    Arena       *arena;
    const Model *model;
    int          depth;
    uint32_t     reads;
    const Surroundings *around; /* or NULL */
} Reader;

static SqlText read(Reader *reader, const Module *module, NodeId expression);

static SqlText unknown(Reader *reader, const Module *module, NodeId expression)
{
    static const char hole[] = { HOLE_BYTE };
    SqlText           out    = { .text = { hole, 1 }, .home = module, .shape = SHAPE_UNKNOWN, .node = expression };
    const PyNode     *node   = tree_node(&module->tree, expression);

    vec_push(reader->arena, &out.pieces,
             (Piece) { .kind = PIECE_HOLE, .hi = 1, .src_lo = node->lo, .src_hi = node->hi, .node = expression });
    vec_push(reader->arena, &out.parts, (Part) { .node = expression });
    return out;
}

static SqlText from_literal(Reader *reader, const Module *module, NodeId id)
{
    Literal literal;

    if (!literal_read(reader->arena, &module->tree, id, &literal) || literal.is_bytes)
        return unknown(reader, module, id);
    SqlText out = { .text     = literal.text,
                    .pieces   = literal.pieces,
                    .parts    = literal.parts,
                    .home     = module,
                    .complete = true,
                    .node     = id,
                    .shape    = tree_kind(&module->tree, id) == PY_CONCATENATED_STRING
                                  ? SHAPE_IMPLICIT_CONCAT : SHAPE_LITERAL };
    vec_each(part, &out.parts)
        if (part->is_format)
            out.shape = SHAPE_FSTRING;
    vec_each(piece, &out.pieces)
        if (piece->kind == PIECE_HOLE)
            out.complete = false;
    return out;
}

static void add_constants(Reader *reader, SqlText *into, const SqlText *from)
{
    vec_each(constant, &from->constants)
        vec_push(reader->arena, &into->constants, *constant);
}

static SqlText joined(Reader *reader, SqlText left, SqlText right, const Module *module, NodeId node)
{
    uint32_t shift      = (uint32_t)left.text.len;
    uint32_t part_shift = (uint32_t)left.parts.count;
    SqlText  out        = left;
    Buf      text       = buf_new(reader->arena);

    buf_add(&text, left.text);
    buf_add(&text, right.text);
    out.text   = buf_str(&text);
    out.pieces    = (PieceVec) { 0 };
    out.parts     = (PartVec) { 0 };
    out.constants = (PlaceVec) { 0 };
    add_constants(reader, &out, &left);
    add_constants(reader, &out, &right);
    vec_each(piece, &left.pieces)
        vec_push(reader->arena, &out.pieces, *piece);
    vec_each(part, &left.parts)
        vec_push(reader->arena, &out.parts, *part);
    vec_each(piece, &right.pieces) {
        Piece moved = *piece;
        moved.lo += shift;
        moved.hi += shift;
        moved.part += part_shift;
        vec_push(reader->arena, &out.pieces, moved);
    }
    vec_each(part, &right.parts)
        vec_push(reader->arena, &out.parts, *part);
    out.home     = left.text.len == 0 && left.complete ? right.home : right.text.len == 0 && right.complete ? left.home
                 : left.home == right.home ? left.home : NULL;
    out.shape    = left.shape == SHAPE_AUGMENTED || right.shape == SHAPE_AUGMENTED ? SHAPE_AUGMENTED : SHAPE_CONCAT;
    out.complete = left.complete && right.complete;
    out.node     = out.home == module ? node : 0;
    out.constant = 0;
    return out;
}

SqlText sqltext_slice(Arena *arena, const SqlText *text, uint32_t lo, uint32_t hi)
{
    SqlText out = *text;

    out.text   = str_slice(text->text, lo, hi);
    out.pieces = (PieceVec) { 0 };
    vec_each(piece, &text->pieces) {
        Piece cut = *piece;
        if (piece->hi <= lo || hi <= piece->lo)
            continue;
        if (piece->lo < lo)
            cut.lo = lo;
        if (hi < piece->hi)
            cut.hi = hi;
        if (piece->kind == PIECE_PLAIN) {
            cut.src_lo += cut.lo - piece->lo;
            cut.src_hi -= piece->hi - cut.hi;
        }
        cut.lo -= lo;
        cut.hi -= lo;
        vec_push(arena, &out.pieces, cut);
    }
    return out;
}

/* The expression that a hole stands for; 0 if the text does not take it as it is. */
static NodeId expression_of(const Tree *tree, const Piece *hole)
{
    if (hole->filling)
        return hole->filling;
    if (!hole->node || tree_kind(tree, hole->node) != PY_INTERPOLATION
        || tree_field(tree, hole->node, F_FORMAT_SPECIFIER) || tree_field(tree, hole->node, F_TYPE_CONVERSION))
        return 0;
    return tree_field(tree, hole->node, F_EXPRESSION);
}

/* The holes of a text that a local, or an expression of locals, fills. */
static SqlText filled(Reader *reader, const Module *module, SqlText text)
{
    SqlText  out  = { 0 };
    uint32_t from = 0;
    bool     any  = false;

    if (!reader->around || reader->around->module != module || text.home != module || text.complete)
        return text;
    vec_each(piece, &text.pieces) {
        NodeId expression = piece->kind == PIECE_HOLE ? expression_of(&module->tree, piece) : 0;
        if (!expression || reader->depth >= FOLLOW_DEPTH)
            continue;
        reader->depth++;
        SqlText inner = read(reader, module, expression);
        reader->depth--;
        if (!inner.complete && inner.text.len <= 1)
            continue;
        SqlText before = sqltext_slice(reader->arena, &text, from, piece->lo);
        out  = any ? joined(reader, out, before, module, text.node) : before;
        out  = joined(reader, out, inner, module, text.node);
        from = piece->hi;
        any  = true;
    }
    if (!any)
        return text;
    out = joined(reader, out, sqltext_slice(reader->arena, &text, from, (uint32_t)text.text.len), module, text.node);
    out.complete = true;
    vec_each(piece, &out.pieces)
        out.complete &= piece->kind != PIECE_HOLE;
    return out;
}

bool calls_method(const Tree *tree, NodeId call, const char *name, NodeId *object)
{
    NodeId function = tree_field(tree, call, F_FUNCTION);

    if (!function || tree_kind(tree, function) != PY_ATTRIBUTE)
        return false;
    *object = tree_field(tree, function, F_OBJECT);
    return *object && str_is(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), name);
}

/* textwrap.dedent() and inspect.cleandoc(): between the words of a statement. str() not even that. */
static bool changes_only_space(const Reader *reader, const Module *module, NodeId function)
{
    const Held *held = model_has(reader->model, module, function, ROLE_EXTERNAL);

    if (!held)
        return false;
    Str name = model_value(reader->model, held->value)->name;
    return str_is(name, "textwrap.dedent") || str_is(name, "inspect.cleandoc") || str_is(name, "builtins.str");
}

/* What is followed to a place where an edit would be seen by others: text, and no more. */
static SqlText not_to_be_edited(SqlText text)
{
    text.home     = NULL;
    text.node     = 0;
    text.constant = 0;
    return text;
}

/* A text made of another by a method: complete, but no byte of it maps back. */
static SqlText made_of(Reader *reader, SqlText from, Str text)
{
    SqlText out = from;

    out.text   = text;
    out.pieces = (PieceVec) { 0 };
    out.home   = NULL;
    out.node   = 0;
    if (text.len)
        vec_push(reader->arena, &out.pieces, (Piece) { .kind = PIECE_ESCAPE, .hi = (uint32_t)text.len });
    return out;
}

static Str literal_argument(Reader *reader, const Module *module, NodeId arguments, uint32_t index)
{
    NodeId  node = arguments ? tree_nth(&module->tree, arguments, index) : 0;
    Literal literal;

    if (!node || tree_kind(&module->tree, node) != PY_STRING || !literal_read(reader->arena, &module->tree, node, &literal))
        return (Str) { 0 };
    return literal.text;
}

static Str stripped(Str text, Str set, bool left, bool right)
{
    while (left && text.len && memchr(set.ptr, text.ptr[0], set.len))
        text = str_slice(text, 1, text.len);
    while (right && text.len && memchr(set.ptr, text.ptr[text.len - 1], set.len))
        text.len--;
    return text;
}

static Str replaced(Arena *arena, Str text, Str from, Str to)
{
    Buf    out = buf_new(arena);
    size_t at;

    while (from.len && (at = str_find(text, from)) != STR_NOT_FOUND) {
        buf_add(&out, str_slice(text, 0, at));
        buf_add(&out, to);
        text = str_slice(text, at + from.len, text.len);
    }
    buf_add(&out, text);
    return buf_str(&out);
}

/* `sql.strip()`, `sql.rstrip(";")`, `sql.lower()`, `sql.replace("a", "b")`: of a text that is known. */
static bool by_method(Reader *reader, const Module *module, NodeId id, SqlText *out)
{
    const Tree *tree      = &module->tree;
    NodeId      function  = tree_field(tree, id, F_FUNCTION), arguments = tree_field(tree, id, F_ARGUMENTS);
    Str         name      = tree_text(tree, tree_field(tree, function, F_ATTRIBUTE));
    bool        left      = str_is(name, "strip") || str_is(name, "lstrip");
    bool        right     = str_is(name, "strip") || str_is(name, "rstrip");
    bool        lower     = str_is(name, "lower"), replace = str_is(name, "replace");
    uint32_t    arity     = arguments ? tree_arity(tree, arguments) : 0;

    if (!(left || right || lower || replace))
        return false;
    *out = read(reader, module, tree_field(tree, function, F_OBJECT));
    if ((left || right) && arity == 0)
        return true;
    Str first = literal_argument(reader, module, arguments, 0), second = literal_argument(reader, module, arguments, 1);
    if (reader->around && (left || right) && first.len && !str_contains(first, (Str) { (char[]) { HOLE_BYTE }, 1 })) {
        Str kept = stripped(out->text, first, left, right);
        if (!kept.len || (kept.ptr[0] != HOLE_BYTE && kept.ptr[kept.len - 1] != HOLE_BYTE)) {
            uint32_t lo = (uint32_t)(kept.ptr - out->text.ptr);
            *out        = sqltext_slice(reader->arena, out, lo, lo + (uint32_t)kept.len);
            return true;
        }
    }
    if (!out->complete || ((left || right || replace) && !first.len))
        *out = unknown(reader, module, id);
    else if (left || right)
        *out = made_of(reader, *out, stripped(out->text, first, left, right));
    else if (lower)
        *out = made_of(reader, *out, str_lower(reader->arena, out->text));
    else
        *out = made_of(reader, *out, replaced(reader->arena, out->text, first, second));
    return true;
}

/* `" ".join(["SELECT …", "FROM …"])`: the parts, one after the other. */
static bool by_join(Reader *reader, const Module *module, NodeId id, SqlText *out)
{
    const Tree *tree      = &module->tree;
    NodeId      arguments = tree_field(tree, id, F_ARGUMENTS), separator;
    NodeId      parts     = arguments && tree_kind(tree, arguments) == PY_ARGUMENT_LIST ? tree_nth(tree, arguments, 0) : 0;
    NodeId      whole     = arguments && tree_kind(tree, arguments) == PY_GENERATOR ? arguments : parts;

    if (whole && reader->around && reader->around->module == module && (whole == arguments || tree_arity(tree, arguments) == 1)
        && calls_method(tree, id, "join", &separator)) {
        SqlTextVec texts = { 0 };
        if (reader->around->texts_of(reader->around->data, whole, &texts)) {
            *out = (SqlText) { .home = module, .shape = SHAPE_CONCAT, .complete = true, .node = id };
            for (size_t i = 0; i < texts.count; i++) {
                if (i)
                    *out = joined(reader, *out, read(reader, module, separator), module, id);
                *out = joined(reader, *out, texts.items[i], module, id);
            }
            return true;
        }
    }
    if (!parts || !calls_method(tree, id, "join", &separator)
        || (tree_kind(tree, parts) != PY_LIST && tree_kind(tree, parts) != PY_TUPLE) || !tree_arity(tree, parts))
        return false;
    bool first = true;
    tree_each_child(part, tree, parts) {
        if (tree_kind(tree, part) == PY_COMMENT || tree_kind(tree, part) == PY_TOKEN)
            continue;
        SqlText text = read(reader, module, part);
        *out  = first ? text : joined(reader, joined(reader, *out, read(reader, module, separator), module, id), text, module, id);
        first = false;
    }
    out->shape = SHAPE_CONCAT;
    *out = not_to_be_edited(*out); /* an edit would have to keep to the parts */
    return true;
}

static SqlText from_call(Reader *reader, const Module *module, NodeId id)
{
    const Tree *tree     = &module->tree;
    NodeId      function = tree_field(tree, id, F_FUNCTION);
    NodeId      object, arguments = tree_field(tree, id, F_ARGUMENTS);
    SqlText     out;

    if (calls_method(tree, id, "format", &object) || calls_method(tree, id, "format_map", &object)) {
        SqlText template = read(reader, module, object);
        if (template.shape == SHAPE_UNKNOWN || !sqltext_fill(reader->arena, module, template, false, id, &out))
            out = unknown(reader, module, id);
        return out;
    }
    if (function && tree_kind(tree, function) == PY_ATTRIBUTE
        && (by_method(reader, module, id, &out) || by_join(reader, module, id, &out)))
        return out;
    if (function && arguments && tree_arity(tree, arguments) == 1
        && (model_has(reader->model, module, id, ROLE_TEXT) || changes_only_space(reader, module, function)))
        return read(reader, module, tree_nth(tree, arguments, 0));
    return unknown(reader, module, id);
}

static SqlText followed(Reader *reader, const Module *module, NodeId name, const Module *home, NodeId value)
{
    if (reader->depth >= FOLLOW_DEPTH)
        return unknown(reader, module, name);
    reader->depth++;
    SqlText out = read(reader, home, value);
    reader->depth--;
    if (out.shape == SHAPE_LITERAL || out.shape == SHAPE_IMPLICIT_CONCAT || out.complete)
        out.shape = SHAPE_VARIABLE;
    return out;
}

/* `sql += " LIMIT 1"`, `sql = sql + …`: whether a variable is ever given something made of itself. */
static bool grows(const Module *module, SymbolId symbol)
{
    const Tree *tree = &module->tree;

    vec_each(bound, &module->scopes.symbols.items[symbol].bindings) {
        NodeId parent = tree_parent(tree, *bound);
        if (tree_kind(tree, parent) == PY_AUGMENTED_ASSIGNMENT)
            return true;
        NodeId right = tree_kind(tree, parent) == PY_ASSIGNMENT ? tree_field(tree, parent, F_RIGHT) : 0;
        for (NodeId id = right; right && id < tree_node(tree, right)->end; id++)
            if (tree_kind(tree, id) == PY_IDENTIFIER && module->scopes.symbol_of[id] == symbol)
                return true;
    }
    return false;
}

/* A name with several assignments, only one of which reaches this use. */
static bool from_binding(Reader *reader, const Module *module, NodeId name, SqlText *out)
{
    const Tree *tree   = &module->tree;
    NodeId      bound  = model_binding(reader->model, module, name);
    NodeId      parent = bound ? tree_parent(tree, bound) : 0;

    if (!bound || reader->depth >= FOLLOW_DEPTH)
        return false;
    if (tree_kind(tree, parent) == PY_AUGMENTED_ASSIGNMENT
        && str_is(tree_text(tree, tree_field(tree, parent, F_OPERATOR)), "+=")) {
        SqlText before;
        reader->depth++;
        bool known = from_binding(reader, module, bound, &before);
        if (known)
            *out = not_to_be_edited(joined(reader, before, read(reader, module, tree_field(tree, parent, F_RIGHT)), module, name));
        reader->depth--;
        out->shape = SHAPE_AUGMENTED;
        return known;
    }
    if (tree_kind(tree, parent) == PY_NAMED_EXPRESSION && tree_field(tree, parent, F_NAME) == bound) {
        *out = not_to_be_edited(followed(reader, module, name, module, tree_field(tree, parent, F_VALUE)));
        return true;
    }
    if (tree_kind(tree, parent) != PY_ASSIGNMENT || tree_node(tree, bound)->field != F_LEFT || !tree_field(tree, parent, F_RIGHT))
        return false;
    *out = not_to_be_edited(followed(reader, module, name, module, tree_field(tree, parent, F_RIGHT)));
    return true;
}

/* `self.sql`, given once in the whole project: in __init__, say. */
static bool from_only_store(Reader *reader, const Module *module, NodeId name, SqlText *out)
{
    const StoreVec *stores = model_stores(reader->model, tree_text(&module->tree, tree_field(&module->tree, name, F_ATTRIBUTE)));

    if (stores->count != 1)
        return false;
    NodeId object = tree_field(&module->tree, name, F_OBJECT);
    vec_each(held, model_values(reader->model, module, object)) { /* or else its class gives another */
        const Value *value = model_value(reader->model, held->value);
        SymbolId     ignored;
        bool         says = value->role == ROLE_MODULE;
        if (value->role == ROLE_CLASS || value->role == ROLE_INSTANCE)
            class_value(reader->model, model_module(reader->model, value->a), value->b,
                        tree_text(&module->tree, tree_field(&module->tree, name, F_ATTRIBUTE)), &ignored, &says, 0);
        if (says)
            return false;
    }
    const Store  *store = &stores->items[0];
    const Module *home  = model_module(reader->model, store->at.module);
    *out = not_to_be_edited(followed(reader, module, name, home, store->value));
    return out->shape != SHAPE_UNKNOWN;
}

static SqlText from_name(Reader *reader, const Module *module, NodeId name)
{
    SymbolId symbol;
    Place    value = constant_of(reader->model, module, name, &symbol);
    bool     plain = tree_kind(&module->tree, name) == PY_IDENTIFIER;
    SqlText  out;

    if (value.node) {
        const Module *home = model_project(reader->model)->modules.items[value.module];
        out = followed(reader, module, name, home, value.node);
        if (out.shape == SHAPE_UNKNOWN && out.home == module && out.node == name)
            return out;
        out.constant = out.home == home ? symbol : 0; /* or else it holds pieces of another file */
        vec_push(reader->arena, &out.constants, value);
        return out;
    }
    SymbolId own = plain ? module->scopes.symbol_of[name] : 0;
    if (own ? from_binding(reader, module, name, &out) : !plain && from_only_store(reader, module, name, &out)) {
        if (own && grows(module, own))
            out.shape = SHAPE_AUGMENTED;
        return out;
    }
    out = unknown(reader, module, name);
    if (own)
        out.shape = grows(module, own) ? SHAPE_AUGMENTED : SHAPE_VARIABLE;
    return out;
}

/* The entry of a display under a key spelled so, a string or an index below ten; 0 if there is none. */
static NodeId entry_of(const Tree *tree, NodeId display, Str key)
{
    bool   is_index = key.len == 1 && key.ptr[0] >= '0' && key.ptr[0] <= '9';
    NodeId found    = 0;

    if (tree_kind(tree, display) == PY_LIST || tree_kind(tree, display) == PY_TUPLE)
        return is_index ? tree_nth(tree, display, (uint32_t)(key.ptr[0] - '0')) : 0;
    if (tree_kind(tree, display) == PY_DICTIONARY && key.len > 2)
        tree_each_child(pair, tree, display) {
            NodeId own     = tree_kind(tree, pair) == PY_PAIR ? tree_field(tree, pair, F_KEY) : 0;
            Str    spelled = own ? tree_text(tree, own) : (Str) { 0 };
            if (spelled.len == key.len && str_eq(str_slice(spelled, 1, key.len - 1), str_slice(key, 1, key.len - 1)))
                found = tree_field(tree, pair, F_VALUE);
        }
    return found;
}

/* `SQL["order"]`: an entry of a dict, a list or a tuple that never changes as a whole. */
static SqlText from_subscript(Reader *reader, const Module *module, NodeId subscript)
{
    const Tree *tree = &module->tree;
    NodeId      key  = tree_field(tree, subscript, F_SUBSCRIPT), container = tree_field(tree, subscript, F_VALUE);
    SymbolId    symbol;
    SqlText     out  = unknown(reader, module, subscript);

    out.shape = SHAPE_VARIABLE;
    if (!key || !container)
        return out;
    Place         value = constant_of(reader->model, module, tree_strip(tree, container), &symbol);
    const Module *home  = value.node ? model_module(reader->model, value.module) : module;
    NodeId        entry = value.node ? entry_of(&home->tree, tree_strip(&home->tree, value.node), tree_text(tree, key)) : 0;
    if (!entry)
        return out;
    SqlText inner = not_to_be_edited(followed(reader, module, subscript, home, entry));
    if (inner.shape == SHAPE_UNKNOWN)
        return out;
    inner.shape = SHAPE_VARIABLE;
    return inner;
}

/* `sql[:-1]`: all but so many of the last bytes. */
static uint32_t cut_off(const Tree *tree, NodeId slice)
{
    Str text = slice && tree_kind(tree, slice) == PY_SLICE ? str_trim(tree_text(tree, slice)) : (Str) { 0 };

    return text.len == 3 && text.ptr[0] == ':' && text.ptr[1] == '-' && text.ptr[2] > '0' && text.ptr[2] <= '9'
             ? (uint32_t)(text.ptr[2] - '0') : 0;
}

/* What only the surroundings know of an expression; false if it is read as it is anywhere. */
static bool read_around(Reader *reader, const Module *module, NodeId expression, SqlText *out)
{
    const Surroundings *around = reader->around;
    const Tree         *tree   = &module->tree;

    switch (tree_kind(tree, expression)) {
    case PY_IDENTIFIER:
        return around->text_of(around->data, expression, out);
    case PY_CONDITIONAL: {
        int holds = around->holds(around->data, tree_nth(tree, expression, 1));
        *out      = holds < 0 ? unknown(reader, module, expression)
                              : read(reader, module, tree_nth(tree, expression, holds ? 0 : 2));
        return true;
    }
    case PY_SUBSCRIPT: {
        uint32_t count = cut_off(tree, tree_field(tree, expression, F_SUBSCRIPT));
        if (!count)
            return false;
        *out = read(reader, module, tree_field(tree, expression, F_VALUE));
        uint32_t length = (uint32_t)out->text.len;
        bool     ascii  = length >= count;
        for (uint32_t i = 1; ascii && i <= count; i++)
            ascii = (unsigned char)out->text.ptr[length - i] < 0x80;
        if (!ascii || memchr(out->text.ptr + length - count, HOLE_BYTE, count) || (!out->complete && out->text.len <= 1))
            *out = unknown(reader, module, expression);
        else
            *out = sqltext_slice(reader->arena, out, 0, length - count);
        return true;
    }
    default:
        return false;
    }
}

static SqlText read(Reader *reader, const Module *module, NodeId expression)
{
    const Tree *tree = &module->tree;
    SqlText     out;

    expression = tree_strip(tree, expression);
    if (!expression || ++reader->reads > READ_LIMIT)
        return unknown(reader, module, expression);
    if (reader->around && reader->around->module == module && read_around(reader, module, expression, &out))
        return out;
    switch (tree_kind(tree, expression)) {
    case PY_STRING:
    case PY_CONCATENATED_STRING:
        out = from_literal(reader, module, expression);
        break;
    case PY_BINARY: {
        Str operator = tree_text(tree, tree_field(tree, expression, F_OPERATOR));
        if (str_is(operator, "+")) {
            SqlText left = read(reader, module, tree_field(tree, expression, F_LEFT));
            out = joined(reader, left, read(reader, module, tree_field(tree, expression, F_RIGHT)), module, expression);
            if (left.shape == SHAPE_UNKNOWN && out.text.len <= 2)
                out.shape = SHAPE_UNKNOWN;
        } else if (str_is(operator, "%")) {
            SqlText template = read(reader, module, tree_field(tree, expression, F_LEFT));
            if (template.shape == SHAPE_UNKNOWN
                || !sqltext_fill(reader->arena, module, template, true, expression, &out))
                out = unknown(reader, module, expression);
        } else {
            out = unknown(reader, module, expression);
        }
        break;
    }
    case PY_CALL:
        out = from_call(reader, module, expression);
        break;
    case PY_IDENTIFIER:
    case PY_ATTRIBUTE:
        out = from_name(reader, module, expression);
        break;
    case PY_SUBSCRIPT:
        out = from_subscript(reader, module, expression);
        break;
    case PY_CONDITIONAL:
        out       = unknown(reader, module, expression);
        out.shape = SHAPE_VARIABLE;
        break;
    default:
        out = unknown(reader, module, expression);
        break;
    }
    return filled(reader, module, out);
}

SqlText sqltext_read_in(Arena *arena, const Model *model, const Module *module, NodeId expression,
                        const Surroundings *around)
{
    Reader reader = { .arena = arena, .model = model, .around = around };

    return read(&reader, module, expression);
}

SqlText sqltext_read(Arena *arena, const Model *model, const Module *module, NodeId expression)
{
    Reader reader = { .arena = arena, .model = model };
    SqlText out   = read(&reader, module, expression);

    if ((out.shape == SHAPE_FSTRING || out.shape == SHAPE_CONCAT || out.shape == SHAPE_FORMAT) && has_in_list(model, &out))
        out.shape = SHAPE_IN_LIST;
    return out;
}

SqlText sqltext_join(Arena *arena, const SqlText *left, SqlText right)
{
    Reader  reader = { .arena = arena };
    SqlText out    = joined(&reader, *left, right, left->home, 0);

    out.shape = SHAPE_AUGMENTED;
    out.node  = 0;
    return out;
}

bool sqltext_map(const SqlText *sql, uint32_t lo, uint32_t hi, uint32_t *src_lo, uint32_t *src_hi,
                 const Part **part)
{
    const Piece *first = NULL, *last = NULL;

    if (!sql->home)
        return false;
    vec_each(piece, &sql->pieces) {
        bool touches = lo == hi ? piece->kind == PIECE_PLAIN && piece->lo <= lo && lo <= piece->hi
                                : piece->lo < hi && lo < piece->hi;
        if (!touches)
            continue;
        if (piece->kind == PIECE_HOLE || (piece->kind == PIECE_ESCAPE && (piece->lo < lo || hi < piece->hi)))
            return false;
        if (!first)
            first = piece;
        else if (lo == hi) /* at a border, the piece before takes the insertion */
            break;
        last = piece;
    }
    if (!first || first->part != last->part)
        return false;
    *src_lo = first->kind == PIECE_PLAIN ? first->src_lo + (lo - first->lo) : first->src_lo;
    *src_hi = last->kind == PIECE_PLAIN ? last->src_lo + (hi - last->lo) : last->src_hi;
    *part   = &sql->parts.items[first->part];
    return true;
}
