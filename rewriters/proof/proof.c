#include "rewriters/proof/proof.h"

static bool is_expanding(const Translation *translation, Str name)
{
    vec_each(bind, &translation->binds)
        if (bind->expanding && str_eq(bind->name, name))
            return true;
    return false;
}

/* `\:` is a colon again. */
static void add_unescaped(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\\' || i + 1 >= text.len || text.ptr[i + 1] != ':')
            buf_add_char(out, text.ptr[i]);
}

Str translation_marked(Arena *arena, const Translation *translation, BindMark mark)
{
    Str      text   = translation_apply(arena, translation);
    StrVec   names  = text_binds_of(arena, text);
    Buf      out    = buf_new(arena);
    size_t   done   = 0;
    unsigned number = 0;

    vec_each(name, &names) {
        size_t      at     = (size_t)(name->ptr - text.ptr);
        bool        many   = is_expanding(translation, *name);
        const char *before = many ? "(" : "", *behind = many ? ")" : "";
        add_unescaped(&out, str_slice(text, done, at - 1));
        if (mark == BIND_MARK_DOLLAR)
            buf_format(&out, "%s$%u%s", before, ++number, behind);
        else
            buf_format(&out, "%s?%s", before, behind);
        done = at + name->len;
    }
    add_unescaped(&out, str_slice(text, done, text.len));
    return buf_str(&out);
}

static void lower(Arena *arena, Translation *translation, const char *feature, SqlVerdict verdict, Str message)
{
    SqlRemark remark = { "SQL-13", feature, verdict, 0, (uint32_t)translation->text.len, false, message };

    SqlRemarkVec all = { 0 }; /* it is about the whole text, and those are first */
    vec_push(arena, &all, remark);
    vec_each(other, &translation->remarks)
        vec_push(arena, &all, *other);
    translation->remarks = all;
    translation->verdict = verdict > translation->verdict ? verdict : translation->verdict;
    if (translation->verdict == SQL_DECIDE)
        translation->target = SQL_TARGET_NONE;
}

static bool is_of_rows(const Translation *translation)
{
    switch (translation->statement.kind) {
    case STATEMENT_SELECT:
    case STATEMENT_INSERT:
    case STATEMENT_REPLACE:
    case STATEMENT_UPDATE:
    case STATEMENT_DELETE: return true;
    default: return false;
    }
}

static void prove_on_sqlite(Arena *arena, Rebuilt *tables, Translation *translation)
{
    Str text = translation_marked(arena, translation, BIND_MARK_QUESTION), said = { 0 }, before = { 0 };

    if (rebuilt_prepares(arena, tables, text, &said))
        return;
    if (rebuilt_prepares(arena, tables, translation->text, &before))
        lower(arena, translation, "refuted", SQL_DECIDE,
              str_format(arena, "the text this would become is none for SQLite (" STR_FORMAT "); port it by hand",
                         STR_ARG(said)));
    else if (translation->verdict == SQL_SAME)
        lower(arena, translation, "unproved", SQL_DIFFERS,
              str_format(arena, "SQLite does not take the statement with the tables that are known (" STR_FORMAT
                         "), so nothing is proved", STR_ARG(before)));
}

void translation_prove(Arena *arena, Rebuilt *tables, Translation *translation)
{
    Str said = { 0 };

    if (translation->verdict == SQL_DECIDE || translation->statement.has_hole)
        return;
    if (!postgres_parses(arena, translation_marked(arena, translation, BIND_MARK_DOLLAR), &said))
        lower(arena, translation, "refuted", SQL_DECIDE,
              str_format(arena, "the text this would become is none for Postgres (" STR_FORMAT "); port it by hand",
                         STR_ARG(said)));
    else if (tables && translation->target == SQL_TARGET_BOTH && is_of_rows(translation))
        prove_on_sqlite(arena, tables, translation);
}
