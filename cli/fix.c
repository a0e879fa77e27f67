/* `fix`: ports units; shows a diff unless told to write. */
#include "analyzers/intake/git.h"
#include "reports/json.h"
#include "cli/output.h"
#include "reports/printable.h"
#include "rewriters/edit/commit.h"
#include "rewriters/edit/diff.h"
#include "rewriters/port/choose.h"

typedef struct Fixing {
    Arena         *arena;
    const Options *options;
    Session       *session;
    Choice         choice;
    uint32_t       applied_units, applied_calls;
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

static NodeId place_of_unit(const Fixing *fixing, const UnitPort *port)
{
    return fixing->session->calls.items[port->unit->calls.items[0]].call;
}

static void print_left(Fixing *fixing, Buf *out)
{
    vec_each(port, &fixing->session->ports.ports) {
        if (fixing->choice.applied[port->unit->index] || port->verdict == VERDICT_PORTED
            || !session_selects(fixing->session, port->unit->module->source.path))
            continue;
        const Reason *reason = port->reasons.count ? &port->reasons.items[0] : NULL;
        Str           place  = reason ? place_text(fixing, reason->module, reason->at)
                                      : place_text(fixing, port->unit->module, place_of_unit(fixing, port));
        buf_format(out, "left: " STR_FORMAT ": " STR_FORMAT " (%s", STR_ARG(place), STR_ARG(printable(fixing->arena, port->unit->id)),
                   verdict_name(port->verdict));
        if (reason)
            buf_format(out, ", " STR_FORMAT "): " STR_FORMAT, STR_ARG(reason->code),
                       STR_ARG(printable(fixing->arena, reason->message)));
        else
            buf_add(out, STR("): waits for its connections, or for --card"));
        if (is_switched(fixing, port))
            buf_add(out, STR(" [fails at run time until ported]"));
        buf_add_char(out, '\n');
    }
}

static Str summary_text(Fixing *fixing)
{
    Buf out = buf_new(fixing->arena);

    vec_each(file, &fixing->choice.files) {
        uint32_t units = 0, calls = 0;
        vec_each(port, &fixing->session->ports.ports)
            if (fixing->choice.applied[port->unit->index] && port->unit->module == file->module) {
                units++;
                calls += port->unit->sql_calls;
            }
        Str path = printable(fixing->arena, file->path);
        if (!file->module)
            buf_format(&out, "created " STR_FORMAT "\n", STR_ARG(path));
        else
            buf_format(&out, "ported " STR_FORMAT ": %u unit%s, %u SQL call%s\n", STR_ARG(path), units,
                       units == 1 ? "" : "s", calls, calls == 1 ? "" : "s");
    }
    print_left(fixing, &out);
    uint32_t total = 0;
    vec_each(call, &fixing->session->calls)
        total += method_is_sql(call->method) && !call->is_ported;
    buf_format(&out, "%u of %u SQL calls ported in %zu files\n", fixing->applied_calls, total, fixing->choice.files.count);
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

static int fix(Fixing *fixing)
{
    const Options *options = fixing->options;
    bool           write   = option_given(options, OPTION_WRITE), json = str_is(options->format, "json");
    bool           blocked = fixing->applied_units == 0 && waiting_calls(fixing) > 0;
    Error          why;

    vec_each(note, &fixing->choice.notes)
        message(STR_FORMAT ": " STR_FORMAT, STR_ARG(printable(fixing->arena, note->path)), STR_ARG(note->message));
    vec_each(note, &fixing->choice.deferred)
        message(STR_FORMAT ": " STR_FORMAT "; run fix again", STR_ARG(printable(fixing->arena, note->path)),
                STR_ARG(printable(fixing->arena, note->message)));
    if (blocked)
        tell_origins(fixing);
    if (write && !blocked && fixing->choice.files.count
        && (!refuse_dirty(fixing, &why) || !write_files(fixing, &why)))
        return failed(&why);

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

int run_fix(const Options *options)
{
    Session session;
    Error   why;

    if (!session_for(options->arena, options, SESSION_PORTS, PARSE_DATABASE, TEXTS_NONE, &session, &why))
        return failed(&why);
    Fixing fixing = { .arena = options->arena, .options = options, .session = &session };
    choose(&fixing);
    int status = session_report(options, &session, fix(&fixing));
    session_close(&session);
    return status;
}
