#include "reports/sql_outside.h"

static void refuse(Arena *arena, Translation *translation, SqlRemark remark)
{
    remark.verdict = SQL_DECIDE;
    vec_push(arena, &translation->remarks, remark);
    translation->verdict = SQL_DECIDE;
    translation->target  = SQL_TARGET_NONE;
}

/* In a comment before the statement it does no harm. */
static void refuse_byte(Arena *arena, Translation *translation, char byte)
{
    const Sql *sql  = &translation->sql;
    size_t     from = sql->statements.count ? sql->statements.items[0].lo : 0;
    size_t     at   = str_find_char(str_slice(translation->text, from, translation->text.len), byte);

    at += at == STR_NOT_FOUND ? 0 : from;
    if (at != STR_NOT_FOUND)
        refuse(arena, translation,
               (SqlRemark) { .code = "TX-20", .feature = "control-character", .lo = (uint32_t)at, .hi = (uint32_t)at + 1,
                             .message = str_format(arena, "the statement holds the character U+%04X, which the databases "
                                                   "do not take alike; give it as a value", (unsigned char)byte) });
}

/* `?0`, `?99999` */
static void refuse_numbers(Arena *arena, Translation *translation)
{
    vec_each(bind, &translation->binds)
        if (!bind->clock && bind->number == 0)
            refuse(arena, translation,
                   (SqlRemark) { .code = "TX-05", .feature = "bind-number", .lo = bind->lo, .hi = bind->hi,
                                 .message = STR("SQLite does not take this number of a placeholder") });
}

Translation sql_translate_outside(Arena *arena, Prover *prover, Str text, const TranslateOptions *options)
{
    Translation out = sql_translate(arena, text, options);

    refuse_byte(arena, &out, '\0');
    refuse_byte(arena, &out, SQL_HOLE);
    refuse_numbers(arena, &out);
    translation_prove(arena, prover, options, &out);
    return out;
}

bool remark_is_finding(const SqlRemark *remark)
{
    return remark->verdict != SQL_SAME || !remark->changed;
}

Severity remark_severity(const SqlRemark *remark)
{
    return remark->verdict == SQL_DECIDE  ? SEVERITY_ERROR
         : remark->verdict == SQL_DIFFERS ? SEVERITY_WARNING
                                          : SEVERITY_INFO;
}

StrVec translation_params(Arena *arena, const Translation *translation)
{
    StrVec out = { 0 };

    vec_each(bind, &translation->binds) {
        if (bind->clock || bind->number == 0)
            continue;
        while (out.count < bind->number)
            vec_push(arena, &out, (Str) { 0 });
        out.items[bind->number - 1] = bind->name;
    }
    return out;
}
