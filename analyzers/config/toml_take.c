#include "analyzers/config/toml_take.h"

#include <inttypes.h>
#include <stdio.h>

#include "analyzers/config/nearest.h"

static bool wrong_type(Str path, const TomlEntry *entry, const TomlValue *value,
                       const char *expected, Error *why)
{
    return error_set(why, STR_FORMAT ":%u:%u: \"" STR_FORMAT "\" must be %s, not %s",
                     STR_ARG(path), value->line, value->column, STR_ARG(entry->key), expected,
                     toml_type_name(value->type));
}

bool take_table(Str path, const TomlEntry *entry, const TomlValue **out, Error *why)
{
    if (entry->value->type != TOML_TABLE)
        return wrong_type(path, entry, entry->value, "a table", why);
    *out = entry->value;
    return true;
}

bool take_string(Str path, const TomlEntry *entry, Str *out, Error *why)
{
    if (entry->value->type != TOML_STRING)
        return wrong_type(path, entry, entry->value, "a string", why);
    *out = entry->value->text;
    return true;
}

bool take_strings(Arena *arena, Str path, const TomlEntry *entry, StrVec *out, Error *why)
{
    StrVec all = { 0 };

    if (entry->value->type != TOML_ARRAY)
        return wrong_type(path, entry, entry->value, "an array of strings", why);
    vec_each(item, &entry->value->items) {
        if ((*item)->type != TOML_STRING)
            return wrong_type(path, entry, *item, "an array of strings only", why);
        vec_push(arena, &all, (*item)->text);
    }
    *out = all;
    return true;
}

bool take_boolean(Str path, const TomlEntry *entry, bool *out, Error *why)
{
    if (entry->value->type != TOML_BOOLEAN)
        return wrong_type(path, entry, entry->value, "true or false", why);
    *out = entry->value->truth;
    return true;
}

bool take_integer(Str path, const TomlEntry *entry, int64_t lo, int64_t hi, int64_t *out,
                  Error *why)
{
    const TomlValue *value = entry->value;

    if (value->type != TOML_INTEGER)
        return wrong_type(path, entry, value, "a whole number", why);
    if (value->integer < lo || value->integer > hi)
        return error_set(why,
                         STR_FORMAT ":%u:%u: \"" STR_FORMAT "\" must lie between %" PRId64
                         " and %" PRId64 ", not %" PRId64,
                         STR_ARG(path), value->line, value->column, STR_ARG(entry->key), lo, hi,
                         value->integer);
    *out = value->integer;
    return true;
}

/* "a", "b" or "c" */
static Str listed(char *room, size_t size, const Word *words, size_t count)
{
    size_t used = 0;

    for (size_t i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(room + used, size - used, "%s\"%s\"",
                                 i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i].word);
    return (Str) { room, used < size ? used : size - 1 };
}

bool take_word(Str path, const TomlEntry *entry, const Word *words, size_t count, int *out,
               Error *why)
{
    const TomlValue *value = entry->value;
    char             room[256];
    Str              expected = listed(room, sizeof room, words, count);

    if (value->type != TOML_STRING)
        return wrong_type(path, entry, value, room, why);
    for (size_t i = 0; i < count; i++) {
        if (str_is(value->text, words[i].word)) {
            *out = words[i].value;
            return true;
        }
    }
    return error_set(why,
                     STR_FORMAT ":%u:%u: \"" STR_FORMAT "\" must be " STR_FORMAT
                     ", not \"" STR_FORMAT "\"",
                     STR_ARG(path), value->line, value->column, STR_ARG(entry->key),
                     STR_ARG(expected), STR_ARG(value->text));
}

bool take_unknown(Str path, const TomlEntry *entry, const Str *known, size_t count, Error *why)
{
    Str meant = nearest_word(entry->key, known, count);

    if (meant.len == 0)
        return error_set(why, STR_FORMAT ":%u:%u: unknown key \"" STR_FORMAT "\"", STR_ARG(path),
                         entry->line, entry->column, STR_ARG(entry->key));
    return error_set(why,
                     STR_FORMAT ":%u:%u: unknown key \"" STR_FORMAT
                     "\"; did you mean \"" STR_FORMAT "\"?",
                     STR_ARG(path), entry->line, entry->column, STR_ARG(entry->key),
                     STR_ARG(meant));
}
