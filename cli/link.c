#include "cli/link.h"

#include "base/hash_index.h"

/* What was found of a function or class; the same one is asked about from everywhere. */
typedef struct Answer {
    uint32_t module;
    NodeId   node;
    int      depth;
    bool     carries;
} Answer;

typedef struct Search {
    const Model       *model;
    const CallsiteVec *calls;
    Arena             *arena;
    PlaceVec  given_sql; /* functions that run the SQL they are given */
    HashIndex given_index;
    PlaceVec  own_sql; /* methods that run SQL on what an attribute holds: `self.db.run("…")` */
    HashIndex own_index;
    Vec(Answer) answers;
    HashIndex answer_index;
} Search;

static bool is_carried(Role role)
{
    return role == ROLE_CONNECTION || role == ROLE_CURSOR || role == ROLE_DB_ROW
        || role == ROLE_DB_ROWS || role == ROLE_SA_CONNECTION || role == ROLE_SA_RESULT;
}

static uint32_t hash_of_place(uint32_t module, NodeId node)
{
    return hash_mix(hash_mix(0, module), node);
}

static bool is_among(const PlaceVec *places, const HashIndex *index, uint32_t module, NodeId function)
{
    hash_index_each(at, index, hash_of_place(module, function)) {
        Place place = places->items[at];
        if (place.module == module && place.node == function)
            return true;
    }
    return false;
}

static void add_place(Arena *arena, PlaceVec *places, HashIndex *index, const Callsite *call)
{
    hash_index_add(arena, index, hash_of_place(call->module->id, call->function), (uint32_t)places->count);
    vec_push(arena, places, (Place) { call->module->id, call->function });
}

/* How many hands an object with a connection in it may go through: a function gives a pool, the pool gives connections. */
enum { CARRY_DEPTH = 3 };

static bool class_carries(Search *search, uint32_t module_id, NodeId class, int depth);

static bool find_function_carries(Search *search, uint32_t module, NodeId function, int depth)
{
    vec_each(held, model_returned(search->model, model_module(search->model, module), function)) {
        const Value *value = model_value(search->model, held->value);
        if (is_carried(value->role)
            || (value->role == ROLE_INSTANCE && class_carries(search, value->a, value->b, depth - 1)))
            return true;
    }
    return is_among(&search->given_sql, &search->given_index, module, function);
}

typedef bool Finding(Search *search, uint32_t module, NodeId node, int depth);

static bool answer_once(Search *search, uint32_t module, NodeId node, int depth, Finding *find)
{
    uint32_t hash = hash_mix(hash_of_place(module, node), (uint32_t)depth);

    hash_index_each(at, &search->answer_index, hash) {
        const Answer *answer = &search->answers.items[at];
        if (answer->module == module && answer->node == node && answer->depth == depth)
            return answer->carries;
    }
    bool carries = find(search, module, node, depth);
    hash_index_add(search->arena, &search->answer_index, hash, (uint32_t)search->answers.count);
    vec_push(search->arena, &search->answers, (Answer) { module, node, depth, carries });
    return carries;
}

static bool function_carries(Search *search, uint32_t module, NodeId function, int depth)
{
    return answer_once(search, module, function, depth, find_function_carries);
}

/* A class carries what its methods hand out and what its instances hold: those of its subclasses, too. */
static bool find_class_carries(Search *search, uint32_t module_id, NodeId class, int depth)
{
    const Module *module = model_module(search->model, module_id);
    const Tree   *tree   = &module->tree;

    for (NodeId id = class + 1; id < tree_node(tree, class)->end; id++) {
        Kind kind = tree_kind(tree, id);
        if (kind == PY_FUNCTION && (function_carries(search, module_id, id, depth)
                                    || is_among(&search->own_sql, &search->own_index, module_id, id)))
            return true;
        if (kind == PY_ATTRIBUTE
            && (model_has(search->model, module, id, ROLE_CONNECTION)
                || model_has(search->model, module, id, ROLE_CURSOR)
                || model_has(search->model, module, id, ROLE_SA_CONNECTION)))
            return true;
    }
    return false;
}

static bool class_carries(Search *search, uint32_t module_id, NodeId class, int depth)
{
    return depth > 0 && answer_once(search, module_id, class, depth, find_class_carries);
}

static bool value_carries(Search *search, ValueId id)
{
    const Value *value = model_value(search->model, id);

    switch (value->role) {
    case ROLE_FUNCTION:
    case ROLE_MANAGER:
    case ROLE_GENERATOR:
        return function_carries(search, value->a, value->b, CARRY_DEPTH);
    case ROLE_CLASS:
    case ROLE_INSTANCE:
        return class_carries(search, value->a, value->b, CARRY_DEPTH);
    case ROLE_BOUND:
        return value_carries(search, value->a);
    default:
        return is_carried(value->role);
    }
}

static bool binding_carries(Search *search, const Module *module, NodeId name)
{
    NodeId parent = tree_parent(&module->tree, name);
    bool   names  = tree_node(&module->tree, name)->field == F_NAME;

    if (names && tree_kind(&module->tree, parent) == PY_FUNCTION)
        return function_carries(search, module->id, parent, CARRY_DEPTH);
    if (names && tree_kind(&module->tree, parent) == PY_CLASS)
        return class_carries(search, module->id, parent, CARRY_DEPTH);
    vec_each(held, model_values(search->model, module, name))
        if (value_carries(search, held->value))
            return true;
    return false;
}

/* "a/b/c.py" exports as c, "a/b/__init__.py" as b, "a/conftest.py" to all tests below a. */
static Carrier carrier_of(Str path, Str name)
{
    Carrier out   = { .name = name };
    Str     stem  = path;
    size_t  slash = str_rfind_char(path, '/');

    if (slash != STR_NOT_FOUND) {
        out.folder = str_slice(path, 0, slash + 1);
        stem       = str_slice(path, slash + 1, path.len);
    }
    size_t dot = str_rfind_char(stem, '.');
    if (dot != STR_NOT_FOUND)
        stem = str_slice(stem, 0, dot);
    if (str_is(stem, "conftest")) {
        out.reach = REACH_BELOW;
    } else if (str_is(stem, "__init__") && slash != STR_NOT_FOUND) {
        out.reach = REACH_PACKAGE;
        stem      = str_slice(path, 0, slash);
        slash     = str_rfind_char(stem, '/');
        if (slash != STR_NOT_FOUND)
            stem = str_slice(stem, slash + 1, stem.len);
    }
    out.stem      = stem;
    out.name_hash = word_hash(name);
    out.stem_hash = word_hash(stem);
    return out;
}

CarrierVec carriers_find(Arena *arena, const Model *model, const CallsiteVec *calls)
{
    Search     search = { .model = model, .calls = calls, .arena = arena };
    CarrierVec out    = { 0 };

    vec_each(call, calls) {
        if (method_is_sql(call->method) && call->function && !call->sql.complete)
            add_place(arena, &search.given_sql, &search.given_index, call);
        if (call->method == METHOD_WRAPPER && call->function && call->receiver
            && tree_kind(&call->module->tree, call->receiver) == PY_ATTRIBUTE)
            add_place(arena, &search.own_sql, &search.own_index, call);
    }
    vec_each(at, &model_project(model)->modules) {
        const Module *module = *at;
        for (size_t i = 1; i < module->scopes.symbols.count; i++) {
            const Symbol *symbol = &module->scopes.symbols.items[i];
            bool          is_short = symbol->name.len < LINK_SHORTEST_NAME;
            if (symbol->scope != 1 || (is_short && carrier_of(module->source.path, symbol->name).reach != REACH_BELOW))
                continue;
            vec_each(name, &symbol->bindings) {
                if (!binding_carries(&search, module, *name))
                    continue;
                vec_push(arena, &out, carrier_of(module->source.path, symbol->name));
                break;
            }
        }
    }
    return out;
}

static bool speaks_of_database(const Tree *tree, NodeId definition)
{
    for (NodeId id = definition + 1; id < tree_node(tree, definition)->end; id++) {
        Method method = tree_kind(tree, id) == PY_IDENTIFIER ? method_called(tree_text(tree, id)) : METHOD_COUNT;
        if (method_is_sql(method) || method == METHOD_CURSOR || method == METHOD_CONNECT)
            return true;
    }
    return false;
}

void carriers_guess(Arena *arena, const Project *project, size_t first, CarrierVec *out)
{
    for (size_t at = first; at < project->modules.count; at++) {
        const Module *module = project->modules.items[at];
        const Tree   *tree   = &module->tree;
        vec_each(symbol, &module->scopes.symbols) {
            NodeId name       = symbol->scope == 1 && symbol->bindings.count ? symbol->bindings.items[0] : 0;
            NodeId definition = name ? tree_parent(tree, name) : 0;
            bool   defines    = definition && tree_node(tree, name)->field == F_NAME
                        && (tree_kind(tree, definition) == PY_FUNCTION || tree_kind(tree, definition) == PY_CLASS);
            if (defines && symbol->name.len >= LINK_SHORTEST_NAME && speaks_of_database(tree, definition))
                vec_push(arena, out, carrier_of(module->source.path, symbol->name));
        }
    }
}

CarrierVec carriers_new(Arena *arena, const CarrierVec *found, Map *known)
{
    CarrierVec out = { 0 };

    vec_each(carrier, found) {
        Str key = str_format(arena, STR_FORMAT "\n" STR_FORMAT STR_FORMAT "\n%d", STR_ARG(carrier->name),
                             STR_ARG(carrier->folder), STR_ARG(carrier->stem), (int)carrier->reach);
        void **place = map_place(arena, known, key);
        if (!*place)
            vec_push(arena, &out, *carrier);
        *place = known;
    }
    return out;
}

bool words_may_use(const Words *words, Str path, const Carrier *carrier)
{
    if (!words_may_hold(words, carrier->name_hash))
        return false;
    bool below = carrier->reach != REACH_IMPORT && str_starts_with(path, carrier->folder);
    if (carrier->reach == REACH_BELOW && below)
        return true;
    return words_may_hold(words, word_hash(STR("import")))
        && ((carrier->reach == REACH_PACKAGE && below) || words_may_hold(words, carrier->stem_hash));
}

bool text_uses(Str path, Str text, const Carrier *carrier)
{
    bool below = str_starts_with(path, carrier->folder);

    if (!text_holds_word(text, carrier->name))
        return false;
    if (carrier->reach == REACH_BELOW && below)
        return true;
    return text_holds_word(text, STR("import"))
        && ((carrier->reach == REACH_PACKAGE && below) || text_holds_word(text, carrier->stem));
}
