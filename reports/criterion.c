#include "reports/criterion.h"

typedef struct Wording {
    const char   *words;
    const char   *rules;
    QuestionScope scope;
} Wording;

enum { CARD = SCOPE_CARD, PROJECT = SCOPE_PROJECT };

static const Wording wordings[] = {
#define CRITERION(words, rules, scope) { words, rules, (QuestionScope)scope },
#include "reports/criterion.def"
#undef CRITERION
};

/* ---- words ---- */

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || (unsigned char)c >= 0x80 || strchr("_./-*", c);
}

/* "No `cursor()` call in shop/a.py." is: no, cursor, call, in, shop/a.py. */
static StrVec words_of(Arena *arena, Str text)
{
    StrVec words = { 0 };
    Str    lower = str_lower(arena, text);

    for (size_t at = 0; at < lower.len;) {
        size_t lo = at;
        while (at < lower.len && is_word_char(lower.ptr[at]))
            at++;
        Str word = str_slice(lower, lo, at);
        while (word.len && strchr(".-*", word.ptr[0]) && !str_contains(word, STR("/")))
            word = str_slice(word, 1, word.len);
        while (word.len && strchr(".-", word.ptr[word.len - 1]))
            word.len--;
        if (word.len)
            vec_push(arena, &words, word);
        if (at < lower.len && lower.ptr[at] == '?')
            vec_push(arena, &words, STR("?"));
        if (at == lo || at < lower.len)
            at++;
    }
    return words;
}

static bool same_word(Str word, Str wanted)
{
    return str_eq(word, wanted)
        || (word.len == wanted.len + 1 && word.ptr[wanted.len] == 's'
            && str_starts_with(word, wanted));
}

/* Do the wanted words follow, from `at` on, with few others between? */
static bool follows(const StrVec *words, size_t at, Str wanted)
{
    enum { MOST_BETWEEN = 1 };
    Str next;

    for (bool first = true; str_cut(&wanted, ' ', &next); first = false) {
        size_t end = first ? at + 1 : at + MOST_BETWEEN + 1;
        while (at < words->count && at < end && !same_word(words->items[at], next))
            at++;
        if (at >= words->count || at == end)
            return false;
        at++;
    }
    return true;
}

static bool says(const StrVec *words, const char *wanted)
{
    for (size_t at = 0; at < words->count; at++)
        if (follows(words, at, str_of(wanted)))
            return true;
    return false;
}

static bool says_any(const StrVec *words, const char *const *wanted)
{
    for (; *wanted; wanted++)
        if (says(words, *wanted))
            return true;
    return false;
}

/* ---- scope ---- */

static bool has_name_ending(Str word)
{
    static const char *const endings[] = { ".py", ".pyw", ".pyi", ".sql" };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends_with(word, str_of(endings[i])) && word.len > strlen(endings[i]))
            return true;
    return false;
}

/* Files and folders in the text; in the case the text has them. */
static StrVec named_files(Arena *arena, Str text)
{
    StrVec named = { 0 };

    for (size_t at = 0; at < text.len;) {
        size_t lo = at;
        while (at < text.len && is_word_char(text.ptr[at]))
            at++;
        Str word = str_slice(text, lo, at);
        while (word.len && strchr(".-", word.ptr[word.len - 1]))
            word.len--;
        if (has_name_ending(word) || (word.len > 1 && str_ends_with(word, STR("/"))))
            vec_push(arena, &named, word);
        if (at == lo)
            at++;
    }
    return named;
}

static void find_scope(Arena *arena, Str text, const StrVec *words, Question *out)
{
    static const char *const everywhere[] = {
        "any committed file", "anywhere", "in the repository", "in the repo", "in the project",
        "in the codebase", "in the code base", "whole project", NULL,
    };
    out->named = named_files(arena, text);
    if (out->named.count)
        out->scope = SCOPE_NAMED;
    else if (says_any(words, everywhere))
        out->scope = SCOPE_PROJECT;
}

/* ---- questions ---- */

static void take_rules(Arena *arena, Str list, Question *out)
{
    Str rule;

    while (str_cut(&list, ' ', &rule))
        if (rule.len)
            vec_push(arena, &out->rules, rule);
}

static bool by_wording(Arena *arena, const StrVec *words, Question *out)
{
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++) {
        if (!says(words, wordings[i].words))
            continue;
        take_rules(arena, str_of(wordings[i].rules), out);
        out->scope = wordings[i].scope;
        return true;
    }
    return false;
}

bool criterion_question(Arena *arena, const Criterion *criterion, Question *out, Str *because)
{
    static const char *const exceptions[] = {
        "except", "unless", "besides", "outside", "other than", "apart from", "but", NULL,
    };
    StrVec   words    = words_of(arena, criterion->text);
    Question question = { 0 };

    *because = (Str) { 0 };
    if (criterion->check.len) {
        take_rules(arena, criterion->check, &question);
        if (str_starts_with(criterion->check, STR("secrets")))
            question.scope = SCOPE_PROJECT;
    } else if (!by_wording(arena, &words, &question)) {
        return false;
    } else if (says_any(&words, exceptions)) {
        *because = STR("has an exception that only a person can weigh");
        return false;
    }
    find_scope(arena, criterion->text, &words, &question);
    *out = question;
    return true;
}
