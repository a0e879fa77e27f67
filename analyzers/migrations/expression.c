#include "analyzers/migrations/run.h"
#include "analyzers/python/literal.h"

/*
 * Expressions of a revision.
 */

static const Term *unknown(Run *run, NodeId node)
{
    return term_new(run->arena, TERM_UNKNOWN, node);
}

static const Term *text_term(Run *run, NodeId node, Str text)
{
    Term *out = term_new(run->arena, TERM_STRING, node);

    out->text = text;
    return out;
}

static const Term *truth_term(Run *run, NodeId node, bool truth)
{
    return term_new(run->arena, truth ? TERM_TRUE : TERM_FALSE, node);
}

/* -- texts ----------------------------------------------------------------------------------- */

enum { TEXT_LONGEST = 1 << 20 };

static bool shows(const Term *term, Str *out)
{
    if (term->kind == TERM_NUMBER) {
        *out = term->text;
        return true;
    }
    return term_string(term, out);
}

/* A literal, with the holes of an f-string filled. */
static const Term *string_of(Run *run, NodeId node)
{
    Literal literal;
    Buf     out = buf_new(run->arena);

    if (!literal_read(run->arena, run->tree, node, &literal) || literal.is_bytes)
        return unknown(run, node);
    vec_each(piece, &literal.pieces) {
        if (piece->kind != PIECE_HOLE) {
            buf_add(&out, str_slice(literal.text, piece->lo, piece->hi));
            continue;
        }
        NodeId hole = piece->node;
        if (tree_field(run->tree, hole, F_FORMAT_SPECIFIER) || tree_field(run->tree, hole, F_TYPE_CONVERSION))
            return unknown(run, node);
        if (tree_kind(run->tree, hole) == PY_INTERPOLATION)
            hole = tree_field(run->tree, hole, F_EXPRESSION);
        Str text;
        if (!hole || !shows(run_term(run, hole), &text))
            return unknown(run, node);
        buf_add(&out, text);
    }
    return out.len > TEXT_LONGEST ? unknown(run, node) : text_term(run, node, buf_str(&out));
}

/* "… %s …" % x and % (x, y): %s and %d alone. */
static const Term *percent(Run *run, NodeId node, Str format, const Term *values)
{
    Buf    out  = buf_new(run->arena);
    size_t used = 0, count = values->kind == TERM_LIST ? values->args.count : 1;

    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] != '%') {
            buf_add_char(&out, format.ptr[i]);
            continue;
        }
        char directive = i + 1 < format.len ? format.ptr[++i] : '\0';
        Str  text;
        if (directive == '%') {
            buf_add_char(&out, '%');
            continue;
        }
        if ((directive != 's' && directive != 'd') || used >= count
            || !shows(values->kind == TERM_LIST ? values->args.items[used].term : values, &text))
            return unknown(run, node);
        buf_add(&out, text);
        used++;
    }
    return used == count && out.len <= TEXT_LONGEST ? text_term(run, node, buf_str(&out)) : unknown(run, node);
}

/* "… {} {name} {0} …".format(…), without conversions. */
static const Term *format_of(Run *run, Str format, const Term *call)
{
    Buf      out  = buf_new(run->arena);
    uint32_t next = 0;

    for (size_t i = 0; i < format.len; i++) {
        char c = format.ptr[i];
        if ((c == '{' || c == '}') && i + 1 < format.len && format.ptr[i + 1] == c) {
            buf_add_char(&out, c);
            i++;
            continue;
        }
        if (c != '{') {
            buf_add_char(&out, c);
            continue;
        }
        size_t end = i + 1;
        while (end < format.len && format.ptr[end] != '}')
            end++;
        Str         field = str_slice(format, i + 1, end), text;
        const Term *value = NULL;
        if (field.len == 0)
            value = term_at(call, next++);
        else if (field.len == 1 && field.ptr[0] >= '0' && field.ptr[0] <= '9')
            value = term_at(call, (uint32_t)(field.ptr[0] - '0'));
        else
            value = term_keyword(call, str_cstr(run->arena, field));
        if (!value || !shows(value, &text) || end == format.len)
            return unknown(run, call->node);
        buf_add(&out, text);
        i = end;
    }
    return out.len <= TEXT_LONGEST ? text_term(run, call->node, buf_str(&out)) : unknown(run, call->node);
}

static const Term *joined(Run *run, Str between, const Term *call)
{
    const Term *items = term_at(call, 0);
    StrVec      texts = { 0 };

    if (!term_is(items, TERM_LIST) || items->is_partial)
        return unknown(run, call->node);
    vec_each(item, &items->args) {
        Str text;
        if (!term_string(item->term, &text))
            return unknown(run, call->node);
        vec_push(run->arena, &texts, text);
    }
    Str text = str_join(run->arena, &texts, between);
    return text.len <= TEXT_LONGEST ? text_term(run, call->node, text) : unknown(run, call->node);
}

/* A method of a text; NULL if it is none that we know. */
static const Term *text_method(Run *run, const Term *call)
{
    const Term *callee = call->of;
    Str         text;

    if (callee->kind != TERM_ATTRIBUTE || !term_string(callee->of, &text))
        return NULL;
    if (str_is(callee->text, "format"))
        return format_of(run, text, call);
    if (str_is(callee->text, "join"))
        return joined(run, text, call);
    if (str_is(callee->text, "strip") && call->args.count == 0)
        return text_term(run, call->node, str_trim(text));
    if (str_is(callee->text, "lower") && call->args.count == 0)
        return text_term(run, call->node, str_lower(run->arena, text));
    return NULL;
}

/* -- displays -------------------------------------------------------------------------------- */

static void add_item(Run *run, Term *out, NodeId item)
{
    const Tree *tree = run->tree;

    if (tree_kind(tree, item) == PY_LIST_SPLAT) {
        const Term *spread = run_term(run, tree_nth(tree, item, 0));
        out->is_partial    = out->is_partial || spread->kind != TERM_LIST || spread->is_partial;
        if (spread->kind == TERM_LIST)
            vec_each(one, &spread->args)
                vec_push(run->arena, &out->args, *one);
        return;
    }
    TermArg arg = { .term = run_term(run, item) };
    vec_push(run->arena, &out->args, arg);
}

static const Term *list_of(Run *run, NodeId node)
{
    Term *out = term_new(run->arena, TERM_LIST, node);

    tree_each_item(item, run->tree, node)
        add_item(run, out, item);
    return out;
}

static void add_pair(Run *run, Term *out, NodeId pair)
{
    const Tree *tree = run->tree;
    TermArg     arg  = { 0 };

    if (tree_kind(tree, pair) == PY_DICTIONARY_SPLAT || tree_kind(tree, pair) == PY_LIST_SPLAT) {
        const Term *spread = run_term(run, tree_nth(tree, pair, 0));
        out->is_partial    = out->is_partial || spread->kind != TERM_DICT || spread->is_partial;
        if (spread->kind == TERM_DICT)
            vec_each(one, &spread->args)
                vec_push(run->arena, &out->args, *one);
        return;
    }
    if (tree_kind(tree, pair) != PY_PAIR || !term_string(run_term(run, tree_field(tree, pair, F_KEY)), &arg.keyword)) {
        out->is_partial = true;
        return;
    }
    arg.term = run_term(run, tree_field(tree, pair, F_VALUE));
    vec_push(run->arena, &out->args, arg);
}

static const Term *dict_of(Run *run, NodeId node)
{
    Term *out = term_new(run->arena, TERM_DICT, node);

    tree_each_item(pair, run->tree, node)
        add_pair(run, out, pair);
    return out;
}

/* `[f(x) for x in LIST]`: one loop, no condition. */
static const Term *comprehension_of(Run *run, NodeId node)
{
    const Tree *tree = run->tree;
    NodeId      loop = tree_nth(tree, node, 1);
    Term       *out  = term_new(run->arena, TERM_LIST, node);

    if (!loop || tree_kind(tree, loop) != PY_FOR_IN || tree_nth(tree, node, 2))
        return unknown(run, node);
    const Term *items = run_term(run, tree_field(tree, loop, F_RIGHT));
    if (items->kind != TERM_LIST || items->is_partial)
        return unknown(run, node);
    vec_each(item, &items->args) {
        run_bind(run, tree_field(tree, loop, F_LEFT), item->term);
        TermArg arg = { .term = run_term(run, tree_field(tree, node, F_BODY)) };
        vec_push(run->arena, &out->args, arg);
    }
    return out;
}

/* -- operators ------------------------------------------------------------------------------- */

static Str operator_of(const Tree *tree, NodeId node)
{
    NodeId token = tree_field(tree, node, F_OPERATOR);

    return token ? tree_text(tree, token) : (Str) { 0 };
}

static const Term *binary_of(Run *run, NodeId node)
{
    const Tree *tree  = run->tree;
    const Term *left  = run_term(run, tree_field(tree, node, F_LEFT));
    const Term *right = run_term(run, tree_field(tree, node, F_RIGHT));
    Str         word  = operator_of(tree, node), a, b;

    if (str_is(word, "%") && term_string(left, &a))
        return percent(run, node, a, right);
    if (!str_is(word, "+"))
        return unknown(run, node);
    if (term_string(left, &a) && term_string(right, &b) && a.len + b.len <= TEXT_LONGEST)
        return text_term(run, node, str_format(run->arena, STR_FORMAT STR_FORMAT, STR_ARG(a), STR_ARG(b)));
    if (left->kind != TERM_LIST || right->kind != TERM_LIST || left->args.count + right->args.count > RUN_STEPS)
        return unknown(run, node);
    Term *out       = term_new(run->arena, TERM_LIST, node);
    out->is_partial = left->is_partial || right->is_partial;
    vec_each(item, &left->args)
        vec_push(run->arena, &out->args, *item);
    vec_each(item, &right->args)
        vec_push(run->arena, &out->args, *item);
    return out;
}

static const Term *boolean_of(Run *run, NodeId node)
{
    const Tree *tree  = run->tree;
    const Term *left  = run_term(run, tree_field(tree, node, F_LEFT));
    bool        is_or = str_is(operator_of(tree, node), "or"), truth;

    if (term_truth(left, &truth))
        return truth == is_or ? left : run_term(run, tree_field(tree, node, F_RIGHT));
    const Term *right = run_term(run, tree_field(tree, node, F_RIGHT));
    return term_truth(right, &truth) && truth == is_or ? truth_term(run, node, is_or) : unknown(run, node);
}

/* Are two terms the same? False if it cannot be told. */
static bool same(const Term *a, const Term *b, bool *out)
{
    Str left, right;

    if (a->kind == TERM_UNKNOWN || b->kind == TERM_UNKNOWN)
        return false;
    if (shows(a, &left) && shows(b, &right)) {
        *out = (a->kind == TERM_NUMBER) == (b->kind == TERM_NUMBER) && str_eq(left, right);
        return true;
    }
    if (a->kind > TERM_STRING || b->kind > TERM_STRING)
        return false;
    *out = a->kind == b->kind;
    return true;
}

static bool is_member(const Term *item, const Term *whole, bool *out)
{
    Str text, inside;
    bool known = !whole->is_partial, equal;

    if (term_string(item, &text) && term_string(whole, &inside)) {
        *out = str_contains(inside, text);
        return true;
    }
    if (whole->kind == TERM_DICT && term_string(item, &text)) {
        *out = term_keyword(whole, "") != NULL;
        vec_each(one, &whole->args)
            if (str_eq(one->keyword, text))
                return *out = true;
        *out = false;
        return known;
    }
    if (whole->kind != TERM_LIST)
        return false;
    vec_each(one, &whole->args) {
        if (!same(item, one->term, &equal))
            known = false;
        else if (equal)
            return *out = true;
    }
    *out = false;
    return known;
}

static const Term *comparison_of(Run *run, NodeId node)
{
    const Tree *tree   = run->tree;
    const Term *left   = run_term(run, tree_nth(tree, node, 0));
    const Term *right  = tree_nth(tree, node, 1) ? run_term(run, tree_nth(tree, node, 1)) : NULL;
    NodeId      token  = tree_field(tree, node, F_OPERATORS);
    Str         word   = token ? tree_text(tree, token) : (Str) { 0 };
    bool        result = false;

    if (!right || tree_nth(tree, node, 2))
        return unknown(run, node);
    bool negated = str_is(word, "!=") || str_is(word, "not in") || str_is(word, "is not");
    bool known   = str_is(word, "==") || str_is(word, "!=") || str_is(word, "is") || str_is(word, "is not")
                     ? same(left, right, &result)
                 : str_is(word, "in") || str_is(word, "not in") ? is_member(left, right, &result)
                                                                : false;
    return known ? truth_term(run, node, result != negated) : unknown(run, node);
}

static const Term *subscript_of(Run *run, NodeId node)
{
    const Term *whole = run_term(run, tree_field(run->tree, node, F_VALUE));
    NodeId      index = tree_field(run->tree, node, F_SUBSCRIPT);
    const Term *key   = index ? run_term(run, index) : NULL;
    Str         text;

    if (!key || !shows(key, &text))
        return unknown(run, node);
    if (whole->kind == TERM_DICT && key->kind == TERM_STRING)
        vec_each(one, &whole->args)
            if (str_eq(one->keyword, text))
                return one->term;
    if (whole->kind == TERM_LIST && !whole->is_partial && text.len == 1 && text.ptr[0] >= '0'
        && (size_t)(text.ptr[0] - '0') < whole->args.count)
        return whole->args.items[text.ptr[0] - '0'].term;
    return unknown(run, node);
}

/* -- names and calls ------------------------------------------------------------------------- */

/* `op.get_bind().dialect.name`, `context.dialect.name`, `bind.engine.name`, `op.get_bind().engine.dialect.name`. */
static bool names_dialect(const Term *object, Str attribute)
{
    return str_is(attribute, "name") && (object->kind == TERM_ATTRIBUTE || object->kind == TERM_NAME)
        && (str_is(term_word(object), "dialect") || str_is(term_word(object), "engine"));
}

static const Term *attribute_of(Run *run, NodeId node)
{
    const Tree *tree   = run->tree;
    const Term *object = run_term(run, tree_field(tree, node, F_OBJECT));
    Str         name   = tree_text(tree, tree_field(tree, node, F_ATTRIBUTE));

    if (names_dialect(object, name))
        return text_term(run, node, run->dialect == DIALECT_SQLITE ? STR("sqlite") : STR("postgresql"));
    if (object->kind == TERM_UNKNOWN && !str_is(name, "dialect"))
        return unknown(run, node);
    Term *out = term_new(run->arena, object->kind == TERM_NAME ? TERM_NAME : TERM_ATTRIBUTE, node);
    out->text = object->kind == TERM_NAME ? str_format(run->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(object->text), STR_ARG(name))
                                          : name;
    out->of   = object;
    return out;
}

/* Those that are understood. */
static bool is_builtin(Str name)
{
    static const char *const names[] = { "list", "tuple", "set", "sorted", "str", "print" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

static const Term *name_of(Run *run, NodeId node)
{
    Str         name  = tree_text(run->tree, node);
    const Term *bound = run_find(run, name);

    if (bound)
        return bound;
    const Term *all = run_find(run, STR("*")); /* from m import * */
    Term       *out = term_new(run->arena, TERM_NAME, node);
    out->text       = all && !is_builtin(name)
                        ? str_format(run->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(all->text), STR_ARG(name))
                        : name;
    return out;
}

static void add_argument(Run *run, Term *call, NodeId node)
{
    const Tree *tree = run->tree;
    TermArg     arg  = { 0 };

    switch (tree_kind(tree, node)) {
    case PY_KEYWORD_ARGUMENT:
        arg.keyword = tree_text(tree, tree_field(tree, node, F_NAME));
        arg.term    = run_term(run, tree_field(tree, node, F_VALUE));
        vec_push(run->arena, &call->args, arg);
        break;
    case PY_DICTIONARY_SPLAT: add_pair(run, call, node); break;
    default: add_item(run, call, node); break;
    }
}

/* Functions of Python and of libraries that give what they were given. */
static const Term *passed_through(Run *run, const Term *call)
{
    Str         word  = term_word(call);
    const Term *first = term_at(call, 0);
    Str         text;

    if (!first || call->args.count != 1)
        return NULL;
    if (call->of->kind == TERM_NAME && first->kind == TERM_LIST
        && (str_is(word, "list") || str_is(word, "tuple") || str_is(word, "set") || str_is(word, "sorted")))
        return first;
    if (call->of->kind == TERM_NAME && (str_is(word, "dedent") || str_is(word, "str")) && shows(first, &text))
        return text_term(run, call->node, text);
    return NULL;
}

/* `DICT.items()`, `.keys()`, `.values()`, `.get(k)`; `enumerate(list)`. NULL if it is none of them. */
static const Term *dict_method(Run *run, const Term *call)
{
    const Term *whole = call->of->kind == TERM_ATTRIBUTE ? call->of->of : NULL;
    Str         word  = term_word(call);
    bool        pairs = str_is(word, "items"), keys = str_is(word, "keys");

    if (!term_is(whole, TERM_DICT) || (!pairs && !keys && !str_is(word, "values")))
        return NULL;
    Term *out       = term_new(run->arena, TERM_LIST, call->node);
    out->is_partial = whole->is_partial;
    vec_each(one, &whole->args) {
        TermArg key = { .term = text_term(run, call->node, one->keyword) }, item = { .term = one->term };
        if (pairs) {
            Term *pair = term_new(run->arena, TERM_LIST, call->node);
            vec_push(run->arena, &pair->args, key);
            vec_push(run->arena, &pair->args, item);
            item.term = pair;
        }
        vec_push(run->arena, &out->args, keys ? key : item);
    }
    return out;
}

/* Terms are const to all but those who change them as Python does. */
static Term *changed(const Term *term)
{
    return (Term *)term;
}

void run_change(const Term *term)
{
    if (term->kind >= TERM_LIST && term->kind != TERM_NAME && term->kind != TERM_FUNCTION)
        changed(term)->kind = TERM_UNKNOWN;
}

/* `columns.append(…)`; what else a method does to a list or a dict is not followed. False if it is no such method. */
static bool changes_list(Run *run, const Term *call)
{
    static const char *const changing[] = { "append", "extend", "insert", "pop",     "remove",    "clear",
                                            "sort",   "update", "add",    "reverse", "setdefault", "discard" };
    const Term *whole = call->of->kind == TERM_ATTRIBUTE ? call->of->of : NULL, *first = term_at(call, 0);

    if (!term_is(whole, TERM_LIST) && !term_is(whole, TERM_DICT))
        return false;
    if (str_is(call->of->text, "append") && whole->kind == TERM_LIST && first && !run->is_maybe) {
        TermArg item = { .term = first };
        vec_push(run->arena, &changed(whole)->args, item);
        return true;
    }
    if (str_is(call->of->text, "extend") && whole->kind == TERM_LIST && term_is(first, TERM_LIST) && first != whole
        && !run->is_maybe && whole->args.count + first->args.count <= RUN_STEPS) {
        changed(whole)->is_partial = whole->is_partial || first->is_partial;
        vec_each(item, &first->args)
            vec_push(run->arena, &changed(whole)->args, *item);
        return true;
    }
    for (size_t i = 0; i < sizeof changing / sizeof *changing; i++)
        if (str_is(call->of->text, changing[i])) {
            run_change(whole);
            return true;
        }
    return false;
}

static const Term *call_of(Run *run, NodeId node)
{
    const Tree *tree      = run->tree;
    Term       *call      = term_new(run->arena, TERM_CALL, node);
    NodeId      arguments = tree_field(tree, node, F_ARGUMENTS);

    call->of = run_term(run, tree_field(tree, node, F_FUNCTION));
    if (arguments && tree_kind(tree, arguments) != PY_ARGUMENT_LIST)
        return unknown(run, node); /* a generator alone in the parentheses */
    if (arguments)
        tree_each_item(argument, tree, arguments)
            add_argument(run, call, argument);
    if (call->of->kind == TERM_FUNCTION)
        return run_function(run, call);
    if (changes_list(run, call))
        return unknown(run, node);
    const Term *made = text_method(run, call);
    if (!made)
        made = dict_method(run, call);
    if (!made)
        made = passed_through(run, call);
    if (made)
        return made;
    return run_operation(run, call) || call->of->kind != TERM_UNKNOWN ? call : unknown(run, node);
}

static const Term *conditional_of(Run *run, NodeId node)
{
    bool truth;

    if (!term_truth(run_term(run, tree_nth(run->tree, node, 1)), &truth))
        return unknown(run, node);
    return run_term(run, tree_nth(run->tree, node, truth ? 0 : 2));
}

static const Term *number_of(Run *run, NodeId node)
{
    Term *out = term_new(run->arena, TERM_NUMBER, node);

    out->text = tree_text(run->tree, node);
    return out;
}

static const Term *unary_of(Run *run, NodeId node)
{
    NodeId operand = tree_field(run->tree, node, F_ARGUMENT);

    if (!operand || tree_kind(run->tree, operand) != PY_INTEGER || !str_is(operator_of(run->tree, node), "-"))
        return unknown(run, node);
    return number_of(run, node);
}

static const Term *not_of(Run *run, NodeId node)
{
    bool truth;

    return term_truth(run_term(run, tree_field(run->tree, node, F_ARGUMENT)), &truth) ? truth_term(run, node, !truth)
                                                                                      : unknown(run, node);
}

static const Term *term_of(Run *run, NodeId node)
{
    switch (tree_kind(run->tree, node)) {
    case PY_STRING:
    case PY_CONCATENATED_STRING: return string_of(run, node);
    case PY_INTEGER:
    case PY_FLOAT: return number_of(run, node);
    case PY_TRUE: return truth_term(run, node, true);
    case PY_FALSE: return truth_term(run, node, false);
    case PY_NONE_LITERAL: return term_new(run->arena, TERM_NONE, node);
    case PY_LIST:
    case PY_TUPLE:
    case PY_SET:
    case PY_EXPRESSION_LIST: return list_of(run, node);
    case PY_DICTIONARY: return dict_of(run, node);
    case PY_LIST_COMPREHENSION: return comprehension_of(run, node);
    case PY_BINARY: return binary_of(run, node);
    case PY_BOOLEAN: return boolean_of(run, node);
    case PY_COMPARISON: return comparison_of(run, node);
    case PY_NOT: return not_of(run, node);
    case PY_UNARY: return unary_of(run, node);
    case PY_CONDITIONAL: return conditional_of(run, node);
    case PY_SUBSCRIPT: return subscript_of(run, node);
    case PY_ATTRIBUTE: return attribute_of(run, node);
    case PY_IDENTIFIER: return name_of(run, node);
    case PY_CALL: return call_of(run, node);
    case PY_NAMED_EXPRESSION: {
        const Term *value = run_term(run, tree_field(run->tree, node, F_VALUE));
        run_bind(run, tree_field(run->tree, node, F_NAME), value);
        return value;
    }
    default: return unknown(run, node);
    }
}

const Term *run_term(Run *run, NodeId expression)
{
    NodeId node = expression ? tree_strip(run->tree, expression) : 0;

    if (!node || run->depth >= RUN_DEPTH * 4 || run->terms >= RUN_TERMS)
        return unknown(run, node);
    run->terms++;
    run->depth++;
    const Term *out = term_of(run, node);
    run->depth--;
    return out;
}
