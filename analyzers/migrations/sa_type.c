#include "analyzers/migrations/sa_type.h"

typedef enum Inside { INSIDE_NOTHING, INSIDE_LENGTH, INSIDE_PRECISION, INSIDE_PLACES } Inside;

typedef struct Spelling {
    const char *word, *lite, *postgres;
    Inside      inside;
} Spelling;

static const Spelling spellings[] = {
#define SA_TYPE(word, lite, postgres, inside) { word, lite, postgres, INSIDE_##inside },
#include "analyzers/migrations/sa_types.def"
#undef SA_TYPE
};

static Str number_at(const Term *term, uint32_t index, const char *keyword)
{
    const Term *value = term->kind == TERM_CALL ? term_argument(term, index, keyword) : NULL;

    return term_is(value, TERM_NUMBER) ? value->text : (Str) { 0 };
}

static bool says_true(const Term *term, uint32_t index, const char *keyword)
{
    return term->kind == TERM_CALL && term_is(term_argument(term, index, keyword), TERM_TRUE);
}

static bool says_false(const Term *term, const char *keyword)
{
    return term->kind == TERM_CALL && term_is(term_keyword(term, keyword), TERM_FALSE);
}

static Str with_inside(Arena *arena, Str word, const Term *term, Inside inside, Dialect dialect)
{
    Str first = { 0 }, second = { 0 };

    if (inside == INSIDE_LENGTH)
        first = number_at(term, 0, "length");
    if (inside == INSIDE_PRECISION || (inside == INSIDE_PLACES && dialect == DIALECT_POSTGRES))
        first = number_at(term, 0, "precision");
    if (inside == INSIDE_PRECISION)
        second = number_at(term, 1, "scale");
    if (!first.len || !word.len)
        return word;
    return second.len ? str_format(arena, STR_FORMAT "(" STR_FORMAT ", " STR_FORMAT ")", STR_ARG(word), STR_ARG(first),
                                   STR_ARG(second))
                      : str_format(arena, STR_FORMAT "(" STR_FORMAT ")", STR_ARG(word), STR_ARG(first));
}

/* -- types that ask for more ----------------------------------------------------------------- */

static size_t characters(Str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

/* A VARCHAR as long as its longest word, unless Postgres has it as a type of its own. */
static void enum_of(const Run *run, const Term *term, SaType *out)
{
    size_t longest = 0, words = 0;
    Str    text;

    if (run->dialect == DIALECT_POSTGRES && !says_false(term, "native_enum")) {
        out->words = STR("ENUM");
        return;
    }
    out->words = STR("VARCHAR");
    if (term->kind != TERM_CALL)
        return;
    vec_each(arg, &term->args)
        if (!arg->keyword.len && term_string(arg->term, &text)) {
            longest = characters(text) > longest ? characters(text) : longest;
            words++;
        }
    Str length = number_at(term, (uint32_t)-1, "length");
    if (length.len)
        out->words = str_format(run->arena, "VARCHAR(" STR_FORMAT ")", STR_ARG(length));
    else if (words && !term->is_partial)
        out->words = str_format(run->arena, "VARCHAR(%zu)", longest);
    if (words && !term->is_partial && says_true(term, (uint32_t)-1, "create_constraint")) {
        out->values = term;
        if (!term_string(term_keyword(term, "name"), &out->check))
            out->check = (Str) { 0 };
    }
}

static void time_of(const Run *run, const Term *term, Str word, SaType *out)
{
    bool zone = says_true(term, 0, "timezone"), is_time = str_eq_nocase(word, STR("TIME"));

    if (run->dialect == DIALECT_SQLITE)
        out->words = is_time ? STR("TIME") : str_is(word, "TIMESTAMP") ? STR("TIMESTAMP") : STR("DATETIME");
    else if (str_is(word, "DATETIME"))
        out->words = (Str) { 0 }; /* Postgres knows no such word */
    else
        out->words = is_time ? zone ? STR("TIME WITH TIME ZONE") : STR("TIME WITHOUT TIME ZONE")
                   : zone    ? STR("TIMESTAMP WITH TIME ZONE")
                             : STR("TIMESTAMP WITHOUT TIME ZONE");
}

static bool special_of(const Run *run, const Term *term, Str word, SaType *out)
{
    if (str_is(word, "Enum") || str_is(word, "ENUM"))
        enum_of(run, term, out);
    else if (str_is(word, "DateTime") || str_is(word, "DATETIME") || str_is(word, "TIMESTAMP") || str_is(word, "Time")
             || str_is(word, "TIME"))
        time_of(run, term, word, out);
    else if (str_is(word, "Uuid"))
        out->words = run->dialect == DIALECT_POSTGRES && !says_false(term, "native_uuid") ? STR("UUID") : STR("CHAR(32)");
    else if (str_is(word, "ARRAY"))
        out->words = STR("ARRAY");
    else
        return false;
    return true;
}

/* -- types ----------------------------------------------------------------------------------- */

/* What a variant names for this database. */
static bool is_variant_for(const Run *run, const Term *call)
{
    const char *dialect = run->dialect == DIALECT_SQLITE ? "sqlite" : "postgresql";
    Str         text;

    for (uint32_t i = 1; term_at(call, i); i++)
        if (term_string(term_at(call, i), &text) && str_is(text, dialect))
            return true;
    return term_string(term_keyword(call, "dialect_name"), &text) && str_is(text, dialect);
}

bool sa_type_of(const Run *run, const Term *term, SaType *out)
{
    SaType made = { 0 };

    while (term->kind == TERM_CALL && term->of->kind == TERM_ATTRIBUTE && str_is(term->of->text, "with_variant") && term_at(term, 0))
        term = is_variant_for(run, term) ? term_at(term, 0) : term->of->of;
    if ((term->kind != TERM_CALL && term->kind != TERM_NAME) || !term_is_sqlalchemy(term))
        return false;
    Str word = term_word(term);
    if (special_of(run, term, word, &made)) {
        *out = made;
        return true;
    }
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        const Spelling *it = &spellings[i];
        if (!str_is(word, it->word))
            continue;
        made.words = with_inside(run->arena, str_of(run->dialect == DIALECT_SQLITE ? it->lite : it->postgres), term, it->inside,
                                 run->dialect);
        if (term->kind == TERM_CALL && run->dialect == DIALECT_SQLITE
            && !term_string(term_keyword(term, "collation"), &made.collation))
            made.collation = (Str) { 0 };
        made.is_checked_flag = str_is(word, "Boolean") && says_true(term, 0, "create_constraint");
        if (made.is_checked_flag && !term_string(term_keyword(term, "name"), &made.check))
            made.check = (Str) { 0 };
        *out = made;
        return true;
    }
    return false;
}
