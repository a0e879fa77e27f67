#include "rewriters/port/choose.h"

#include <stdlib.h>

#include "rewriters/port/imports.h"
#include "rewriters/port/tidy.h"
#include "rewriters/scaffold/engine.h"

typedef struct Chooser {
    Arena               *arena;
    const Ports         *ports;
    const ChooseOptions *options;
    Choice              *out;
    Str                  engine_path; /* of the engine module; empty: none is needed */
} Chooser;

static bool is_allowed(const Chooser *chooser, const UnitPort *port)
{
    if (port->verdict != VERDICT_SAFE && !(port->verdict == VERDICT_UNSAFE && chooser->options->allow_unsafe))
        return false;
    return !chooser->options->wants || chooser->options->wants(port, chooser->options->context);
}

static const UnitPort *provider_of(const Chooser *chooser, Place origin)
{
    vec_each(port, &chooser->ports->ports)
        if (port->unit->kind == UNIT_PROVIDER)
            vec_each(own, &port->unit->origins)
                if (own->module == origin.module && own->node == origin.node)
                    return port;
    return NULL;
}

/* Whether the settings name the function that opens this connection as a provider. */
static bool is_configured(const Chooser *chooser, Place place)
{
    const Module *module   = model_module(chooser->ports->in.model, place.module);
    NodeId        function = scope_function(&module->scopes, place.node);

    return function
        && config_provider_find(chooser->ports->in.config, module_qualname(chooser->arena, module, function)) != NULL;
}

static Origin *origin_of(Chooser *chooser, Place place)
{
    vec_each(origin, &chooser->out->origins)
        if (origin->place.module == place.module && origin->place.node == place.node)
            return origin;
    const Module *module = model_module(chooser->ports->in.model, place.module);
    Origin        origin = { .place = place, .kind = ORIGIN_ANNOTATION };
    if (tree_kind(&module->tree, place.node) == PY_CALL) {
        origin.kind       = ORIGIN_CONNECT;
        origin.configured = is_configured(chooser, place);
    }
    vec_push(chooser->arena, &chooser->out->origins, origin);
    return &vec_last(&chooser->out->origins);
}

static bool has_engine_module(const Chooser *chooser)
{
    vec_each(module, &model_project(chooser->ports->in.model)->modules)
        if (engine_module_is((*module)->source.text))
            return true;
    return false;
}

/* Whether a unit's connections will be SQLAlchemy's, given the providers that are switched. */
static bool is_served(Chooser *chooser, const UnitPort *port, bool any_provider)
{
    bool connects = false;

    if (chooser->options->assume_connections)
        return true;
    vec_each(place, &port->unit->origins) {
        const Origin *origin = origin_of(chooser, *place);
        if (origin->kind == ORIGIN_ANNOTATION)
            continue;
        connects = true;
        if (!origin->configured && !origin->switched)
            return false;
    }
    return connects || any_provider || chooser->ports->in.config->providers.count || has_engine_module(chooser);
}

/* Whether all that a unit needs is there, or comes with it: a call's wrapper; for a cursor to go, its statements' ports. */
static bool has_needs(const Chooser *chooser, const UnitPort *port)
{
    vec_each(need, &port->unit->needs)
        if (!chooser->out->applied[*need] && chooser->ports->ports.items[*need].verdict != VERDICT_PORTED)
            return false;
    return true;
}

static bool stays_applied(Chooser *chooser, const UnitPort *port, bool any_provider)
{
    const UnitPortVec *ports = &chooser->ports->ports;

    if (!has_needs(chooser, port))
        return false;
    if (port->unit->kind == UNIT_CURSOR || (port->unit->needs.count && !port->unit->origins.count))
        return true;
    if (port->unit->kind == UNIT_STATEMENTS)
        return is_served(chooser, port, any_provider);
    vec_each(other, ports)
        if (other->unit->kind == UNIT_STATEMENTS && chooser->out->applied[other->unit->index] && other->unit->sql_calls)
            vec_each(place, &other->unit->origins)
                vec_each(own, &port->unit->origins)
                    if (place->module == own->module && place->node == own->node)
                        return true;
    return false;
}

/*
 * Providers without a statement to serve stay; statements without their provider or
 * wrapper wait. Each round can only take back, so it ends.
 */
static void settle(Chooser *chooser)
{
    const UnitPortVec *ports = &chooser->ports->ports;
    bool              *applied = chooser->out->applied;
    bool               changed = true;

    vec_each(port, ports)
        vec_each(place, &port->unit->origins)
            origin_of(chooser, *place);
    for (size_t i = 0; i < ports->count; i++)
        applied[i] = is_allowed(chooser, &ports->items[i]);
    while (changed) {
        bool any_provider = false;
        changed           = false;
        vec_each(origin, &chooser->out->origins) {
            const UnitPort *provider = origin->kind == ORIGIN_CONNECT ? provider_of(chooser, origin->place) : NULL;
            origin->switched         = provider && applied[provider->unit->index];
            any_provider |= origin->switched;
        }
        for (size_t i = 0; i < ports->count; i++) {
            if (applied[i] && !stays_applied(chooser, &ports->items[i], any_provider)) {
                applied[i] = false;
                changed    = true;
            }
        }
    }
    vec_each(port, ports)
        if (port->unit->kind == UNIT_STATEMENTS && !applied[port->unit->index] && is_allowed(chooser, port))
            vec_each(place, &port->unit->origins)
                origin_of(chooser, *place)->waiting += port->unit->sql_calls;
}

/* -- the files ------------------------------------------------------------------------------- */

static uint32_t base_of(const Chooser *chooser, const Module *module)
{
    uint32_t base = 0;

    vec_each(other, &model_project(chooser->ports->in.model)->modules) {
        if (*other == module)
            break;
        base += (uint32_t)(*other)->source.text.len + 1;
    }
    return base;
}

/* What others need comes first: without it they would have to wait. */
typedef enum Rank { RANK_PROVIDER, RANK_NEEDED, RANK_STATEMENTS, RANK_CURSOR, RANK_COUNT } Rank;

static Rank rank_of(const UnitPort *port, const bool *is_needed)
{
    switch (port->unit->kind) {
    case UNIT_PROVIDER: return RANK_PROVIDER;
    case UNIT_CURSOR: return RANK_CURSOR;
    default: return is_needed[port->unit->index] ? RANK_NEEDED : RANK_STATEMENTS;
    }
}

static void propose(Chooser *chooser, Rank rank, const bool *is_needed, FixVec *proposals)
{
    vec_each(port, &chooser->ports->ports) {
        if (!chooser->out->applied[port->unit->index] || rank_of(port, is_needed) != rank)
            continue;
        Fix *fix   = arena_new(chooser->arena, Fix);
        fix->id    = port->unit->id;
        fix->owner = (void *)port;
        vec_each(placed, &port->edits) {
            uint32_t base = base_of(chooser, placed->module);
            vec_push(chooser->arena, &fix->edits,
                     (Edit) { base + placed->edit.lo, base + placed->edit.hi, placed->edit.text });
        }
        vec_push(chooser->arena, proposals, fix);
    }
}

static const bool *find_needed(const Chooser *chooser)
{
    bool *out = arena_array(chooser->arena, bool, chooser->ports->ports.count + 1);

    vec_each(port, &chooser->ports->ports)
        if (port->unit->kind == UNIT_STATEMENTS)
            vec_each(need, &port->unit->needs)
                out[*need] = true;
    return out;
}

/* Takes back what needs a unit that has been put off; false if there is nothing of the kind. */
static bool take_back(Chooser *chooser)
{
    bool any = false;

    vec_each(port, &chooser->ports->ports)
        if (chooser->out->applied[port->unit->index] && !has_needs(chooser, port)) {
            chooser->out->applied[port->unit->index] = false;
            any                                      = true;
        }
    return any;
}

/* All files laid end to end, so that a unit is kept whole across files, or not at all. */
static Composition compose_all(Chooser *chooser)
{
    const bool *is_needed = find_needed(chooser);
    Composition composition;

    do {
        FixVec proposals = { 0 };
        for (Rank rank = RANK_PROVIDER; rank < RANK_COUNT; rank++)
            propose(chooser, rank, is_needed, &proposals);
        composition = compose(chooser->arena, &proposals);
        vec_each(deferred, &composition.deferred) {
            const UnitPort *port     = (*deferred)->owner;
            const Fix      *obstacle = compose_obstacle(&composition, *deferred);
            chooser->out->applied[port->unit->index] = false;
            vec_push(chooser->arena, &chooser->out->deferred,
                     (Note) { port->unit->module->source.path,
                              str_format(chooser->arena, STR_FORMAT " changes the same place as " STR_FORMAT,
                                         STR_ARG(port->unit->id), STR_ARG(obstacle ? obstacle->id : STR("another unit"))) });
        }
    } while (take_back(chooser));
    return composition;
}

static Str folder_of(Str path)
{
    size_t slash = str_rfind_char(path, '/');
    return slash == STR_NOT_FOUND ? (Str) { 0 } : str_slice(path, 0, slash);
}

static Str in_folder(Arena *arena, Str folder, const char *name)
{
    return folder.len ? str_format(arena, STR_FORMAT "/%s", STR_ARG(folder), name) : str_of(name);
}

static bool has_file(const Chooser *chooser, Str path)
{
    vec_each(file, chooser->options->files)
        if (str_eq(*file, path))
            return true;
    return false;
}

/* SQL calls on the connections of a provider. */
static uint32_t served_calls(const Chooser *chooser, const UnitPort *provider)
{
    uint32_t count = 0;

    vec_each(port, &chooser->ports->ports)
        vec_each(place, &port->unit->origins)
            vec_each(own, &provider->unit->origins)
                if (place->module == own->module && place->node == own->node)
                    count += port->unit->sql_calls;
    return count;
}

/* An engine module that an earlier run wrote may lack bound(): it is written anew, unless somebody changed it. */
static void complete_engine(Chooser *chooser, const Module *module)
{
    Arena *arena   = chooser->arena;
    Str    newline = module->source.newline, text = module->source.text;

    if (engine_module_has_bound(text))
        return;
    if (str_eq(text, engine_module_text(arena, newline, false)))
        vec_push(arena, &chooser->out->files,
                 (NewFile) { .module = module, .path = module->source.path, .before = text,
                             .after = engine_module_text(arena, newline, true) });
    else
        vec_push(arena, &chooser->out->notes,
                 (Note) { module->source.path,
                          STR("this engine module was changed and has no bound(), which wrappers need; let fix write a new one") });
}

static bool needs_of_engine(const Chooser *chooser, const char *name)
{
    vec_each(port, &chooser->ports->ports)
        if (chooser->out->applied[port->unit->index])
            vec_each(need, &port->needs)
                if (need->from[0] == '\0' && (!name || strcmp(need->name, name) == 0))
                    return true;
    return false;
}

/* The engine module there is, or a free name beside the provider that serves most. */
static void place_engine(Chooser *chooser)
{
    static const char *const names[] = { "engine.py", "database_engine.py", "sqlalchemy_engine.py" };
    const Module            *home    = NULL;
    uint32_t                 most    = 0;
    bool                     bound   = needs_of_engine(chooser, "bound");

    vec_each(port, &chooser->ports->ports)
        if (chooser->out->applied[port->unit->index] && port->unit->kind == UNIT_PROVIDER
            && served_calls(chooser, port) > most) {
            most = served_calls(chooser, port);
            home = port->unit->module;
        }
    if (!needs_of_engine(chooser, NULL))
        return;
    vec_each(module, &model_project(chooser->ports->in.model)->modules)
        if (engine_module_is((*module)->source.text)) {
            chooser->engine_path = (*module)->source.path;
            if (bound)
                complete_engine(chooser, *module);
            return;
        }
    if (!home)
        home = vec_last(&model_project(chooser->ports->in.model)->modules);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str path = in_folder(chooser->arena, folder_of(home->source.path), names[i]);
        if (!has_file(chooser, path)) {
            chooser->engine_path = path;
            vec_push(chooser->arena, &chooser->out->files,
                     (NewFile) { .path = path, .after = engine_module_text(chooser->arena, home->source.newline, bound) });
            return;
        }
    }
}

/* Whether files of this package import one another by dots. */
static bool imports_by_dots(const Chooser *chooser, Str folder)
{
    if (!has_file(chooser, in_folder(chooser->arena, folder, "__init__.py")))
        return false;
    vec_each(at, &model_project(chooser->ports->in.model)->modules) {
        const Module *module = *at;
        if (!str_eq(folder_of(module->source.path), folder))
            continue;
        for (size_t i = 0; i < module->imports.count; i++)
            if (module->imports.items[i].level)
                return true;
    }
    return false;
}

/* How a module spells another file in an import: by dots if its package does so, else by its path. */
static Str import_path(const Chooser *chooser, const Module *from, Str path)
{
    Arena *arena  = chooser->arena;
    Str    home   = folder_of(from->source.path), target = folder_of(path);
    Str    name   = str_slice(path, target.len ? target.len + 1 : 0, path.len - strlen(".py"));

    if (imports_by_dots(chooser, home)) {
        Buf out = buf_new(arena);
        buf_add_char(&out, '.');
        Str up = home;
        while (up.len && !str_eq(up, target)
               && !(str_starts_with(target, up) && target.len > up.len && target.ptr[up.len] == '/')) {
            buf_add_char(&out, '.');
            up = folder_of(up);
        }
        Str rest = str_slice(target, up.len + (up.len && target.len > up.len), target.len), part;
        while (rest.len && str_cut(&rest, '/', &part))
            buf_format(&out, STR_FORMAT ".", STR_ARG(part));
        buf_add(&out, name);
        return buf_str(&out);
    }
    /* From the nearest folder that is no package. */
    Str top = target;
    while (top.len && has_file(chooser, in_folder(arena, top, "__init__.py")))
        top = folder_of(top);
    Str   inner  = str_slice(path, top.len ? top.len + 1 : 0, path.len - strlen(".py"));
    char *dotted = str_cstr(arena, inner);
    for (size_t i = 0; i < inner.len; i++)
        if (dotted[i] == '/')
            dotted[i] = '.';
    return (Str) { dotted, inner.len };
}

static bool touches(const Composition *composition, uint32_t base, uint32_t end)
{
    vec_each(edit, &composition->edits)
        if (edit->lo >= base && edit->hi <= end)
            return true;
    return false;
}

static void write_file(Chooser *chooser, const Composition *composition, const Module *module)
{
    Arena   *arena = chooser->arena;
    uint32_t base  = base_of(chooser, module), end = base + (uint32_t)module->source.text.len;
    EditVec  edits = { 0 };
    ImportNeedVec needs = { 0 };

    vec_each(edit, &composition->edits)
        if (edit->lo >= base && edit->hi <= end)
            vec_push(arena, &edits, (Edit) { edit->lo - base, edit->hi - base, edit->text });
    vec_each(port, &chooser->ports->ports)
        if (chooser->out->applied[port->unit->index])
            vec_each(need, &port->needs)
                if (need->module == module)
                    vec_push(arena, &needs, *need);
    if (file_is_done(chooser->ports, chooser->out->applied, module)) {
        UnitPort tidy;
        tidy_file(arena, chooser->ports, module, &tidy);
        vec_each(placed, &tidy.edits) {
            bool clear = true;
            vec_each(edit, &edits)
                clear &= !edit_clashes(*edit, placed->edit) && !edit_eq(*edit, placed->edit);
            if (clear)
                vec_push(arena, &edits, placed->edit);
        }
        if (tidy.edits.count)
            vec_each(need, &tidy.needs)
                vec_push(arena, &needs, *need);
    }
    if (edits.count == 0)
        return;
    Str engine = chooser->engine_path.len ? import_path(chooser, module, chooser->engine_path) : (Str) { 0 };
    imports_edit(arena, chooser->ports->in.model, module, &needs, engine, &edits);

    NewFile file = { .module = module, .path = module->source.path, .before = module->source.text,
                     .after  = edit_splice(arena, module->source.text, &edits) };
    Source  source = module->source;
    Tree    tree;
    Error   why;
    source.text = file.after;
    if (!tree_parse(arena, &source, &tree, &why) || tree.errors > module->tree.errors) {
        vec_push(arena, &chooser->out->notes,
                 (Note) { file.path, STR("the port would not parse; the file is left alone, please report it") });
        vec_each(port, &chooser->ports->ports)
            if (port->unit->module == module)
                chooser->out->applied[port->unit->index] = false;
        return;
    }
    vec_push(arena, &chooser->out->files, file);
}

static int by_path(const void *a, const void *b)
{
    const NewFile *x = a, *y = b;
    return str_compare(x->path, y->path);
}

void port_choose(Arena *arena, const Ports *ports, const ChooseOptions *options, Choice *out)
{
    Chooser chooser = { .arena = arena, .ports = ports, .options = options, .out = out };

    *out         = (Choice) { 0 };
    out->applied = arena_array(arena, bool, ports->ports.count + 1);
    settle(&chooser);
    bool any = false;
    for (size_t i = 0; i < ports->ports.count; i++)
        any |= out->applied[i];
    if (!any)
        return;
    Composition composition = compose_all(&chooser);
    place_engine(&chooser);
    uint32_t base = 0;
    vec_each(module, &model_project(ports->in.model)->modules) {
        uint32_t end = base + (uint32_t)(*module)->source.text.len;
        bool     own = touches(&composition, base, end);
        vec_each(site, ports->in.units->calls)
            own |= site->module == *module && !site->is_ported;
        if (own || file_is_done(ports, out->applied, *module))
            write_file(&chooser, &composition, *module);
        base = end + 1;
    }
    if (out->files.count)
        qsort(out->files.items, out->files.count, sizeof(NewFile), by_path);
}
