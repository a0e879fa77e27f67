/* `fix`: ports units; shows a diff unless told to write. */
#include "analyzers/intake/git.h"
#include "reports/json.h"
#include "cli/output.h"
#include "reports/printable.h"
#include "rewriters/edit/commit.h"
#include "rewriters/edit/diff.h"
#include "rewriters/port/choose.h"

/* What was written to a file, in all rounds so far. */
typedef struct Written {
    Str      path;
    bool     created;
    uint32_t units, calls;
} Written;
typedef Vec(Written) WrittenVec;

typedef struct Fixing {
    Arena         *arena;
    const Options *options;
    Session       *session;
    Choice         choice;
    uint32_t       applied_units, applied_calls;
    uint32_t       round;   /* from 0 */
    WrittenVec     written; /* by path in each round */
    uint32_t       written_calls, total_calls;
} Fixing;

/* -- which units ----------------------------------------------------------------------------- */

static Str card_of_module(const Session *session, const Module *module)
{
    return session_card(session, module->source.path);
}

/* The cards a unit touches besides its own. */
static StrVec crossed_cards(Fixing *fixing, const UnitPort *port)
{
    StrVec out = { 0 };
    Str    own = card_of_module(fixing->session, port->unit->module);

    vec_each(edit, &port->edits) {
        Str  card  = card_of_module(fixing->session, edit->module);
        bool known = str_eq(card, own) || card.len == 0;
        vec_each(other, &out)
            known |= str_eq(*other, card);
        if (!known)
            vec_push(fixing->arena, &out, card);
    }
    return out;
}

static bool is_asked(const StrVec *cards, Str card)
{
    vec_each(asked, cards)
        if (str_eq_nocase(*asked, card))
            return true;
    return false;
}

static bool wants(const UnitPort *port, void *context)
{
    Fixing *fixing = context;

    vec_each(index, &port->unit->calls)
        if (!session_selects(fixing->session, fixing->session->calls.items[*index].module->source.path))
            return false;
    if (!option_given(fixing->options, OPTION_CARD))
        return true;
    StrVec crossed = crossed_cards(fixing, port);
    vec_each(card, &crossed)
        if (!is_asked(&fixing->options->cards, *card))
            return false;
    return is_asked(&fixing->options->cards, card_of_module(fixing->session, port->unit->module));
}

static void choose(Fixing *fixing)
{
    StrVec *files = arena_new(fixing->arena, StrVec);

    vec_each(file, &fixing->session->files)
        vec_push(fixing->arena, files, file->path);
    ChooseOptions options = {
        .allow_unsafe       = option_given(fixing->options, OPTION_UNSAFE),
        .assume_connections = option_given(fixing->options, OPTION_ASSUME_CONNECTIONS)
                           || fixing->session->config.assume_connections,
        .wants              = wants,
        .context            = fixing,
        .files              = files,
    };
    port_choose(fixing->arena, &fixing->session->ports, &options, &fixing->choice);
    vec_each(port, &fixing->session->ports.ports)
        if (fixing->choice.applied[port->unit->index]) {
            fixing->applied_units++;
            fixing->applied_calls += port->unit->sql_calls;
        }
}

/* -- places ---------------------------------------------------------------------------------- */

static const Module *module_at(const Fixing *fixing, Place place)
{
    return model_module(fixing->session->model, place.module);
}

static uint32_t line_at(const Module *module, NodeId node)
{
    return source_position(&module->source, tree_node(&module->tree, node)->lo).line;
}

static Str place_text(Fixing *fixing, const Module *module, NodeId node)
{
    return str_format(fixing->arena, STR_FORMAT ":%u", STR_ARG(printable(fixing->arena, module->source.path)),
                      line_at(module, node));
}

static uint32_t waiting_calls(const Fixing *fixing)
{
    uint32_t count = 0;

    vec_each(origin, &fixing->choice.origins)
        count += origin->waiting;
    return count;
}

/* Nothing can be written because nobody hands out SQLAlchemy connections: say who, and what to do. */
static void tell_origins(Fixing *fixing)
{
    vec_each(origin, &fixing->choice.origins) {
        if (!origin->waiting)
            continue;
        Str place = place_text(fixing, module_at(fixing, origin->place), origin->place.node);
        if (origin->kind == ORIGIN_CONNECT)
            message(STR_FORMAT ": sqlite3 connections come from here (%u SQL calls wait): port it too with --unsafe, "
                               "name its function under [tool.lite2pg.providers], or say --assume-connections",
                    STR_ARG(place), origin->waiting);
        else
            message(STR_FORMAT ": this annotation says a sqlite3 connection comes in (%u SQL calls wait), and no provider "
                               "of the project is ported: say --assume-connections if the callers hand out SQLAlchemy's",
                    STR_ARG(place), origin->waiting);
    }
}

/* -- writing --------------------------------------------------------------------------------- */

static bool refuse_dirty(Fixing *fixing, Error *why)
{
    if (option_given(fixing->options, OPTION_ALLOW_DIRTY))
        return true;
    const char **argv = arena_array(fixing->arena, const char *, fixing->choice.files.count + 8);
    size_t       count = 0;
    argv[count++] = "status";
    argv[count++] = "--porcelain=v1";
    argv[count++] = "-z";
    argv[count++] = "--";
    vec_each(file, &fixing->choice.files)
        if (file->module)
            argv[count++] = str_cstr(fixing->arena, file->path);
    if (count == 4)
        return true;
    Str   output;
    int   status;
    Error reason;
    if (!git_run(fixing->arena, fixing->session->root, argv, (Str) { 0 }, &output, &status, &reason) || status != 0)
        return true; /* no git repository: nothing to compare with */
    Str line;
    if (output.len && str_cut(&output, '\0', &line) && line.len > 3)
        return error_set(why, STR_FORMAT ": has uncommitted changes; commit or stash them, or say --allow-dirty",
                         STR_ARG(printable(fixing->arena, str_slice(line, 3, line.len))));
    return true;
}

static bool write_files(Fixing *fixing, Error *why)
{
    ChangeVec changes = { 0 };

    vec_each(file, &fixing->choice.files) {
        Change change = { .path = file->path, .created = !file->module };
        if (file->module) {
            change.before_raw = file->module->source.raw;
            if (!source_encode(fixing->arena, &file->module->source, file->after, &change.after_raw, why))
                return false;
        } else {
            change.after_raw = file->after;
        }
        vec_push(fixing->arena, &changes, change);
    }
    return changes_commit(fixing->session->root, &changes, why);
}

static Written *written_at(Fixing *fixing, const NewFile *file)
{
    vec_each(known, &fixing->written)
        if (str_eq(known->path, file->path))
            return known;
    vec_push(fixing->arena, &fixing->written, (Written) { .path = str_copy(fixing->arena, file->path), .created = !file->module });
    return &vec_last(&fixing->written);
}

static void account(Fixing *fixing)
{
    vec_each(file, &fixing->choice.files) {
        Written *written = written_at(fixing, file);
        vec_each(port, &fixing->session->ports.ports)
            if (fixing->choice.applied[port->unit->index] && port->unit->module == file->module) {
                written->units++;
                written->calls += port->unit->sql_calls;
            }
    }
    fixing->written_calls += fixing->applied_calls;
}

/* -- telling --------------------------------------------------------------------------------- */

static Str diff_of(Fixing *fixing, const NewFile *file)
{
    return diff_unified(fixing->arena, file->path, file->module ? file->before : (Str) { 0 }, file->after);
}

static bool is_switched(const Fixing *fixing, const UnitPort *port)
{
    vec_each(place, &port->unit->origins)
        vec_each(origin, &fixing->choice.origins)
            if (origin->switched && origin->place.module == place->module && origin->place.node == place->node)
                return true;
    return false;
}

static Str place_of_unit(Fixing *fixing, const UnitPort *port)
{
    const Callsite *first = &fixing->session->calls.items[port->unit->calls.items[0]];

    return place_text(fixing, first->module, first->call);
}

/* The wrapper a unit's calls go through, if that is not ported with it; NULL if that is not what it waits for. */
static const UnitPort *missing_need(const Fixing *fixing, const UnitPort *port)
{
    vec_each(need, &port->unit->needs)
        if (!fixing->choice.applied[*need] && fixing->session->ports.ports.items[*need].verdict != VERDICT_PORTED)
            return &fixing->session->ports.ports.items[*need];
    return NULL;
}

static void print_left(Fixing *fixing, Buf *out)
{
    vec_each(port, &fixing->session->ports.ports) {
        if (fixing->choice.applied[port->unit->index] || port->verdict == VERDICT_PORTED
            || !session_selects(fixing->session, port->unit->module->source.path))
            continue;
        const Reason *reason = port->reasons.count ? &port->reasons.items[0] : NULL;
        Str           place  = reason ? place_text(fixing, reason->module, reason->at)
                                      : place_of_unit(fixing, port);
        const UnitPort *need = missing_need(fixing, port);
        buf_format(out, "left: " STR_FORMAT ": " STR_FORMAT " (%s", STR_ARG(place), STR_ARG(printable(fixing->arena, port->unit->id)),
                   verdict_name(port->verdict));
        if (reason)
            buf_format(out, ", " STR_FORMAT "): " STR_FORMAT, STR_ARG(reason->code),
                       STR_ARG(printable(fixing->arena, reason->message)));
        else if (need)
            buf_add(out, STR(")"));
        else
            buf_add(out, STR("): waits for its connections, or for --card"));
        if (need)
            buf_format(out, "; waits for " STR_FORMAT, STR_ARG(printable(fixing->arena, need->unit->id)));
        if (is_switched(fixing, port))
            buf_add(out, STR(" [fails at run time until ported]"));
        buf_add_char(out, '\n');
    }
}

static Str summary_text(Fixing *fixing)
{
    Buf out = buf_new(fixing->arena);

    vec_each(file, &fixing->written) {
        Str path = printable(fixing->arena, file->path);
        if (file->created)
            buf_format(&out, "created " STR_FORMAT "\n", STR_ARG(path));
        else
            buf_format(&out, "ported " STR_FORMAT ": %u unit%s, %u SQL call%s\n", STR_ARG(path), file->units,
                       file->units == 1 ? "" : "s", file->calls, file->calls == 1 ? "" : "s");
    }
    print_left(fixing, &out);
    buf_format(&out, "%u of %u SQL calls ported in %zu files\n", fixing->written_calls, fixing->total_calls,
               fixing->written.count);
    return buf_str(&out);
}

/* Units that share an origin are one cluster, named after its first place. */
static Str cluster_of(Fixing *fixing, const UnitPort *port)
{
    if (port->unit->origins.count == 0)
        return (Str) { 0 };
    Place place = port->unit->origins.items[0];
    vec_each(other, &port->unit->origins)
        if (tree_kind(&module_at(fixing, *other)->tree, other->node) == PY_CALL) {
            place = *other;
            break;
        }
    return place_text(fixing, module_at(fixing, place), place.node);
}

static json_t *unit_json(Fixing *fixing, const UnitPort *port)
{
    json_t *out = json_object(), *codes = json_array(), *places = json_array(), *crosses = json_array();
    StrVec  seen = { 0 };

    vec_each(reason, &port->reasons) {
        bool known = false;
        vec_each(code, &seen)
            known |= str_eq(*code, reason->code);
        if (!known) {
            vec_push(fixing->arena, &seen, reason->code);
            json_add(codes, json_text(fixing->arena, reason->code));
        }
        json_t *place = json_object();
        json_put(place, "path", json_text(fixing->arena, reason->module->source.path));
        json_put(place, "line", json_count(line_at(reason->module, reason->at)));
        json_put(place, "reason", json_text(fixing->arena, reason->code));
        json_put(place, "message", json_text(fixing->arena, reason->message));
        json_add(places, place);
    }
    StrVec crossed = crossed_cards(fixing, port);
    vec_each(card, &crossed)
        json_add(crosses, json_text(fixing->arena, *card));
    json_put(out, "id", json_text(fixing->arena, port->unit->id));
    json_put(out, "kind", json_string(unit_kind_name(port->unit->kind)));
    json_put(out, "verdict", json_string(verdict_name(port->verdict)));
    json_put(out, "applied", json_boolean(fixing->choice.applied[port->unit->index]));
    json_put(out, "reason", codes);
    json_put(out, "message", port->reasons.count ? json_text(fixing->arena, port->reasons.items[0].message) : json_null());
    json_put(out, "places", places);
    json_put(out, "card", json_text_or_null(fixing->arena, card_of_module(fixing->session, port->unit->module)));
    json_put(out, "crosses", crosses);
    json_put(out, "cluster", json_text_or_null(fixing->arena, cluster_of(fixing, port)));
    json_put(out, "sql_calls", json_count(port->unit->sql_calls));
    return out;
}

static json_t *summary_json(Fixing *fixing)
{
    uint32_t counts[4] = { 0 }, total = 0;

    vec_each(call, &fixing->session->calls)
        if (method_is_sql(call->method)) {
            counts[call_verdict(&fixing->session->ports, call)]++;
            total++;
        }
    json_t *calls = json_object(), *out = json_object();
    json_put(calls, "total", json_count(total));
    for (Verdict verdict = VERDICT_PORTED; verdict <= VERDICT_MANUAL; verdict++)
        json_put(calls, verdict_name(verdict), json_count(counts[verdict]));
    json_put(calls, "applied", json_count(fixing->applied_calls));
    json_put(out, "units", json_count(fixing->session->ports.ports.count));
    json_put(out, "applied", json_count(fixing->applied_units));
    json_put(out, "files", json_count(fixing->choice.files.count));
    json_put(out, "sql_calls", calls);
    return out;
}

static Str document_json(Fixing *fixing)
{
    OWN(json_t) document = json_document();
    json_t *files = json_array(), *units = json_array(), *origins = json_array();

    vec_each(file, &fixing->choice.files) {
        json_t *out = json_object();
        json_put(out, "path", json_text(fixing->arena, file->path));
        json_put(out, "changed", json_true());
        json_put(out, "created", json_boolean(!file->module));
        json_put(out, "diff", json_text(fixing->arena, diff_of(fixing, file)));
        json_add(files, out);
    }
    vec_each(port, &fixing->session->ports.ports)
        json_add(units, unit_json(fixing, port));
    vec_each(origin, &fixing->choice.origins) {
        const Module *module = module_at(fixing, origin->place);
        json_t       *out    = json_object();
        json_put(out, "path", json_text(fixing->arena, module->source.path));
        json_put(out, "line", json_count(line_at(module, origin->place.node)));
        json_put(out, "kind", json_string(origin->kind == ORIGIN_CONNECT ? "connect" : "annotation"));
        json_put(out, "switched", json_boolean(origin->switched || origin->configured));
        json_add(origins, out);
    }
    json_put(document, "files", files);
    json_put(document, "units", units);
    json_put(document, "origins", origins);
    json_put(document, "summary", summary_json(fixing));
    return json_written(fixing->arena, document);
}

static Str diffs_text(Fixing *fixing)
{
    Buf out = buf_new(fixing->arena);

    vec_each(file, &fixing->choice.files)
        buf_add(&out, diff_of(fixing, file));
    return buf_str(&out);
}

/* `fix -`: the one file's new text. */
static Str new_text(Fixing *fixing)
{
    vec_each(file, &fixing->choice.files)
        if (file->module && session_selects(fixing->session, file->path))
            return file->after;
    vec_each(module, &fixing->session->project.modules)
        if (session_selects(fixing->session, (*module)->source.path))
            return (*module)->source.text;
    return (Str) { 0 };
}

static bool anything_left(const Fixing *fixing)
{
    vec_each(port, &fixing->session->ports.ports)
        if (!fixing->choice.applied[port->unit->index] && port->verdict != VERDICT_PORTED)
            return true;
    return false;
}

static bool reads_stdin(const Options *options)
{
    return options->words.count == 1 && str_is(options->words.items[0], "-");
}

static bool is_blocked(const Fixing *fixing)
{
    return fixing->applied_units == 0 && waiting_calls(fixing) > 0;
}

static void tell(Fixing *fixing, bool written)
{
    vec_each(note, &fixing->choice.notes)
        message(STR_FORMAT ": " STR_FORMAT, STR_ARG(printable(fixing->arena, note->path)), STR_ARG(note->message));
    vec_each(note, &fixing->choice.deferred)
        if (!written)
            message(STR_FORMAT ": " STR_FORMAT "; run fix again", STR_ARG(printable(fixing->arena, note->path)),
                    STR_ARG(printable(fixing->arena, note->message)));
    if (is_blocked(fixing) && !fixing->written.count)
        tell_origins(fixing);
}

static int finish(Fixing *fixing)
{
    const Options *options = fixing->options;
    bool           write   = option_given(options, OPTION_WRITE), json = str_is(options->format, "json");
    bool           blocked = is_blocked(fixing) && !fixing->written.count;

    Str text = json ? document_json(fixing)
             : write ? summary_text(fixing)
             : reads_stdin(options) && !option_given(options, OPTION_FORMAT) ? new_text(fixing)
                                                                            : diffs_text(fixing);
    int status = blocked || fixing->choice.notes.count ? STATUS_FAILED : STATUS_CLEAN;
    if (status == STATUS_CLEAN && !write && fixing->choice.files.count)
        status = STATUS_FINDINGS;
    if (status == STATUS_CLEAN && option_given(options, OPTION_STRICT) && anything_left(fixing))
        status = STATUS_FINDINGS;
    return result_write(options, text, status);
}

enum { ROUNDS = 8 };

/*
 * One look at the project. What is written may free other units (whose edits met those of a first one, or whose
 * cursor has gone): writing goes on, with the project read again, until a round finds nothing more. A JSON document
 * tells of one round.
 */
static bool go_on(Fixing *fixing, bool *again, Error *why)
{
    bool write = option_given(fixing->options, OPTION_WRITE) && fixing->choice.files.count && !is_blocked(fixing);

    *again = false;
    tell(fixing, fixing->round + 1 < ROUNDS && write);
    if (!write)
        return true;
    if ((fixing->round == 0 && !refuse_dirty(fixing, why)) || !write_files(fixing, why))
        return false;
    account(fixing);
    *again = ++fixing->round < ROUNDS && !fixing->choice.notes.count && !str_is(fixing->options->format, "json");
    return true;
}

static uint32_t left_calls(const Session *session)
{
    uint32_t count = 0;

    vec_each(call, &session->calls)
        count += method_is_sql(call->method) && !call->is_ported;
    return count;
}

int run_fix(const Options *options)
{
    Fixing fixing = { .arena = options->arena, .options = options };
    bool   again  = true;
    int    status = STATUS_CLEAN;
    Error  why;

    while (again) {
        Session session;
        if (!session_for(options->arena, options, SESSION_PORTS, PARSE_DATABASE, TEXTS_NONE, &session, &why))
            return failed(&why);
        fixing.session       = &session;
        fixing.choice        = (Choice) { 0 };
        fixing.applied_units = fixing.applied_calls = 0;
        if (fixing.round == 0)
            fixing.total_calls = left_calls(&session);
        choose(&fixing);
        bool ok = go_on(&fixing, &again, &why);
        if (!again)
            status = session_report(options, &session, ok ? finish(&fixing) : failed(&why));
        session_close(&session);
    }
    return status;
}
