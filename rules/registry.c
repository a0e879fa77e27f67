#include "rules/registry.h"

#include "analyzers/config/nearest.h"

const RegisteredRule *rule_find(Str id)
{
    for (size_t i = 0; i < rule_count; i++)
        if (str_is(id, rule_registry[i].rule->id))
            return &rule_registry[i];
    return NULL;
}

Str rule_family(const Rule *rule)
{
    Str id = str_of(rule->id);

    return str_slice(id, 0, str_find_char(id, '/'));
}

bool rule_is_called(const Rule *rule, Str word)
{
    return str_is(word, rule->id) || str_eq(word, rule_family(rule));
}

static bool is_any(Str word)
{
    for (size_t i = 0; i < rule_count; i++)
        if (rule_is_called(rule_registry[i].rule, word))
            return true;
    return false;
}

static bool words_are_known(Arena *arena, const StrVec *words, Error *why)
{
    vec_each(word, words) {
        if (is_any(*word))
            continue;
        Str *known = arena_array(arena, Str, 2 * rule_count);
        for (size_t i = 0; i < rule_count; i++) {
            known[i]              = str_of(rule_registry[i].rule->id);
            known[rule_count + i] = rule_family(rule_registry[i].rule);
        }
        Str near = nearest_word(*word, known, 2 * rule_count);
        if (near.len)
            return error_set(
                why, "there is no rule or family " STR_FORMAT "; did you mean " STR_FORMAT "?",
                STR_ARG(*word), STR_ARG(near));
        return error_set(why,
                         "there is no rule or family " STR_FORMAT "; `lite2pg rules` lists them",
                         STR_ARG(*word));
    }
    return true;
}

static bool is_called_by_any(const Rule *rule, const StrVec *words)
{
    vec_each(word, words)
        if (rule_is_called(rule, *word))
            return true;
    return false;
}

bool rules_choose(Arena *arena, const StrVec *select, const StrVec *ignore, RuleVec *out,
                  Error *why)
{
    RuleVec chosen = { 0 };

    if (!words_are_known(arena, select, why) || !words_are_known(arena, ignore, why))
        return false;
    for (size_t i = 0; i < rule_count; i++) {
        const Rule *rule = rule_registry[i].rule;
        if ((select->count == 0 || is_called_by_any(rule, select))
            && !is_called_by_any(rule, ignore))
            vec_push(arena, &chosen, rule);
    }
    *out = chosen;
    return true;
}
