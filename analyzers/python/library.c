#include <stdio.h>

#include "analyzers/python/slots.h"

/*
 * What the standard library and the frameworks around it do with the values of our
 * world: containers, callables that are run later, objects one application shares.
 */

typedef enum Effect {
#define EFFECT(name) name,
#include "analyzers/python/effect.def"
#undef EFFECT
} Effect;

static const struct Known {
    const char *name;
    Effect      effect;
} known_functions[] = {
#define KNOWN(name, effect) { name, effect },
#include "analyzers/python/known.def"
#undef KNOWN
};

/* Classes of which an application has one object, and the name under which others reach it. */
static const struct Shared {
    const char *type, *name;
} shared_objects[] = {
    { "flask.Flask", "flask.current_app" },
    { "quart.Quart", "quart.current_app" },
    { "fastapi.FastAPI", "request.app" },
    { "starlette.applications.Starlette", "request.app" },
    { "aiohttp.web.Application", "request.app" },
};

enum { NAME_DOTS = 6 };

static bool is_one_of(Str name, const char *const *list)
{
    for (; *list; list++)
        if (str_is(name, *list))
            return true;
    return false;
}

static Str dotted(Model *model, Str owner, Str name)
{
    uint32_t dots = 0;

    for (size_t i = 0; i < owner.len; i++)
        dots += owner.ptr[i] == '.';
    if (dots >= NAME_DOTS)
        return owner;
    return str_format(model->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(owner), STR_ARG(name));
}

static void flow_to(Model *model, SlotId from, ConstraintKind kind, SlotId dst, Str name, Place at)
{
    slot_flow(model, from, (Constraint) { .kind = kind, .dst = dst, .name = name, .at = at });
}

/* The place of the iterable is the site of what it gives. */
static void flow_argument(Model *model, const CallSite *call, const Argument *argument, ConstraintKind kind, SlotId dst)
{
    if (argument)
        flow_to(model, argument->slot, kind, dst, (Str) { 0 }, (Place) { call->at.module, argument->node });
}

/* Two or more values in one: what enumerate(), zip() and items() give one after the other. */
static ValueId pair_at(Model *model, const CallSite *call)
{
    return value_of(model, ROLE_OBJECT, call->at.module, call->at.node, STR("pair"));
}

/* The call gives a container, each item of which is in the slot that is given back. */
static SlotId gives_list(Model *model, const CallSite *call)
{
    return slot_of_attribute(model, call_gives(model, call, ROLE_OBJECT, (Str) { 0 }), ANY_KEY);
}

/* The call gives a container of pairs. */
static ValueId gives_pairs(Model *model, const CallSite *call)
{
    ValueId pair = pair_at(model, call);

    slot_add(model, gives_list(model, call), pair, 0, call->at);
    return pair;
}

static SlotId item_of(Model *model, ValueId tuple, uint32_t index)
{
    return slot_of_attribute(model, tuple, str_format(model->arena, "#%u", index));
}

/* Something taken out of a container, with what is given back if it is not there. */
static void take_item(Model *model, const CallSite *call, ValueId owner, Str name)
{
    Str             key      = call_literal(model, call, 0);
    const Argument *fallback = call_argument(call, 1, STR("default"));
    SlotId          unknown  = slot_of_attribute(model, owner, ANY_KEY);
    SlotId          known    = slot_of_attribute(model, owner, key.len ? key : EACH_ITEM);

    slot_copy(model, unknown, call->result, call->at);
    slot_copy(model, known, call->result, call->at);
    if (key.len && slot_known_attribute(model, owner, OF_ROW))
        flow_to(model, slot_of_attribute(model, owner, OF_ROW), FLOW_ITEM, call->result, key, call->at);
    if (fallback) {
        slot_copy(model, fallback->slot, call->result, call->at);
        if (str_is(name, "setdefault"))
            slot_copy(model, fallback->slot, key.len ? known : unknown, call->at);
    }
}

static bool is_taking(Str name)
{
    static const char *const takes[] = { "get", "pop", "setdefault", "popleft", "get_nowait", "popitem",
                                         "__getitem__", NULL };
    return is_one_of(name, takes);
}

/* What argparse's parse_args() gives, whichever parser: `set_defaults(run=…)` puts functions into it. */
static ValueId parsed_arguments(Model *model)
{
    return value_of(model, ROLE_EXTERNAL, 0, 0, STR("argparse.Namespace"));
}

/* `fn` is called with the arguments from `skip` on. */
static void call_with(Model *model, const CallSite *call, SlotId fn, size_t skip, SlotId result)
{
    CallSite *inner = arena_new(model->arena, CallSite);

    *inner = (CallSite) { .at = call->at, .result = result };
    for (size_t i = skip; i < call->arguments.count; i++)
        vec_push(model->arena, &inner->arguments, call->arguments.items[i]);
    slot_flow(model, fn, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
}

/* `fn` is called with the arguments after it. */
static void call_through(Model *model, const CallSite *call, const Argument *fn, ConstraintKind gives)
{
    SlotId result = slot_new(model);

    call_with(model, call, fn->slot, 1, result);
    flow_to(model, result, gives, call->result, (Str) { 0 }, call->at);
}

/* `map(fn, items, …)`, `executor.map(fn, items)`: fn is called with the items of each. */
static void call_for_each(Model *model, const CallSite *call, const Argument *fn, SlotId result)
{
    CallSite *inner = arena_new(model->arena, CallSite);

    *inner = (CallSite) { .at = call->at, .result = result };
    for (size_t i = 1; i < call->arguments.count; i++) {
        const Argument *items = &call->arguments.items[i];
        if (items->name.len || items->is_star || items->is_mapping)
            continue;
        Argument each = { .node = items->node, .slot = slot_new(model) };
        flow_argument(model, call, items, FLOW_ELEMENT, each.slot);
        vec_push(model->arena, &inner->arguments, each);
    }
    slot_flow(model, fn->slot, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
}

/* What is given to a dict or a class by keyword is found under that name. */
static ValueId make_record(Model *model, const CallSite *call, Str name)
{
    ValueId made = call_gives(model, call, ROLE_OBJECT, name);

    vec_each(argument, &call->arguments)
        if (argument->name.len) {
            slot_copy(model, argument->slot, slot_of_attribute(model, made, argument->name), call->at);
            slot_copy(model, argument->slot, slot_of_attribute(model, made, EACH_ITEM), call->at);
        }
    return made;
}

/* `dict(row)`: its items are the row's. */
static void make_dict(Model *model, const CallSite *call, const Argument *first)
{
    ValueId made = make_record(model, call, (Str) { 0 });

    if (first)
        flow_to(model, first->slot, FLOW_DICT, slot_of_attribute(model, made, OF_ROW), (Str) { 0 }, call->at);
}

/* Where a partial's arguments are kept until it is called. */
static void make_partial(Model *model, const CallSite *call, const Argument *first)
{
    if (call->arguments.count == 1) {
        slot_copy(model, first->slot, call->result, call->at);
        return;
    }
    Str key = str_format(model->arena, "%u:%u", call->at.module, call->at.node);
    map_set(model->arena, &model->partials, key, (void *)call);
    call_gives(model, call, ROLE_PARTIAL, (Str) { 0 });
}

/* Whether a call is already one of what this partial is of: `show = partial(show, self)` may be a partial of itself. */
static bool came_through(const CallSite *call, const CallSite *partial)
{
    for (; call; call = call->outer)
        if (call->partial == partial)
            return true;
    return false;
}

static void call_partial(Model *model, const CallSite *call, const Value *partial)
{
    char            room[32];
    int             length = snprintf(room, sizeof room, "%u:%u", partial->a, partial->b);
    const CallSite *made   = length > 0 ? map_find(&model->partials, str_of(room)) : NULL;

    if (!made || came_through(call, made))
        return;
    CallSite *inner = arena_new(model->arena, CallSite);
    *inner          = (CallSite) { .at = call->at, .result = call->result, .partial = made, .outer = call };
    for (size_t i = 1; i < made->arguments.count; i++)
        vec_push(model->arena, &inner->arguments, made->arguments.items[i]);
    vec_each(argument, &call->arguments)
        vec_push(model->arena, &inner->arguments, *argument);
    slot_flow(model, made->arguments.items[0].slot, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
}

/* The names of `namedtuple("Pair", "left right")` or `["left", "right"]`, one after the other; empty at the end. */
static Str field_name(const Tree *tree, NodeId fields, uint32_t index)
{
    Kind kind = tree_kind(tree, fields);

    if (kind == PY_LIST || kind == PY_TUPLE)
        return tree_nth(tree, fields, index) ? plain_string(tree, tree_nth(tree, fields, index)) : (Str) { 0 };
    Str rest = plain_string(tree, fields);
    for (uint32_t at = 0; rest.len; at++) {
        size_t begin = 0, end;
        while (begin < rest.len && (rest.ptr[begin] == ' ' || rest.ptr[begin] == ','))
            begin++;
        for (end = begin; end < rest.len && rest.ptr[end] != ' ' && rest.ptr[end] != ',';)
            end++;
        if (at == index)
            return str_slice(rest, begin, end);
        rest = str_slice(rest, end, rest.len);
    }
    return (Str) { 0 };
}

/* A namedtuple is made: its fields by name and by position. */
static void call_namedtuple(Model *model, const CallSite *call, const Value *type)
{
    const Tree *tree      = &model->project->modules.items[type->a]->tree;
    NodeId      arguments = tree_field(tree, type->b, F_ARGUMENTS);
    NodeId      fields    = arguments ? tree_nth(tree, arguments, 1) : 0;
    ValueId     made      = make_record(model, call, (Str) { 0 });

    for (uint32_t i = 0; fields; i++) {
        Str name = field_name(tree, fields, i);
        if (!name.len)
            break;
        SlotId          field    = slot_of_attribute(model, made, name);
        const Argument *argument = call_argument(call, i, name);
        if (argument && !argument->name.len)
            slot_copy(model, argument->slot, field, call->at);
        slot_copy(model, field, item_of(model, made, i), call->at);
    }
}

void library_call_object(Model *model, const CallSite *call, ValueId callee)
{
    Value value = model->values.items[callee];

    if (value.role == ROLE_PARTIAL)
        call_partial(model, call, &value);
    else if (str_is(value.name, "collections.namedtuple"))
        call_namedtuple(model, call, &value);
}

/* Methods of dicts, lists, queues and of objects other libraries made. */
void library_method(Model *model, const CallSite *call, ValueId owner, Str name)
{
    static const char *const puts[]   = { "append", "add", "insert", "appendleft", "put", "put_nowait", "set", NULL };
    static const char *const adds[]   = { "extend", "update", NULL };
    static const char *const enters[] = { "enter_context", "enter_async_context", NULL };
    SlotId                   inside   = slot_of_attribute(model, owner, ANY_KEY);
    Value                    value    = model->values.items[owner];
    const Argument          *given    = call_argument(call, str_is(name, "insert") ? 1 : 0, (Str) { 0 });

    if (str_is(name, "set_defaults") && str_starts_with(value.name, STR("argparse."))) {
        vec_each(argument, &call->arguments)
            if (argument->name.len)
                slot_copy(model, argument->slot, slot_of_attribute(model, parsed_arguments(model), argument->name), call->at);
    } else if (is_one_of(name, puts) && given) {
        slot_copy(model, given->slot, inside, call->at);
    } else if (is_one_of(name, adds) && given) {
        flow_to(model, given->slot, FLOW_ELEMENT, inside, (Str) { 0 }, call->at);
    } else if (is_one_of(name, enters) && given) {
        flow_to(model, given->slot, FLOW_ENTER, call->result, (Str) { 0 }, call->at);
    } else if (is_taking(name)) {
        take_item(model, call, owner, name);
    } else if (str_is(name, "copy")) {
        slot_add(model, call->result, owner, 0, call->at);
    } else if (str_is(name, "values")) {
        SlotId each = gives_list(model, call);
        slot_copy(model, inside, each, call->at);
        slot_copy(model, slot_of_attribute(model, owner, EACH_ITEM), each, call->at);
    } else if (str_is(name, "items")) {
        SlotId each = item_of(model, gives_pairs(model, call), 1);
        slot_copy(model, inside, each, call->at);
        slot_copy(model, slot_of_attribute(model, owner, EACH_ITEM), each, call->at);
    } else if (str_is(name, "result")) {
        slot_copy(model, slot_of_attribute(model, owner, RESULT), call->result, call->at);
    } else if (str_is(name, "run_until_complete") && given) {
        slot_copy(model, given->slot, call->result, call->at);
    } else if (str_is(name, "map") && given) {
        call_for_each(model, call, given, gives_list(model, call));
    }
    if (value.name.len)
        call_gives(model, call, ROLE_OBJECT, dotted(model, value.name, name));
}

void library_attribute(Model *model, ValueId owner, Str name, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    if (value.role == ROLE_EXTERNAL) {
        slot_add(model, dst, value_of(model, ROLE_EXTERNAL, 0, 0, dotted(model, value.name, name)), 0, at);
        return;
    }
    if (str_starts_with(value.name, STR("argparse.")))
        slot_copy(model, slot_of_attribute(model, parsed_arguments(model), name), dst, at);
    if (str_is(name, "app") && str_ends_with(value.name, STR(".Request")))
        slot_add(model, dst, value_of(model, ROLE_EXTERNAL, 0, 0, STR("request.app")), 0, at);
    slot_add(model, dst, value_of(model, ROLE_METHOD, owner, 0, name), 0, at);
}

void library_instance(Model *model, Str type, SlotId dst, Place at)
{
    for (size_t i = 0; i < sizeof shared_objects / sizeof *shared_objects; i++)
        if (str_is(type, shared_objects[i].type))
            slot_add(model, dst, value_of(model, ROLE_EXTERNAL, 0, 0, str_of(shared_objects[i].name)), 0, at);
}

static void call_getattr(Model *model, const CallSite *call)
{
    const Argument *object   = call_argument(call, 0, (Str) { 0 });
    const Argument *fallback = call_argument(call, 2, (Str) { 0 });
    Str             name     = call_literal(model, call, 1);

    if (object && name.len)
        flow_to(model, object->slot, FLOW_LOAD, call->result, name, call->at);
    if (fallback)
        slot_copy(model, fallback->slot, call->result, call->at);
}

static void call_setattr(Model *model, const CallSite *call)
{
    const Argument *object = call_argument(call, 0, (Str) { 0 }), *value = call_argument(call, 2, (Str) { 0 });
    Str             name   = call_literal(model, call, 1);

    if (object && value && name.len)
        flow_to(model, object->slot, FLOW_STORE, value->slot, name, call->at);
}

/* `iter(cur)`, `iter(cur.fetchone, None)`. */
static void call_iter(Model *model, const CallSite *call, const Argument *first)
{
    if (call->arguments.count == 1) {
        slot_copy(model, first->slot, call->result, call->at);
        return;
    }
    CallSite *inner = arena_new(model->arena, CallSite);
    *inner          = (CallSite) { .at = call->at, .result = gives_list(model, call) };
    slot_flow(model, first->slot, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
}

static void zip_arguments(Model *model, const CallSite *call)
{
    ValueId pair = gives_pairs(model, call);

    for (uint32_t i = 0; i < call->arguments.count; i++)
        if (!call->arguments.items[i].name.len)
            flow_argument(model, call, &call->arguments.items[i], FLOW_ELEMENT, item_of(model, pair, i));
}

/* `filter(test, rows)`: what passes, and what the test is given. */
static void filter_items(Model *model, const CallSite *call, const Argument *test, const Argument *items)
{
    call_for_each(model, call, test, slot_new(model));
    flow_argument(model, call, items, FLOW_LIST, call->result);
}

/* `groupby(rows, key=…)`: pairs of a key and rows; the key function is given rows. */
static void group_items(Model *model, const CallSite *call, const Argument *items)
{
    ValueId         group = value_of(model, ROLE_OBJECT, call->at.module, call->at.node, STR("group"));
    SlotId          each  = slot_of_attribute(model, group, ANY_KEY);
    const Argument *key   = call_argument(call, 1, STR("key"));

    slot_add(model, item_of(model, gives_pairs(model, call), 1), group, 0, call->at);
    flow_argument(model, call, items, FLOW_ELEMENT, each);
    if (key) {
        CallSite *inner = arena_new(model->arena, CallSite);
        *inner          = (CallSite) { .at = call->at, .result = slot_new(model) };
        vec_push(model->arena, &inner->arguments, (Argument) { .node = items->node, .slot = each });
        slot_flow(model, key->slot, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
    }
}

/* `sorted(rows, key=lambda row: …)`: the key function is given rows. */
static void call_key(Model *model, const CallSite *call, const Argument *items)
{
    const Argument *key = call_argument(call, UINT32_MAX, STR("key"));

    if (!key)
        return;
    CallSite *inner = arena_new(model->arena, CallSite);
    Argument  each  = { .node = items->node, .slot = slot_new(model) };
    *inner          = (CallSite) { .at = call->at, .result = slot_new(model) };
    flow_argument(model, call, items, FLOW_ELEMENT, each.slot);
    vec_push(model->arena, &inner->arguments, each);
    slot_flow(model, key->slot, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
}

static void apply_effect(Model *model, const CallSite *call, Str name, Effect effect)
{
    const Argument *first = call_argument(call, 0, (Str) { 0 }), *second = call_argument(call, 1, (Str) { 0 });

    switch (effect) {
    case RECORD:
        make_record(model, call, name);
        return;
    case DICT:
        make_dict(model, call, first);
        return;
    case ENGINE:
        call_gives(model, call, ROLE_ENGINE, (Str) { 0 });
        return;
    case TEXT:
        call_gives(model, call, ROLE_TEXT, (Str) { 0 });
        return;
    case DEFAULTS: /* defaultdict(list): a list for each key */
        slot_add(model, gives_list(model, call),
                 value_of(model, ROLE_OBJECT, call->at.module, call->at.node, STR("default")), 0, call->at);
        return;
    case TOGETHER: {
        ValueId made = call_gives(model, call, ROLE_OBJECT, (Str) { 0 });
        for (uint32_t i = 0; i < call->arguments.count; i++) {
            slot_copy(model, call->arguments.items[i].slot, item_of(model, made, i), call->at);
            slot_copy(model, call->arguments.items[i].slot, slot_of_attribute(model, made, EACH_ITEM), call->at);
        }
        return;
    }
    default:
        break;
    }
    if (!first && effect == LIST)
        gives_list(model, call);
    if (!first)
        return;
    switch (effect) {
    case ARGUMENT:
        slot_copy(model, first->slot, call->result, call->at);
        break;
    case CAST:
        if (second)
            slot_copy(model, second->slot, call->result, call->at);
        break;
    case LIST:
        flow_argument(model, call, first, FLOW_LIST, call->result);
        call_key(model, call, first);
        break;
    case ELEMENT:
        flow_argument(model, call, first, FLOW_ELEMENT, call->result);
        call_key(model, call, first);
        break;
    case CALLS:
        call_through(model, call, first, FLOW_COPY);
        break;
    case PROVIDES:
        call_through(model, call, first, FLOW_PROVIDE);
        break;
    case ITERATES:
        call_iter(model, call, first);
        break;
    case COUNTS:
        flow_argument(model, call, first, FLOW_ELEMENT, item_of(model, gives_pairs(model, call), 1));
        break;
    case ZIPS:
        zip_arguments(model, call);
        break;
    case MAPS:
        call_for_each(model, call, first, gives_list(model, call));
        break;
    case FILTERS:
        if (second)
            filter_items(model, call, first, second);
        break;
    case GROUPS:
        group_items(model, call, first);
        break;
    case FLATTENS: {
        SlotId inner = slot_new(model);
        flow_argument(model, call, first, FLOW_ELEMENT, inner);
        flow_to(model, inner, FLOW_ELEMENT, gives_list(model, call), (Str) { 0 }, call->at);
        break;
    }
    case PARTIAL:
        make_partial(model, call, first);
        break;
    case TYPE:
        flow_to(model, first->slot, FLOW_LOAD, call->result, STR("__class__"), call->at);
        break;
    case GETS:
        call_getattr(model, call);
        break;
    case SETS:
        call_setattr(model, call);
        break;
    case IMPORTS: {
        Str dotted_name = call_literal(model, call, 0);
        if (dotted_name.len)
            slot_add(model, call->result,
                     module_value(model, model->project->modules.items[call->at.module], 0, dotted_name), 0, call->at);
        break;
    }
    default:
        break;
    }
}

void library_call(Model *model, const CallSite *call, Str name)
{
    for (size_t i = 0; i < sizeof known_functions / sizeof *known_functions; i++)
        if (str_is(name, known_functions[i].name)) {
            apply_effect(model, call, name, known_functions[i].effect);
            return;
        }
    size_t dot = str_rfind_char(name, '.');
    if (dot != STR_NOT_FOUND && is_taking(str_slice(name, dot + 1, name.len))) /* flask.g.pop("db") */
        take_item(model, call, value_of(model, ROLE_EXTERNAL, 0, 0, str_slice(name, 0, dot)),
                  str_slice(name, dot + 1, name.len));
    library_instance(model, name, call->result, call->at);
    if (!str_starts_with(name, STR("builtins.")))
        call_gives(model, call, ROLE_OBJECT, name);
}
