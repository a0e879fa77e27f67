/* `check`: finds what ties the code to sqlite3; the lint gate. */
#include "analyzers/config/nearest.h"
#include "cli/checking.h"
#include "reports/check_json.h"
#include "reports/check_text.h"

static bool is_card(const Cards *cards, Str id)
{
    vec_each(card, &cards->cards)
        if (str_eq_nocase(card->id, id))
            return true;
    return false;
}

static bool cards_are_known(const Options *options, const Session *session, Error *why)
{
    vec_each(id, &options->cards) {
        if (is_card(&session->cards, *id))
            continue;
        if (!session->config.cards.len)
            return error_set(why,
                             "--card " STR_FORMAT ": no cards are configured (the setting `cards`)",
                             STR_ARG(*id));
        Str *known = arena_array(options->arena, Str, session->cards.cards.count + 1);
        for (size_t i = 0; i < session->cards.cards.count; i++)
            known[i] = session->cards.cards.items[i].id;
        Str near = nearest_word(*id, known, session->cards.cards.count);
        return error_set(why, "there is no card " STR_FORMAT "%s" STR_FORMAT "%s", STR_ARG(*id),
                         near.len ? "; did you mean " : " in ",
                         STR_ARG(near.len ? near : session->config.cards), near.len ? "?" : "");
    }
    return true;
}

static bool is_of_cards(const StrVec *cards, Str card)
{
    vec_each(id, cards)
        if (str_eq_nocase(*id, card))
            return true;
    return cards->count == 0;
}

static FindingVec of_cards(const Options *options, const FindingVec *findings)
{
    FindingVec out = { 0 };

    vec_each(finding, findings)
        if (is_of_cards(&options->cards, (*finding)->card))
            vec_push(options->arena, &out, *finding);
    return out;
}

/* Analysis goes on around a syntax error; what lies in it may have been missed. */
static void tell_of_syntax_errors(const Options *options, const Session *session)
{
    vec_each(at, &session->project.modules) {
        const Module *module = *at;
        if (!session_selects(session, module->source.path) || options->loudness == LOUDNESS_QUIET)
            continue;
        if (module->tree.cut)
            message(STR_FORMAT ": nested too deep in places: what lies there was not looked at",
                    STR_ARG(module->source.path));
        if (!module->tree.errors)
            continue;
        for (NodeId id = 1; id < module->tree.count; id++) {
            if (tree_kind(&module->tree, id) != PY_ERROR)
                continue;
            Position position = source_position(&module->source, tree_node(&module->tree, id)->lo);
            message(STR_FORMAT ":%u:%u: syntax error: the rest of the file was analysed",
                    STR_ARG(module->source.path), position.line, position.column);
            break;
        }
    }
}

static Str written(const Options *options, const CheckResult *result)
{
    if (str_is(options->format, "json"))
        return check_json(options->arena, result);
    if (option_given(options, OPTION_STATISTICS))
        return check_statistics(options->arena, result);
    return check_text(options->arena, result, use_color(options) ? COLORS_ANSI : COLORS_NONE);
}

static int check_session(const Options *options, Session *session, const RuleVec *rules)
{
    Error why;

    if (!cards_are_known(options, session, &why))
        return failed(&why);
    tell_of_syntax_errors(options, session);
    FindingVec  findings = findings_of(options->arena, session, rules);
    findings             = of_cards(options, &findings);
    CheckResult result   = { &findings, session_file_count(session) };
    bool        is_clean = findings.count == 0 || option_given(options, OPTION_EXIT_ZERO);
    int         status =
        result_write(options, written(options, &result), is_clean ? STATUS_CLEAN : STATUS_FINDINGS);
    return session_report(options, session, status);
}

int run_check(const Options *options)
{
    Session session;
    RuleVec rules;
    Error   why;

    if (!session_for(options->arena, options, SESSION_PORTS, PARSE_SQLITE, TEXTS_POSTGRES, &session,
                     &why))
        return failed(&why);
    int status = rules_wanted(options->arena, options, &session.config, &rules, &why)
                   ? check_session(options, &session, &rules)
                   : failed(&why);
    session_close(&session);
    return status;
}
