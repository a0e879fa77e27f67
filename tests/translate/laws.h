/*
 * What holds for every translation, whatever the text: for the tests and for the fuzzer.
 *
 * translation_breaks() gives a sentence about the first law that is broken, or NULL.
 */
#ifndef TESTS_TRANSLATE_LAWS_H
#define TESTS_TRANSLATE_LAWS_H

#include "rewriters/proof/proof.h"

static bool names_differ(Arena *arena, const Translation *got, Str text)
{
    StrVec names = text_binds_of(arena, text);

    vec_each(name, &names) {
        bool known = false;
        vec_each(bind, &got->binds)
            known = known || str_eq(bind->name, *name);
        if (!known)
            return true;
    }
    vec_each(bind, &got->binds) {
        bool found = bind->name.len == 0;
        vec_each(name, &names)
            found = found || str_eq(bind->name, *name);
        if (!found)
            return true;
    }
    return false;
}

static const char *places_break(const Translation *got)
{
    if (!edits_are_in_order(&got->edits, got->text.len))
        return "the edits are not in order";
    vec_each(remark, &got->remarks) {
        if (remark->lo > remark->hi || remark->hi > got->text.len)
            return "a remark lies outside of the text";
        if (remark->verdict > got->verdict)
            return "a remark is worse than the verdict";
        if (str_is(str_of(remark->feature), "clashing-changes"))
            return "changes clash";
    }
    vec_each(bind, &got->binds)
        if (bind->lo > bind->hi || bind->hi > got->text.len)
            return "a bind lies outside of the text";
    return NULL;
}

static const char *translation_breaks(Arena *arena, const Translation *got, const Catalog *catalog)
{
    const char *broken = places_break(got);

    if (broken || got->verdict == SQL_DECIDE)
        return broken;
    Str text = translation_apply(arena, got);
    Sql sql  = sql_parse(arena, text);
    if (sql.statements.count != 1 || sql.statements.items[0].broken)
        return "the new text does not parse";
    if (!got->statement.has_hole && names_differ(arena, got, text))
        return "the binds text() sees are not those we name";

    if (got->target == SQL_TARGET_POSTGRES)
        return NULL; /* it is no text of SQLite's any more */

    TranslateOptions options = { .catalog = catalog, .keep_binds = true };
    Translation      again   = sql_translate(arena, text, &options);
    if (again.verdict == SQL_DECIDE)
        return "the new text is refused";
    if (!str_eq(translation_apply(arena, &again), text))
        return "translating twice changes the text again";
    return NULL;
}

/* What the parsers of the databases say, as a sentence, or empty; a statement they do not know may be refused. */
static Str translation_refuted(Arena *arena, Prover *prover, const TranslateOptions *options, const Translation *got)
{
    Translation judged = *got;

    translation_prove(arena, prover, options, &judged);
    bool refuted = judged.verdict == SQL_DECIDE && got->verdict != SQL_DECIDE;
    return refuted ? judged.remarks.items[0].message : (Str) { 0 };
}

#endif
