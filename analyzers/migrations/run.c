#include "analyzers/migrations/run.h"

/*
 * Statements of a revision.
 */
struct Scope {
    Scope *outer;
    Map    names; /* → const Term */
};

typedef enum Flow { FLOW_ON, FLOW_OUT, FLOW_BREAK, FLOW_CONTINUE } Flow;

static Flow run_block(Run *run, NodeId block);

/* -- notes ----------------------------------------------------------------------------------- */

SchemaPlace run_place(const Run *run, NodeId at)
{
    const Source *source = run->tree->source;
    const PyNode *node   = tree_node(run->tree, at);

    return (SchemaPlace) { .path = source->path, .text = source->text, .line = source_line_of(source, node->lo), .lo = node->lo,
                           .hi = node->hi };
}

void run_tell(Run *run, NodeId at, Str message)
{
    SchemaPlace place = run_place(run, at);

    if (run->is_module || run->dialect == DIALECT_POSTGRES) /* SQLite's turn has told it, or it is of no interest */
        return;
    vec_each(note, &run->catalog->notes)
        if (note->place.lo == place.lo && str_eq(note->place.path, place.path) && str_eq(note->message, message))
            return;
    vec_push(run->arena, &run->catalog->notes, (CatalogNote) { "AL-17", place, message });
}

/* -- names ----------------------------------------------------------------------------------- */

const Term *run_find(const Run *run, Str name)
{
    for (const Scope *scope = run->scope; scope; scope = scope->outer) {
        const Term *found = map_find(&scope->names, name);
        if (found)
            return found;
    }
    return NULL;
}

static void set_name(Run *run, Str name, const Term *term)
{
    if (run->is_maybe)
        vec_push(run->arena, &run->late, (LateName) { run->scope, name });
    map_set(run->arena, &run->scope->names, name, (void *)term);
}

void run_bind(Run *run, NodeId target, const Term *term)
{
    const Tree *tree = run->tree;
    Kind        kind = target ? tree_kind(tree, target) : PY_NONE;
    size_t      at   = 0;

    if (kind == PY_IDENTIFIER || kind == PY_AS_PATTERN_TARGET) {
        set_name(run, tree_text(tree, target), term);
        return;
    }
    if (kind != PY_PATTERN_LIST && kind != PY_TUPLE_PATTERN && kind != PY_LIST_PATTERN)
        return;
    tree_each_item(part, tree, target) {
        bool known = term->kind == TERM_LIST && !term->is_partial && at < term->args.count;
        run_bind(run, part, known ? term->args.items[at].term : term_new(run->arena, TERM_UNKNOWN, target));
        at++;
    }
}

static void bind_dotted(Run *run, Str name, Str dotted, NodeId at)
{
    Term *term = term_new(run->arena, TERM_NAME, at);

    term->text = dotted;
    set_name(run, name, term);
}

/* `import a.b` binds a, `import a.b as c` binds a.b; `from m import x` binds m.x. */
static void bind_import(Run *run, NodeId imported, Str module)
{
    const Tree *tree    = run->tree;
    bool        aliased = tree_kind(tree, imported) == PY_ALIASED_IMPORT;
    Str         name    = tree_text(tree, aliased ? tree_field(tree, imported, F_NAME) : imported);
    Str         bound   = aliased ? tree_text(tree, tree_field(tree, imported, F_ALIAS)) : name;
    size_t      dot     = str_find_char(name, '.');

    if (module.len) {
        name = str_format(run->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(module), STR_ARG(name));
    } else if (!aliased && dot != STR_NOT_FOUND) {
        name  = str_slice(name, 0, dot);
        bound = name;
    }
    bind_dotted(run, bound, name, imported);
}

static void run_import(Run *run, NodeId statement)
{
    const Tree *tree   = run->tree;
    NodeId      from   = tree_field(tree, statement, F_MODULE_NAME);
    Str         module = from ? tree_text(tree, from) : (Str) { 0 };

    tree_each_child(child, tree, statement)
        if (tree_kind(tree, child) == PY_WILDCARD_IMPORT && str_starts_with(module, STR("sqlalchemy")))
            bind_dotted(run, STR("*"), module, child);
    for (NodeId name = tree_field(tree, statement, F_NAME); name; name = tree_next_field(tree, name, F_NAME))
        bind_import(run, name, module);
}

/* -- functions ------------------------------------------------------------------------------- */

static void define(Run *run, NodeId function)
{
    Term *term = term_new(run->arena, TERM_FUNCTION, function);

    set_name(run, tree_text(run->tree, tree_field(run->tree, function, F_NAME)), term);
}

/* The name and the default of one parameter; false for what is none of a name. */
static bool parameter_of(const Tree *tree, NodeId parameter, Str *name, NodeId *fallback)
{
    NodeId named = parameter;

    *fallback = 0;
    switch (tree_kind(tree, parameter)) {
    case PY_IDENTIFIER: break;
    case PY_TYPED_PARAMETER: named = tree_nth(tree, parameter, 0); break;
    case PY_DEFAULT_PARAMETER:
    case PY_TYPED_DEFAULT_PARAMETER:
        named     = tree_field(tree, parameter, F_NAME);
        *fallback = tree_field(tree, parameter, F_VALUE);
        break;
    default: return false;
    }
    *name = tree_text(tree, named);
    return tree_kind(tree, named) == PY_IDENTIFIER;
}

/* `*columns`: the arguments by position from here on. `**options`: those by keywords that no parameter has. */
static const Term *rest_of(Run *run, const Term *call, TermKind kind, uint32_t from, const StrVec *taken)
{
    Term    *out   = term_new(run->arena, kind, call->node);
    uint32_t place = 0;

    out->is_partial = call->is_partial;
    vec_each(arg, &call->args) {
        bool known = !arg->keyword.len ? place++ < from : false;
        vec_each(name, taken)
            known = known || (arg->keyword.len && str_eq(*name, arg->keyword));
        if (!known && (arg->keyword.len > 0) == (kind == TERM_DICT))
            vec_push(run->arena, &out->args, *arg);
    }
    return out;
}

static void bind_parameters(Run *run, Scope *inner, const Term *call)
{
    const Tree *tree       = run->tree;
    NodeId      parameters = tree_field(tree, call->of->node, F_PARAMETERS);
    uint32_t    position   = 0;
    StrVec      taken      = { 0 };

    if (!parameters)
        return;
    tree_each_item(parameter, tree, parameters) {
        Str         name;
        NodeId      fallback;
        Kind        kind  = tree_kind(tree, parameter);
        const Term *given = NULL;
        if (kind == PY_LIST_SPLAT_PATTERN || kind == PY_DICTIONARY_SPLAT_PATTERN) {
            name     = tree_text(tree, tree_nth(tree, parameter, 0));
            given    = rest_of(run, call, kind == PY_LIST_SPLAT_PATTERN ? TERM_LIST : TERM_DICT, position, &taken);
            position = UINT32_MAX; /* what comes behind it is given by keyword alone */
        } else if (parameter_of(tree, parameter, &name, &fallback)) {
            given = term_argument(call, position, str_cstr(run->arena, name));
            if (position != UINT32_MAX)
                position++;
            vec_push(run->arena, &taken, name);
            if (!given && fallback && !call->is_partial)
                given = run_term(run, fallback);
        } else {
            continue;
        }
        if (!given)
            given = term_new(run->arena, TERM_UNKNOWN, call->node);
        map_set(run->arena, &inner->names, name, (void *)given);
    }
}

const Term *run_function(Run *run, const Term *call)
{
    Scope      *outer = run->scope, *inner = arena_new(run->arena, Scope);
    const Term *none  = term_new(run->arena, TERM_NONE, call->node);

    if (run->depth >= RUN_DEPTH || run->steps >= RUN_STEPS) {
        run_tell(run, call->node, STR("this call is not followed: it goes too deep"));
        return term_new(run->arena, TERM_UNKNOWN, call->node);
    }
    bind_parameters(run, inner, call);
    inner->outer  = run->module;
    run->scope    = inner;
    run->returned = none;
    run->depth++;
    run_block(run, tree_field(run->tree, call->of->node, F_BODY));
    run->depth--;
    run->scope      = outer;
    const Term *out = run->returned;
    run->returned   = none;
    return out;
}

/* -- statements ------------------------------------------------------------------------------ */

/* Below a condition that only a database can decide. */
static void run_maybe(Run *run, NodeId block)
{
    bool was      = run->is_maybe;
    run->is_maybe = true;
    run_block(run, block);
    run->is_maybe = was;
}

static void forget_late_names(Run *run, size_t from)
{
    for (size_t i = from; i < run->late.count; i++)
        map_set(run->arena, &run->late.items[i].scope->names, run->late.items[i].name, term_new(run->arena, TERM_UNKNOWN, 0));
    if (!run->is_maybe)
        run->late.count = 0;
}

static NodeId body_of(const Tree *tree, NodeId clause)
{
    NodeId body = tree_field(tree, clause, F_CONSEQUENCE);

    return body ? body : tree_field(tree, clause, F_BODY);
}

static bool holds_call(const Tree *tree, NodeId block)
{
    for (NodeId id = block; block && id < tree_node(tree, block)->end; id++)
        if (tree_kind(tree, id) == PY_CALL)
            return true;
    return false;
}

/* A block that does no more than return or raise: what comes after the `if` is run. */
static bool only_leaves(const Tree *tree, NodeId block)
{
    NodeId last = 0;

    tree_each_item(statement, tree, block)
        last = statement;
    Kind kind = last ? tree_kind(tree, last) : PY_NONE;
    return (kind == PY_RETURN || kind == PY_RAISE || kind == PY_CONTINUE) && tree_arity(tree, block) == 1;
}

static Flow run_if(Run *run, NodeId statement)
{
    const Tree *tree    = run->tree;
    bool        unknown = false, truth;
    size_t      late    = run->late.count;

    for (NodeId clause = statement; clause;
         clause = clause == statement ? tree_field(tree, statement, F_ALTERNATIVE) : tree_next_field(tree, clause, F_ALTERNATIVE)) {
        NodeId      condition = tree_field(tree, clause, F_CONDITION), body = body_of(tree, clause);
        const Term *term      = condition ? run_term(run, condition) : NULL;
        if (!term || (term_truth(term, &truth) && truth)) {
            if (!unknown)
                return run_block(run, body);
            run_maybe(run, body);
            break;
        }
        if (term_truth(term, &truth))
            continue;
        if (holds_call(tree, body) && !only_leaves(tree, body))
            run_tell(run, condition,
                     STR("what depends on this condition is taken to be there: only the database knows whether it holds"));
        unknown = true;
        if (!only_leaves(tree, body))
            run_maybe(run, body);
    }
    if (unknown)
        forget_late_names(run, late);
    return FLOW_ON;
}

static Flow run_for(Run *run, NodeId statement)
{
    const Tree *tree  = run->tree;
    const Term *items = run_term(run, tree_field(tree, statement, F_RIGHT));
    NodeId      body  = tree_field(tree, statement, F_BODY);

    if (items->kind != TERM_LIST && items->kind != TERM_DICT) {
        if (holds_call(tree, body))
            run_tell(run, statement, STR("this loop is not followed: what it goes over is not known"));
        return FLOW_ON;
    }
    if (items->is_partial)
        run_tell(run, statement, STR("this loop is followed in part: what it goes over is not all known"));
    for (size_t i = 0; i < items->args.count; i++) {
        const Term *item = items->args.items[i].term;
        if (items->kind == TERM_DICT) {
            Term *key = term_new(run->arena, TERM_STRING, items->node);
            key->text = items->args.items[i].keyword;
            item      = key;
        }
        run_bind(run, tree_field(tree, statement, F_LEFT), item);
        Flow flow = run_block(run, body);
        if (flow == FLOW_OUT)
            return flow;
        if (flow == FLOW_BREAK)
            break;
    }
    return FLOW_ON;
}

static void run_with_item(Run *run, NodeId item)
{
    const Tree *tree  = run->tree;
    NodeId      value = tree_field(tree, item, F_VALUE);

    if (value && tree_kind(tree, value) == PY_AS_PATTERN) {
        const Term *term   = run_term(run, tree_nth(tree, value, 0));
        NodeId      target = tree_field(tree, value, F_ALIAS);
        if (target && tree_kind(tree, target) == PY_AS_PATTERN_TARGET && tree_nth(tree, target, 0))
            target = tree_nth(tree, target, 0);
        run_bind(run, target, term);
    } else if (value) {
        run_term(run, value);
    }
}

static Flow run_with(Run *run, NodeId statement)
{
    const Tree *tree = run->tree;

    tree_each_child(clause, tree, statement)
        if (tree_kind(tree, clause) == PY_WITH_CLAUSE)
            tree_each_item(item, tree, clause)
                run_with_item(run, item);
    return run_block(run, tree_field(tree, statement, F_BODY));
}

static Flow run_try(Run *run, NodeId statement)
{
    Flow flow = run_block(run, tree_field(run->tree, statement, F_BODY));

    tree_each_child(clause, run->tree, statement)
        if (tree_kind(run->tree, clause) == PY_FINALLY)
            tree_each_child(block, run->tree, clause)
                if (tree_kind(run->tree, block) == PY_BLOCK)
                    run_block(run, block);
    return flow;
}

static void run_assignment(Run *run, NodeId assignment)
{
    const Tree *tree  = run->tree;
    NodeId      right = tree_field(tree, assignment, F_RIGHT), left = tree_field(tree, assignment, F_LEFT);

    if (!right)
        return;
    if (tree_kind(tree, right) == PY_ASSIGNMENT) { /* a = b = 1 */
        run_assignment(run, right);
        run_bind(run, left, run_term(run, tree_field(tree, right, F_LEFT)));
        return;
    }
    const Term *term = run_term(run, right);
    if (tree_kind(tree, left) == PY_SUBSCRIPT)
        run_change(run_term(run, tree_field(tree, left, F_VALUE)));
    if (tree_kind(tree, left) == PY_ATTRIBUTE)
        run_change(run_term(run, tree_field(tree, left, F_OBJECT)));
    if (tree_kind(tree, assignment) == PY_AUGMENTED_ASSIGNMENT && tree_kind(tree, left) == PY_IDENTIFIER)
        run_change(run_term(run, left)); /* a list grows for all who have it */
    run_bind(run, left, tree_kind(tree, assignment) == PY_ASSIGNMENT ? term : term_new(run->arena, TERM_UNKNOWN, assignment));
}

/* A function of elsewhere that nobody but itself uses the result of: it may do anything. */
static bool may_define(const Term *term)
{
    static const char *const harmless[] = { "alembic", "sqlalchemy", "logging", "log",  "logger", "print",   "warnings", "time",
                                            "os",      "sys",        "json",    "uuid", "inspect", "session", "Session",  "LOG" };

    static const char *const methods[] = { "commit", "rollback", "flush", "close", "clear", "info", "debug", "warning", "error",
                                           "exception", "sleep" };

    if (term->kind != TERM_CALL)
        return false;
    Str root = term_root(term);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_is(term_word(term), methods[i]))
            return false;
    if (str_is(term_word(term), "create_all"))
        return true;
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (str_is(root, harmless[i]))
            return false;
    return root.len > 0;
}

static void run_expression(Run *run, NodeId statement)
{
    const Tree *tree = run->tree;
    NodeId      node = tree_nth(tree, statement, 0);

    if (!node)
        return;
    switch (tree_kind(tree, node)) {
    case PY_ASSIGNMENT:
    case PY_AUGMENTED_ASSIGNMENT: run_assignment(run, node); break;
    case PY_CALL: {
        const Term *term = run_term(run, node);
        if (may_define(term))
            run_tell(run, node,
                     str_format(run->arena, STR_FORMAT "() is not followed: it is defined elsewhere", STR_ARG(term_word(term))));
        break;
    }
    default: break;
    }
}

static Flow run_statement(Run *run, NodeId statement)
{
    const Tree *tree = run->tree;

    switch (tree_kind(tree, statement)) {
    case PY_IMPORT:
    case PY_IMPORT_FROM: run_import(run, statement); return FLOW_ON;
    case PY_EXPRESSION_STATEMENT: run_expression(run, statement); return FLOW_ON;
    case PY_FUNCTION: define(run, statement); return FLOW_ON;
    case PY_DECORATED: {
        NodeId inner = tree_field(tree, statement, F_DEFINITION);
        if (inner && tree_kind(tree, inner) == PY_FUNCTION)
            define(run, inner);
        return FLOW_ON;
    }
    case PY_IF: return run_if(run, statement);
    case PY_FOR: return run_for(run, statement);
    case PY_WITH: return run_with(run, statement);
    case PY_TRY: return run_try(run, statement);
    case PY_RETURN: {
        NodeId      value    = tree_nth(tree, statement, 0);
        const Term *returned = value ? run_term(run, value) : term_new(run->arena, TERM_NONE, statement);
        run->returned        = run->is_maybe ? term_new(run->arena, TERM_UNKNOWN, statement) : returned;
        return FLOW_OUT;
    }
    case PY_DELETE:
        for (NodeId id = statement + 1; id < tree_node(tree, statement)->end; id++)
            if (tree_kind(tree, id) == PY_SUBSCRIPT)
                run_change(run_term(run, tree_field(tree, id, F_VALUE)));
        return FLOW_ON;
    case PY_RAISE: return FLOW_OUT;
    case PY_BREAK: return FLOW_BREAK;
    case PY_CONTINUE: return FLOW_CONTINUE;
    case PY_WHILE:
    case PY_MATCH:
        if (holds_call(tree, statement))
            run_tell(run, statement, STR("this statement is not followed: it is decided when it runs"));
        return FLOW_ON;
    default: return FLOW_ON;
    }
}

static Flow run_block(Run *run, NodeId block)
{
    Flow flow = FLOW_ON;

    if (block && run->depth >= RUN_DEPTH)
        run_tell(run, block, STR("this is not followed: it goes too deep"));
    if (!block || run->depth >= RUN_DEPTH)
        return FLOW_ON;
    run->depth++;
    tree_each_item(statement, run->tree, block) {
        if (++run->steps > RUN_STEPS) {
            run_tell(run, block, STR("this revision is not followed to its end: it is too long"));
            flow = FLOW_OUT;
        } else {
            flow = run_statement(run, statement);
        }
        if (flow != FLOW_ON)
            break;
    }
    run->depth--;
    return flow;
}

/* -- revisions ------------------------------------------------------------------------------- */

Run run_of(Arena *arena, Catalog *catalog, const Tree *tree, Dialect dialect)
{
    Scope *module = arena_new(arena, Scope);

    return (Run) { .arena = arena, .catalog = catalog, .tree = tree, .dialect = dialect, .scope = module, .module = module,
                   .returned = term_new(arena, TERM_NONE, 0) };
}

void run_module(Run *run)
{
    run->is_module = true;
    run_block(run, 1);
    run->is_module = false;
}

const Term *run_name(const Run *run, const char *name)
{
    return map_find(&run->module->names, str_of(name));
}

void run_upgrade(Run *run)
{
    const Term *upgrade = run_name(run, "upgrade");
    Term       *call    = term_new(run->arena, TERM_CALL, 1);

    if (!term_is(upgrade, TERM_FUNCTION))
        return;
    call->of = upgrade;
    run_function(run, call);
}
