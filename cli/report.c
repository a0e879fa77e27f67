/* `report`: how far the cards are. */
#include "cli/checking.h"
#include "reports/report_json.h"
#include "reports/report_markdown.h"
#include "reports/report_text.h"

static Verdict verdict_of(const Session *session, const Callsite *call)
{
    return call_verdict(&session->ports, call);
}

static void count_call(CallTally *tally, Verdict verdict)
{
    switch (verdict) {
    case VERDICT_PORTED:
        tally->ported++;
        break;
    case VERDICT_SAFE:
        tally->safe++;
        break;
    case VERDICT_UNSAFE:
        tally->unsafe_++;
        break;
    case VERDICT_MANUAL:
        tally->manual++;
        break;
    }
}

static CallTallyVec tally_calls(Arena *arena, const Session *session)
{
    CallTallyVec out   = { 0 };
    Map          index = { 0 };

    vec_each(file, &session->files) {
        if (!session_selects(session, file->path))
            continue;
        map_set(arena, &index, file->path, (void *)(uintptr_t)(out.count + 1));
        vec_push(arena, &out, (CallTally) { .path = file->path });
    }
    vec_each(call, &session->calls) {
        size_t at = (size_t)(uintptr_t)map_find(&index, call->module->source.path);
        if (at && method_is_sql(call->method))
            count_call(&out.items[at - 1], verdict_of(session, call));
    }
    return out;
}

static RuleTallyVec tally_rules(Arena *arena, const FindingVec *findings)
{
    RuleTallyVec out   = { 0 };
    Map          index = { 0 };

    vec_each(at, findings) {
        const Finding *finding = *at;
        Str            path    = finding->source->path, rule = str_of(finding->rule->id);
        Str            key   = str_format(arena, "%s\n" STR_FORMAT, finding->rule->id, STR_ARG(path));
        void         **place = map_place(arena, &index, key);
        if (!*place) {
            uint32_t line = source_line_of(finding->source, finding->lo);
            vec_push(arena, &out, (RuleTally) { .path = path, .rule = rule, .line = line });
            *place = (void *)(uintptr_t)out.count;
        }
        out.items[(uintptr_t)*place - 1].count++;
    }
    return out;
}

static int report_session(const Options *options, Session *session, const RuleVec *rules)
{
    Arena     *arena    = options->arena;
    FindingVec findings = findings_of(arena, session, rules);
    Tallies    tallies  = { .calls = tally_calls(arena, session),
                            .rules = tally_rules(arena, &findings) };

    vec_each(rule, rules)
        vec_push(arena, &tallies.rules_run, str_of((*rule)->id));
    Progress progress = progress_of(arena, session->cards.cards.count ? &session->cards : NULL,
                                    &tallies, session->config.effort);
    Str      text     = str_is(options->format, "json")     ? report_json(arena, &progress)
                      : str_is(options->format, "markdown") ? report_markdown(arena, &progress)
                                                            : report_text(arena, &progress);
    int      status   = result_write(options, text, STATUS_CLEAN);
    return session_report(options, session, status);
}

int run_report(const Options *options)
{
    Session session;
    RuleVec rules;
    Error   why;

    if (!session_for(options->arena, options, SESSION_PORTS, PARSE_DATABASE, TEXTS_POSTGRES,
                     &session, &why))
        return failed(&why);
    int status = rules_wanted(options->arena, options, &session.config, &rules, &why)
                   ? report_session(options, &session, &rules)
                   : failed(&why);
    session_close(&session);
    return status;
}
