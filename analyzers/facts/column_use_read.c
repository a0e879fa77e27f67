#include "analyzers/facts/column_use_pieces.h"

/* What is done with a value that was read from a row, by the place it stands in. */

static NodeId out_of_parentheses(const Tree *tree, NodeId id)
{
    while (tree_kind(tree, tree_parent(tree, id)) == PY_PARENTHESIZED)
        id = tree_parent(tree, id);
    return id;
}

static const struct Reader {
    const char *name;
    SignalSet   set;
} readers[] = {
    { "builtins.bool", SAYS(READ_TRUTH) },
    { "json.loads", SAYS(READ_JSON) },
    { "simplejson.loads", SAYS(READ_JSON) },
    { "ujson.loads", SAYS(READ_JSON) },
    { "rapidjson.loads", SAYS(READ_JSON) },
    { "orjson.loads", SAYS(READ_JSON) },
    { "flask.json.loads", SAYS(READ_JSON) },
    { "datetime.datetime.fromisoformat", SAYS(READ_TIME) },
    { "dateutil.parser.isoparse", SAYS(READ_TIME) },
    { "datetime.date.fromisoformat", SAYS(READ_DATE) },
    { "datetime.datetime.fromtimestamp", SAYS(READ_EPOCH) },
    { "datetime.datetime.utcfromtimestamp", SAYS(READ_EPOCH) },
    { "datetime.date.fromtimestamp", SAYS(READ_EPOCH) },
    { "time.gmtime", SAYS(READ_EPOCH) },
    { "time.localtime", SAYS(READ_EPOCH) },
    { "time.ctime", SAYS(READ_EPOCH) },
    { "pickle.loads", SAYS(READ_BYTES) },
    { "marshal.loads", SAYS(READ_BYTES) },
    { "zlib.decompress", SAYS(READ_BYTES) },
    { "gzip.decompress", SAYS(READ_BYTES) },
    { "io.BytesIO", SAYS(READ_BYTES) },
    { "struct.unpack", SAYS(READ_BYTES) },
};

/* datetime.strptime(row["c"], format) */
static SignalSet by_format(Arena *arena, const Module *module, NodeId arguments)
{
    const Tree *tree   = &module->tree;
    NodeId      format = tree_nth(tree, arguments, 1);
    Literal     literal;

    if (!format || tree_kind(tree, format) != PY_STRING || !literal_read(arena, tree, format, &literal))
        return 0;
    switch (format_form(literal.text)) {
    case TEXT_TIME: return SAYS(READ_TIME);
    case TEXT_DATE: return SAYS(READ_DATE);
    default: return SAYS(READ_OTHER_TIME);
    }
}

static SignalSet as_argument(Arena *arena, const Model *model, const Module *module, NodeId arguments, NodeId self)
{
    const Tree *tree = &module->tree;
    NodeId      call = tree_parent(tree, arguments);
    Str         name = tree_kind(tree, call) == PY_CALL ? called_name(model, module, call) : (Str) { 0 };

    if (!name.len || tree_nth(tree, arguments, 0) != self)
        return 0;
    if (str_is(name, "datetime.datetime.strptime") || str_is(name, "time.strptime"))
        return by_format(arena, module, arguments);
    if (str_starts_with(name, STR("hashlib.")) || str_starts_with(name, STR("hmac.")))
        return SAYS(READ_TEXT);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (str_is(name, readers[i].name))
            return readers[i].set;
    return 0;
}

/* row["c"].decode(), row["c"].split() */
static SignalSet as_object(const Module *module, NodeId attribute)
{
    static const char *const texts[] = { "split", "strip", "startswith", "endswith", "replace", "lower", "upper", "find",
                                         "encode", NULL };
    const Tree *tree = &module->tree;
    Str         name = tree_text(tree, tree_field(tree, attribute, F_ATTRIBUTE));

    if (tree_kind(tree, tree_parent(tree, attribute)) != PY_CALL)
        return 0;
    if (str_is(name, "decode"))
        return SAYS(READ_BYTES);
    for (size_t i = 0; texts[i]; i++)
        if (str_is(name, texts[i]))
            return SAYS(READ_TEXT);
    return 0;
}

static SignalSet in_comparison(const Module *module, NodeId comparison, NodeId self)
{
    const Tree *tree     = &module->tree;
    NodeId      operator_ = tree_field(tree, comparison, F_OPERATORS);
    Str         sign     = operator_ ? tree_text(tree, operator_) : (Str) { 0 };
    NodeId      left     = tree_nth(tree, comparison, 0), right = tree_nth(tree, comparison, 1);

    if (tree_arity(tree, comparison) != 2 || str_is(sign, "in") || str_is(sign, "not in"))
        return 0;
    NodeId other = tree_strip(tree, left == self ? right : left);
    Str    text  = tree_text(tree, other);
    bool   order = sign.len && (sign.ptr[0] == '<' || sign.ptr[0] == '>');
    switch (tree_kind(tree, other)) {
    case PY_TRUE:
    case PY_FALSE: return order ? SAYS(READ_NUMBER) : SAYS(READ_ZERO_ONE);
    case PY_INTEGER:
        if (str_is(text, "0"))
            return order ? 0 : SAYS(READ_ZERO_ONE);
        return str_is(text, "1") && !order ? SAYS(READ_ZERO_ONE) : SAYS(READ_NUMBER);
    case PY_FLOAT:
    case PY_UNARY: return SAYS(READ_NUMBER);
    case PY_STRING: return SAYS(READ_TEXT);
    default: return 0;
    }
}

static SignalSet in_binary(const Module *module, NodeId binary, NodeId self)
{
    const Tree *tree  = &module->tree;
    NodeId      left  = tree_field(tree, binary, F_LEFT), right = tree_field(tree, binary, F_RIGHT);
    NodeId      other = tree_strip(tree, left == self ? right : left);

    if (tree_kind(tree, other) == PY_STRING || tree_kind(tree, other) == PY_CONCATENATED_STRING)
        return left == self ? SAYS(READ_TEXT) : 0; /* "%s" % row["c"] takes anything */
    if (tree_kind(tree, other) == PY_INTEGER || tree_kind(tree, other) == PY_FLOAT)
        return SAYS(READ_NUMBER);
    return 0;
}

SignalSet column_read(Arena *arena, const Model *model, const Module *module, NodeId expression, NodeId *use)
{
    const Tree *tree   = &module->tree;
    NodeId      self   = out_of_parentheses(tree, expression);
    NodeId      parent = tree_parent(tree, self);
    Field       field  = (Field)tree_node(tree, self)->field;

    *use = tree_kind(tree, parent) == PY_ARGUMENT_LIST ? tree_parent(tree, parent) : parent;
    switch (tree_kind(tree, parent)) {
    case PY_IF:
    case PY_ELIF:
    case PY_WHILE: return field == F_CONDITION ? SAYS(READ_TRUTH) : 0;
    case PY_NOT:
    case PY_IF_CLAUSE:
    case PY_ASSERT: return SAYS(READ_TRUTH);
    case PY_CONDITIONAL: return tree_nth(tree, parent, 1) == self ? SAYS(READ_TRUTH) : 0;
    case PY_COMPARISON: return in_comparison(module, parent, self);
    case PY_BINARY: return in_binary(module, parent, self);
    case PY_ARGUMENT_LIST: return as_argument(arena, model, module, parent, self);
    case PY_ATTRIBUTE: return field == F_OBJECT ? as_object(module, parent) : 0;
    case PY_SUBSCRIPT: return field == F_VALUE ? SAYS(READ_TEXT) : 0;
    default: return 0;
    }
}
