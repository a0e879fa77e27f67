#include "rewriters/port/port.h"

#include <stdlib.h>

#include "rewriters/port/work.h"

const char *verdict_name(Verdict verdict)
{
    static const char *const names[] = { "ported", "safe", "unsafe", "manual" };
    return names[verdict];
}

/* The worst first, then by place: what stands first is what a person is told. */
static int by_weight(const void *a, const void *b)
{
    const Reason *x = a, *y = b;

    if (x->verdict != y->verdict)
        return x->verdict > y->verdict ? -1 : 1;
    if (x->module->id != y->module->id)
        return x->module->id < y->module->id ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Whether all of a unit's statements are on SQLAlchemy's side; what reads them goes with them. */
static bool all_ported(const Work *work)
{
    bool any = false;

    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (!method_is_sql(site->method) && site->method != METHOD_CURSOR && site->method != METHOD_CONNECT
            && !site->is_ported)
            continue;
        if (!site->is_ported)
            return false;
        any = true;
    }
    return any;
}

static bool is_in(const StrVec *globs, Str path)
{
    vec_each(glob, globs)
        if (str_eq(*glob, path))
            return true;
    return false;
}

static void judge_mixed(Work *work)
{
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->is_ported && method_is_sql(site->method))
            work_reason(work, VERDICT_MANUAL, "PY-01", site->module, site->call,
                        "this statement is ported, and others of its unit are not; finish them by hand");
        else if (site->is_mixed)
            work_reason(work, VERDICT_MANUAL, "PY-01", site->module, site->call,
                        "the receiver may be another library's connection too; keep the two apart");
        else if (site->certainty == CERTAINTY_MAYBE)
            work_reason(work, VERDICT_UNSAFE, "PY-01", site->module, site->call,
                        "that this is a sqlite3 object is likely, but nobody is seen to pass it; annotate it");
        if (!site->receiver && method_is_sql(site->method) && site->method != METHOD_WRAPPER)
            work_reason(work, VERDICT_MANUAL, "PY-35", site->module, site->call,
                        "the method was taken off its connection before it is called; call it on the connection");
        if (is_in(&work->in->config->bridges, site->module->source.path))
            work_reason(work, VERDICT_MANUAL, "PY-32", site->module, site->call,
                        "this file is a configured bridge: it keeps sqlite3 on purpose");
    }
}

/* Who reads a row, or begins a transaction, may stand where nobody looked. */
static void judge_partial(Work *work)
{
    if (work->in->is_partial && work->unit->calls.count) {
        const Callsite *site = &work->in->units->calls->items[work->unit->calls.items[0]];
        work_reason(work, VERDICT_UNSAFE, "PY-01", site->module, site->call,
                    "the project was too large to be followed to its end; run lite2pg in the folders that belong together");
    }
}

static bool is_transaction_control(Work *work, const Callsite *site)
{
    Statement statement;

    if (!call_statement(work, site, &statement))
        return false;
    switch (statement.kind) {
    case STATEMENT_BEGIN:
    case STATEMENT_COMMIT:
    case STATEMENT_ROLLBACK:
    case STATEMENT_SAVEPOINT:
    case STATEMENT_RELEASE:
        return true;
    default:
        return false;
    }
}

/* Statements of one function that stand between a BEGIN and a COMMIT go together (TR-08). */
static void judge_control(Work *work)
{
    vec_each(site, work->in->units->calls)
        if (site->module == work->module && site->function == work->function
            && is_transaction_control(work, site)) {
            work_reason(work, VERDICT_MANUAL, "TR-08", site->module, site->call,
                        "this function begins or ends its transaction by SQL; port that and its statements together");
            return;
        }
}

bool commits_are_foreign(const Work *work)
{
    bool begins = false;

    vec_each(provider, &work->in->config->providers)
        begins |= provider->kind == PROVIDER_BEGIN;
    return begins || work->in->config->transactions == TRANSACTIONS_CALLER;
}

/* Who ends the transaction, where the settings say so (TR-01, TR-02). */
static void judge_transactions(Work *work)
{
    if (!commits_are_foreign(work))
        return;
    vec_each(site, work->in->units->calls)
        if (site->method == METHOD_COMMIT && site->module == work->module && site->function == work->function
            && site->role == ROLE_CONNECTION) {
            work_reason(work, VERDICT_UNSAFE, "TR-01", site->module, site->call,
                        "this commit stays; a connection out of engine.begin() takes no statement after it: "
                        "remove it once the caller is known to commit");
            return;
        }
}

static void add_home(Work *work, Home home)
{
    vec_each(known, &work->homes)
        if (known->module == home.module && known->function == home.function)
            return;
    vec_push(work->arena, &work->homes, home);
}

/* The functions that hold the unit's statements; where it has none, its own. */
static void find_homes(Work *work)
{
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (method_is_sql(site->method))
            add_home(work, (Home) { site->module, site->function });
    }
    if (!work->homes.count)
        add_home(work, (Home) { work->module, work->function });
}

/* What else its functions do with the connection. */
static void judge_homes(Work *work)
{
    Home lead = { work->module, work->function };

    vec_each(home, &work->homes) {
        work_enter(work, *home);
        judge_transactions(work);
        if (work->unit->kind == UNIT_STATEMENTS)
            judge_control(work);
        port_members(work);
    }
    work_enter(work, lead);
}

/* `PRAGMA foreign_keys = ON` */
static bool turns_keys_on(const Callsite *site)
{
    static const char *const words[] = { "on", "1", "true", "yes" };
    Str  text = str_trim(site->sql.text);
    Str  name = STR("pragma");

    if (!method_is_sql(site->method) || text.len < name.len || !str_eq_nocase(str_slice(text, 0, name.len), name))
        return false;
    text          = str_trim(str_slice(text, name.len, text.len));
    size_t equals = str_find_char(text, '=');
    if (equals == STR_NOT_FOUND || !str_eq_nocase(str_trim(str_slice(text, 0, equals)), STR("foreign_keys")))
        return false;
    text = str_trim(str_slice(text, equals + 1, text.len));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text.len >= strlen(words[i]) && str_eq_nocase(str_slice(text, 0, strlen(words[i])), str_of(words[i])))
            return true;
    return false;
}

static bool is_among(const PlaceVec *places, Place place)
{
    vec_each(known, places)
        if (known->module == place.module && known->node == place.node)
            return true;
    return false;
}

/* Units with a connection, of their own or of what they need, on which nobody is seen to turn foreign keys on. */
static const bool *find_unkept_keys(Arena *arena, const PortInputs *in)
{
    bool    *out  = arena_array(arena, bool, in->units->units.count + 1);
    PlaceVec kept = { 0 };

    vec_each(site, in->units->calls) {
        uint32_t unit = in->units->unit_of[site->index];
        if (unit != NO_UNIT && turns_keys_on(site))
            vec_each(place, &in->units->units.items[unit].origins)
                vec_push(arena, &kept, *place);
    }
    vec_each(unit, &in->units->units) {
        const Unit *from = unit->origins.count || !unit->needs.count ? unit : &in->units->units.items[unit->needs.items[0]];
        vec_each(place, &from->origins) {
            const Module *module = model_module(in->model, place->module);
            out[unit->index] |= tree_kind(&module->tree, place->node) == PY_CALL && !is_among(&kept, *place);
        }
    }
    return out;
}

/* Calls of a ported wrapper that stay as they are: bound() reads their placeholders when they run. */
static bool is_served_by_bound(const Work *work)
{
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->method != METHOD_WRAPPER || !site->is_bound)
            return false;
    }
    return work->out->verdict != VERDICT_MANUAL && work->out->edits.count == 0;
}

/* Gives the columns that the unit stores times from outside in. */
static StrVec judge(Arena *arena, Prover **prover, const PortInputs *in, const Unit *unit, UnitPort *out)
{
    Work work = { .arena  = arena,
                  .in     = in,
                  .prover = prover,
                  .model  = in->model,
                  .unit   = unit,
                  .out    = out,
                  .module = unit->module,
                  .tree   = &unit->module->tree,
                  .function = unit->function };

    *out = (UnitPort) { .unit = unit, .verdict = VERDICT_SAFE };
    if (all_ported(&work)) {
        out->verdict = VERDICT_PORTED;
        return work.foreign_times;
    }
    judge_partial(&work);
    judge_mixed(&work);
    find_homes(&work);
    judge_homes(&work);
    work.factory = row_factory_of(in->model, &unit->origins, &work.factory_at);
    if (unit->kind == UNIT_PROVIDER)
        port_provider(&work);
    else if (unit->kind == UNIT_CURSOR)
        port_cursor(&work);
    else
        port_statements(&work);
    port_remarks(&work);
    work_finish_deletions(&work);
    work_check_edits(&work);
    if (out->verdict == VERDICT_MANUAL) {
        out->edits = (PlacedEditVec) { 0 };
        out->needs = (ImportNeedVec) { 0 };
    }
    if (is_served_by_bound(&work)) {
        out->verdict = VERDICT_PORTED;
        out->reasons = (ReasonVec) { 0 };
    }
    if (out->reasons.count)
        qsort(out->reasons.items, out->reasons.count, sizeof(Reason), by_weight);
    return work.foreign_times;
}

typedef struct Round {
    Workers *workers;
    Ports   *out;
    StrVec  *foreign_times; /* of each unit */
    Prover  *provers[POOL_JOBS_LIMIT]; /* of the workers that needed one */
} Round;

static void judge_one(void *data, unsigned worker, size_t index)
{
    Round            *round = data;
    const PortInputs *in    = &round->out->in;

    round->foreign_times[index] = judge(workers_arena(round->workers, worker), &round->provers[worker], in,
                                        &in->units->units.items[index], &round->out->ports.items[index]);
}

static const Map *gather_foreign_times(Arena *arena, const Round *round)
{
    Map *known = arena_new(arena, Map);

    for (size_t i = 0; i < round->out->ports.count; i++)
        vec_each(column, &round->foreign_times[i])
            map_set(arena, known, *column, known);
    return known;
}

/* A cursor goes with the last of its statements: its verdict is theirs. */
static void judge_cursors(Arena *arena, Ports *out)
{
    vec_each(port, &out->ports) {
        if (port->unit->kind != UNIT_CURSOR)
            continue;
        vec_each(need, &port->unit->needs) {
            const UnitPort *statement = &out->ports.items[*need];
            if (statement->verdict <= port->verdict || !statement->reasons.count)
                continue;
            port->verdict = statement->verdict;
            port->reasons = (ReasonVec) { 0 };
            vec_push(arena, &port->reasons, statement->reasons.items[0]);
        }
    }
}

/* Twice, where the statements that store turn out to say something of the columns that others read. */
static void judge_all(Round *round)
{
    enum { SHARE = 2 };
    Ports *out   = round->out;
    size_t units = out->in.units->units.count;

    pool_run(round->workers->jobs, units, SHARE, judge_one, round);
    const Map *found = gather_foreign_times(workers_arena(round->workers, 0), round);
    if (!found->entries.count)
        return;
    out->in.foreign_times = found;
    pool_run(round->workers->jobs, units, SHARE, judge_one, round);
}

void ports_judge(Workers *workers, const PortInputs *in, Ports *out)
{
    Arena *arena = workers_arena(workers, 0);
    size_t units = in->units->units.count;
    Round  round = { .workers = workers, .out = out, .foreign_times = arena_array(arena, StrVec, units + 1) };

    *out                  = (Ports) { .in = *in };
    out->in.foreign_times = arena_new(arena, Map);
    vec_reserve(arena, &out->ports, units + 1);
    out->ports.count = units;
    model_holders(in->model, 0); /* so that they are worked out before several ask */
    out->in.wrapped     = wrapper_uses(arena, in);
    out->in.unkept_keys = find_unkept_keys(arena, in);
    judge_all(&round);
    for (unsigned i = 0; i < POOL_JOBS_LIMIT; i++)
        if (round.provers[i])
            prover_close(round.provers[i]);
    judge_cursors(arena, out);
}

static const UnitPort *port_of(const Ports *ports, const Callsite *call)
{
    uint32_t unit = ports->in.units->unit_of[call->index];
    return unit == NO_UNIT ? NULL : &ports->ports.items[unit];
}

Verdict call_verdict(const Ports *ports, const Callsite *call)
{
    const UnitPort *port = port_of(ports, call);

    if (call->is_ported)
        return VERDICT_PORTED;
    return port ? port->verdict : VERDICT_SAFE;
}

const Reason *call_reason(const Ports *ports, const Callsite *call)
{
    const UnitPort *port = port_of(ports, call);
    return port && port->reasons.count ? &port->reasons.items[0] : NULL;
}
