#include "analyzers/facts/sqltext.h"

const char *shape_name(Shape shape)
{
    static const char *const names[] = {
#define SHAPE(name, word) [SHAPE_##name] = word,
#include "analyzers/facts/shape.def"
#undef SHAPE
    };
    return names[shape];
}

/* How many names may stand for one another, and how many expressions one text is put together from. */
enum { FOLLOW_DEPTH = 8, READ_LIMIT = 1000 };

typedef struct Reader {
    Arena       *arena;
    const Model *model;
    int          depth;
    uint32_t     reads;
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
    out.home     = left.home == right.home ? left.home : NULL;
    out.shape    = left.shape == SHAPE_AUGMENTED || right.shape == SHAPE_AUGMENTED ? SHAPE_AUGMENTED : SHAPE_CONCAT;
    out.complete = left.complete && right.complete;
    out.node     = out.home == module ? node : 0;
    out.constant = 0;
    return out;
}

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
static SqlText formatted(Reader *reader, const Module *module, SqlText template, bool percent, NodeId node)
{
    SqlText out  = template;
    Buf     text = buf_new(reader->arena);
    bool    away = template.home != module; /* the arguments stand in another file than the template */
    uint32_t position = 0;

    if (spells_fields(&template, percent))
        return unknown(reader, module, node);

    out.pieces = (PieceVec) { 0 };
    vec_each(piece, &template.pieces) {
        uint32_t at = piece->lo, plain = piece->lo;
        Piece    run = *piece;
        if (piece->kind != PIECE_PLAIN) {
            run.lo = (uint32_t)text.len;
            buf_add(&text, str_slice(template.text, piece->lo, piece->hi));
            run.hi = (uint32_t)text.len;
            vec_push(reader->arena, &out.pieces, run);
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
                vec_push(reader->arena, &out.pieces, run);
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
            vec_push(reader->arena, &out.pieces, run);
            out.complete &= doubled;
            at += length;
            plain = at;
        }
    }
    out.text  = buf_str(&text);
    out.shape = SHAPE_FORMAT;
    if (!away)
        out.node = node;
    return out;
}

static bool calls_method(const Tree *tree, NodeId call, const char *name, NodeId *object)
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
        return template.shape == SHAPE_UNKNOWN ? unknown(reader, module, id)
                                               : formatted(reader, module, template, false, id);
    }
    if (function && tree_kind(tree, function) == PY_ATTRIBUTE
        && (by_method(reader, module, id, &out) || by_join(reader, module, id, &out)))
        return out;
    if (function && arguments && tree_arity(tree, arguments) == 1
        && (model_has(reader->model, module, id, ROLE_TEXT) || changes_only_space(reader, module, function)))
        return read(reader, module, tree_nth(tree, arguments, 0));
    return unknown(reader, module, id);
}

/* The value given to a symbol by its only binding, if that is a plain `name = value`. */
static NodeId only_value(const Module *module, SymbolId symbol)
{
    const Symbol *bound = &module->scopes.symbols.items[symbol];
    const Tree   *tree  = &module->tree;

    if (bound->bindings.count != 1 || bound->is_parameter)
        return 0;
    NodeId target = bound->bindings.items[0], assignment = tree_parent(tree, target);
    if (tree_kind(tree, assignment) != PY_ASSIGNMENT || tree_node(tree, target)->field != F_LEFT)
        return 0;
    NodeId value = tree_field(tree, assignment, F_RIGHT);
    while (tree_kind(tree, value) == PY_ASSIGNMENT) /* a = b = value */
        value = tree_field(tree, value, F_RIGHT);
    return value;
}

static Place value_in(const Module *home, SymbolId found, SymbolId *symbol)
{
    NodeId value = found ? only_value(home, found) : 0;

    if (!value)
        return (Place) { 0 };
    *symbol = found;
    return (Place) { home->id, value };
}

static const Module *imported_from(const Model *model, const Module *module, SymbolId symbol, Str *name)
{
    for (size_t i = 0; i < module->imports.count; i++) {
        const Import *import = &module->imports.items[i];
        if (import->symbol == symbol && import->name.len) {
            *name = import->name;
            return project_find(model_project(model), module, import->level, import->module);
        }
    }
    return NULL;
}

/* What a class says of an attribute, itself or through its bases; `says` tells whether it does. */
static Place class_value(const Model *model, const Module *home, NodeId class, Str attribute, SymbolId *symbol, bool *says,
                         int depth)
{
    const Tree *tree   = &home->tree;
    SymbolId    own    = scope_local(&home->scopes, home->scopes.opens[class], attribute);
    NodeId      bases  = tree_field(tree, class, F_SUPERCLASSES);
    Place       none   = { 0 };

    *says = own != 0;
    if (own)
        return value_in(home, own, symbol);
    if (bases && depth < FOLLOW_DEPTH)
        tree_each_child(base, tree, bases)
            vec_each(held, model_values(model, home, base)) {
                const Value *value = model_value(model, held->value);
                if (value->role != ROLE_CLASS)
                    continue;
                Place found = class_value(model, model_module(model, value->a), value->b, attribute, symbol, says, depth + 1);
                if (*says)
                    return found;
            }
    return none;
}

Place constant_of(const Model *model, const Module *module, NodeId name, SymbolId *symbol)
{
    const Tree *tree = &module->tree;

    *symbol = 0;
    if (tree_kind(tree, name) == PY_IDENTIFIER) {
        SymbolId own = module->scopes.symbol_of[name];
        if (!own)
            return (Place) { 0 };
        for (int hops = 0; hops < FOLLOW_DEPTH && own; hops++) {
            Str           inner;
            const Module *home = imported_from(model, module, own, &inner);
            if (!home || module->scopes.symbols.items[own].bindings.count != 1)
                return value_in(module, own, symbol);
            module = home;
            own    = scope_local(&home->scopes, 1, inner);
        }
        return (Place) { 0 };
    }
    if (tree_kind(tree, name) != PY_ATTRIBUTE)
        return (Place) { 0 };
    NodeId object    = tree_field(tree, name, F_OBJECT);
    Str    attribute = tree_text(tree, tree_field(tree, name, F_ATTRIBUTE));
    Place  only      = { 0 };
    vec_each(held, model_values(model, module, object)) {
        const Value *value = model_value(model, held->value);
        if (value->role != ROLE_MODULE && value->role != ROLE_CLASS && value->role != ROLE_INSTANCE)
            continue;
        const Module *home  = model_project(model)->modules.items[value->a];
        Place         found = { 0 };
        bool          says  = true;
        if (model_stores(model, attribute)->count)
            says = true; /* and what it is, nobody can tell */
        else if (value->role == ROLE_MODULE)
            found = value_in(home, scope_local(&home->scopes, 1, attribute), symbol);
        else
            found = class_value(model, home, value->b, attribute, symbol, &says, 0);
        if (!says)
            continue; /* an object that has no such attribute is not here */
        if (!found.node || (only.node && (only.module != found.module || only.node != found.node))) {
            *symbol = 0; /* another class that it may be says otherwise */
            return (Place) { 0 };
        }
        only = found;
    }
    return only;
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

static SqlText read(Reader *reader, const Module *module, NodeId expression)
{
    const Tree *tree = &module->tree;
    SqlText     out;

    expression = tree_strip(tree, expression);
    if (!expression || ++reader->reads > READ_LIMIT)
        return unknown(reader, module, expression);
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
            out = template.shape == SHAPE_UNKNOWN ? unknown(reader, module, expression)
                                                  : formatted(reader, module, template, true, expression);
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
    return out;
}

/* `"?" * n`, `["?"] * n`, `["?" for …]`, `("?" for …)`: one placeholder for each value. */
static bool repeats_placeholder(const Tree *tree, NodeId id)
{
    id = tree_strip(tree, id);
    switch (tree_kind(tree, id)) {
    case PY_STRING: {
        Str text = tree_text(tree, id);
        return text.len >= 3 && text.len <= 5 && str_contains(text, STR("?"));
    }
    case PY_LIST:
    case PY_TUPLE:
        return tree_arity(tree, id) == 1 && repeats_placeholder(tree, tree_nth(tree, id, 0));
    case PY_LIST_COMPREHENSION:
    case PY_GENERATOR:
        return repeats_placeholder(tree, tree_field(tree, id, F_BODY));
    case PY_BINARY:
        return str_is(tree_text(tree, tree_field(tree, id, F_OPERATOR)), "*")
            && (repeats_placeholder(tree, tree_field(tree, id, F_LEFT))
                || repeats_placeholder(tree, tree_field(tree, id, F_RIGHT)));
    default:
        return false;
    }
}

/* Whether an expression gives `?, ?, ?`, perhaps by way of a variable. */
static bool gives_placeholders(const Model *model, const Module *module, NodeId id)
{
    const Tree *tree = &module->tree;
    NodeId      separator;
    SymbolId    symbol;

    id = tree_strip(tree, id);
    if (tree_kind(tree, id) == PY_IDENTIFIER) {
        Place value = constant_of(model, module, id, &symbol);
        if (!value.node || value.module != module->id)
            return false;
        id = tree_strip(tree, value.node);
    }
    if (tree_kind(tree, id) != PY_CALL || !calls_method(tree, id, "join", &separator))
        return false;
    NodeId given = tree_field(tree, id, F_ARGUMENTS);
    return repeats_placeholder(tree, tree_kind(tree, given) == PY_GENERATOR ? given : tree_nth(tree, given, 0));
}

/* Whether what fills a hole gives placeholders: an interpolation, the values of `%` or format(), a summand. */
static bool fills_in_list(const Model *model, const Module *module, NodeId hole)
{
    const Tree *tree = &module->tree;

    switch (tree_kind(tree, hole)) {
    case PY_INTERPOLATION:
        return gives_placeholders(model, module, tree_field(tree, hole, F_EXPRESSION));
    case PY_BINARY: {
        NodeId given = tree_strip(tree, tree_field(tree, hole, F_RIGHT));
        if (tree_kind(tree, given) == PY_TUPLE)
            tree_each_child(item, tree, given)
                if (gives_placeholders(model, module, item))
                    return true;
        return gives_placeholders(model, module, given);
    }
    case PY_CALL: {
        NodeId given = tree_field(tree, hole, F_ARGUMENTS);
        if (given)
            tree_each_child(item, tree, given)
                if (gives_placeholders(model, module,
                                       tree_kind(tree, item) == PY_KEYWORD_ARGUMENT ? tree_field(tree, item, F_VALUE) : item))
                    return true;
        return gives_placeholders(model, module, hole);
    }
    default:
        return gives_placeholders(model, module, hole);
    }
}

static bool has_in_list(const Model *model, const SqlText *sql)
{
    if (sql->home && !sql->complete)
        vec_each(piece, &sql->pieces)
            if (piece->kind == PIECE_HOLE && piece->node && fills_in_list(model, sql->home, piece->node))
                return true;
    return false;
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
