#include "reports/judge.h"

#include "reports/criterion.h"

typedef struct Verdict {
    CriterionState state;
    Str            evidence;
} Verdict;

/* ---- which files a question is about ---- */

static bool names_exactly(const Card *card, Str path)
{
    for (size_t i = 0; i < card->files.count; i++)
        if (str_eq(card->files.items[i].pattern, path))
            return true;
    return false;
}

static bool belongs_to(const Card *card, const Card *owner, Str path)
{
    return owner == card || names_exactly(card, path);
}

/* "engine.py" names shop/db/engine.py, "db/" everything in a folder of that name. */
static bool is_meant(Str named, Str path)
{
    Str at_end = named;

    if (str_starts_with(named, STR("./")))
        at_end = named = str_slice(named, 2, named.len);
    if (str_ends_with(named, STR("/"))) {
        size_t at = str_find(path, named);
        while (at != STR_NOT_FOUND && at > 0 && path.ptr[at - 1] != '/') {
            size_t next = str_find(str_slice(path, at + 1, path.len), named);
            at          = next == STR_NOT_FOUND ? next : at + 1 + next;
        }
        return at != STR_NOT_FOUND;
    }
    return str_ends_with(path, at_end)
        && (path.len == at_end.len || path.ptr[path.len - at_end.len - 1] == '/');
}

/*
 * A bare "engine.py" may fit several files: where the card owns one of them, it means that one.
 */
static bool is_own_if_any(const Evidence *evidence, const Card *card, Str named, bool *seen)
{
    bool own = false;

    *seen = false;
    for (size_t i = 0; i < evidence->calls.count; i++) {
        Str path = evidence->calls.items[i].path;
        if (!is_meant(named, path))
            continue;
        *seen = true;
        own |= belongs_to(card, evidence->call_owners[i], path);
    }
    return own;
}

typedef struct Field {
    const Evidence *evidence;
    const Card     *card;
    const Question *question;
    bool           *own_only; /* for each of question->named */
} Field;

static bool is_in_field(const Field *field, const Card *owner, Str path)
{
    if (field->question->scope == SCOPE_PROJECT)
        return true;
    if (field->question->scope == SCOPE_CARD)
        return belongs_to(field->card, owner, path);
    for (size_t i = 0; i < field->question->named.count; i++)
        if (is_meant(field->question->named.items[i], path)
            && (!field->own_only[i] || belongs_to(field->card, owner, path)))
            return true;
    return false;
}

/* ---- what was not seen ---- */

static void add_unseen(Buf *out, Str name)
{
    enum { LONGEST = 200 };

    if (out->len > LONGEST) {
        if (!str_ends_with(buf_str(out), STR("\xE2\x80\xA6")))
            buf_add(out, STR(", \xE2\x80\xA6"));
        return;
    }
    if (out->len)
        buf_add(out, STR(", "));
    buf_add(out, name);
}

/* A file of another kind (requirements.txt) is no place for a call. */
static bool may_hold_python(Str pattern)
{
    size_t slash = str_rfind_char(pattern, '/');
    Str    name  = slash == STR_NOT_FOUND ? pattern : str_slice(pattern, slash + 1, pattern.len);

    return str_find_char(name, '.') == STR_NOT_FOUND || str_ends_with(name, STR(".py"))
        || str_ends_with(name, STR(".pyw")) || str_ends_with(name, STR(".pyi"))
        || str_ends_with(name, STR("*"));
}

static bool is_seen(const Evidence *evidence, const CardFile *file)
{
    for (size_t i = 0; i < evidence->calls.count; i++)
        if (card_file_covers(file, evidence->calls.items[i].path))
            return true;
    return false;
}

static Str unseen_files(Arena *arena, const Field *field)
{
    const Question *question = field->question;
    Buf             out      = buf_new(arena);

    if (question->scope == SCOPE_CARD) {
        for (size_t i = 0; i < field->card->files.count; i++) {
            const CardFile *file = &field->card->files.items[i];
            if (!file->is_conditional && may_hold_python(file->pattern)
                && !is_seen(field->evidence, file))
                add_unseen(&out, file->pattern);
        }
    }
    for (size_t i = 0; i < question->named.count; i++) {
        bool seen;
        field->own_only[i] =
            is_own_if_any(field->evidence, field->card, question->named.items[i], &seen);
        if (!seen)
            add_unseen(&out, question->named.items[i]);
    }
    return buf_str(&out);
}

/* ---- rules ---- */

static bool is_rule_of(Str rule, Str wanted)
{
    return str_eq(rule, wanted)
        || (rule.len > wanted.len && rule.ptr[wanted.len] == '/' && str_starts_with(rule, wanted));
}

static bool asks_for(const Question *question, Str rule)
{
    for (size_t i = 0; i < question->rules.count; i++)
        if (is_rule_of(rule, question->rules.items[i]))
            return true;
    return false;
}

static bool has_run(const Tallies *tallies, Str wanted)
{
    for (size_t i = 0; i < tallies->rules_run.count; i++)
        if (is_rule_of(tallies->rules_run.items[i], wanted))
            return true;
    return false;
}

static Str rule_names(Arena *arena, const Question *question)
{
    return str_join(arena, &question->rules, STR(" and "));
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static Verdict found(Arena *arena, const Question *question, uint64_t count, const RuleTally *first)
{
    Str place = first->line ? str_format(arena, STR_FORMAT ":%u", STR_ARG(first->path), first->line)
                            : first->path;

    return (Verdict) { CRITERION_UNMET,
                       str_format(arena, "%lu finding%s of " STR_FORMAT ", first in " STR_FORMAT,
                                  (unsigned long)count, plural(count),
                                  STR_ARG(rule_names(arena, question)), STR_ARG(place)) };
}

static size_t files_in_field(const Field *field)
{
    size_t count = 0;

    for (size_t i = 0; i < field->evidence->calls.count; i++)
        count += is_in_field(field, field->evidence->call_owners[i],
                             field->evidence->calls.items[i].path);
    return count;
}

/* No finding: met, if everything was looked at. */
static Verdict not_found(Arena *arena, const Field *field, Str unseen)
{
    const Question *question = field->question;
    Str             names    = rule_names(arena, question);

    for (size_t i = 0; i < question->rules.count; i++)
        if (!has_run(field->evidence->tallies, question->rules.items[i]))
            return (Verdict) { CRITERION_MANUAL,
                               str_format(arena, STR_FORMAT " did not run",
                                          STR_ARG(question->rules.items[i])) };
    if (question->scope == SCOPE_PROJECT)
        return (Verdict) { CRITERION_MET, str_format(arena, "0 findings of " STR_FORMAT
                                                            " in the project", STR_ARG(names)) };

    size_t files = files_in_field(field);
    if (files == 0)
        return (Verdict) { CRITERION_MANUAL,
                           unseen.len ? str_format(arena, "not seen: " STR_FORMAT, STR_ARG(unseen))
                                      : STR("none of the card's files was seen") };
    Str count = str_format(arena, "0 findings of " STR_FORMAT " in %zu file%s", STR_ARG(names),
                           files, plural(files));
    if (unseen.len == 0)
        return (Verdict) { CRITERION_MET, count };
    return (Verdict) { CRITERION_MANUAL, str_format(arena, STR_FORMAT "; not seen: " STR_FORMAT,
                                                    STR_ARG(count), STR_ARG(unseen)) };
}

static Verdict by_rules(Arena *arena, const Evidence *evidence, const Card *card,
                        const Question *question)
{
    Field field = { evidence, card, question,
                    arena_array(arena, bool, question->named.count + 1) };
    Str              unseen = unseen_files(arena, &field);
    const RuleTally *first  = NULL;
    uint64_t         count  = 0;

    for (size_t i = 0; i < evidence->rules.count; i++) {
        const RuleTally *tally = &evidence->rules.items[i];
        if (tally->count == 0 || !asks_for(question, tally->rule)
            || !is_in_field(&field, evidence->rule_owners[i], tally->path))
            continue;
        count += tally->count;
        first = first ? first : tally;
    }
    return first ? found(arena, question, count, first) : not_found(arena, &field, unseen);
}

/* ---- the rest ---- */

static Verdict by_ported(Arena *arena, const CallCount *calls)
{
    if (calls->total == 0)
        return (Verdict) { CRITERION_MANUAL, STR("no SQL call was seen in the card's files") };
    return (Verdict) { calls->ported == calls->total ? CRITERION_MET : CRITERION_UNMET,
                       str_format(arena, "%u of %u SQL calls ported", calls->ported,
                                  calls->total) };
}

static Verdict by_command(Arena *arena, const Tallies *tallies, Str command)
{
    for (size_t i = 0; i < tallies->commands.count; i++) {
        const CommandTally *tally = &tallies->commands.items[i];
        if (str_eq(tally->command, command))
            return (Verdict) { tally->status == 0 ? CRITERION_MET : CRITERION_UNMET,
                               str_format(arena, "`" STR_FORMAT "` exited with status %d",
                                          STR_ARG(command), tally->status) };
    }
    return (Verdict) { CRITERION_MANUAL,
                       str_format(arena, "`" STR_FORMAT "` was not run", STR_ARG(command)) };
}

static Verdict by_machine(Arena *arena, const Evidence *evidence, const Card *card,
                          const CallCount *calls, const Criterion *criterion)
{
    Question question;
    Str      because = { 0 };
    Verdict  verdict = { CRITERION_MANUAL, { 0 } };
    bool     asked   = true;

    if (str_is(criterion->check, "ported"))
        verdict = by_ported(arena, calls);
    else if (criterion_question(arena, criterion, &question, &because))
        verdict = by_rules(arena, evidence, card, &question);
    else
        asked = false;
    if (criterion->run.len && (!asked || verdict.state == CRITERION_MET))
        return by_command(arena, evidence->tallies, criterion->run);
    if (!asked)
        verdict.evidence = because;
    return verdict;
}

CriterionProgress judge(Arena *arena, const Evidence *evidence, const Card *card,
                        const CallCount *calls, const Criterion *criterion)
{
    Verdict verdict = by_machine(arena, evidence, card, calls, criterion);

    if (criterion->done && verdict.state == CRITERION_UNMET) {
        verdict.evidence = str_format(arena, STR_FORMAT "; ticked all the same",
                                      STR_ARG(verdict.evidence));
    } else if (criterion->done && verdict.state == CRITERION_MANUAL) {
        verdict.state    = CRITERION_MET;
        verdict.evidence = criterion->evidence.len
                             ? criterion->evidence
                             : str_format(arena, "ticked in " STR_FORMAT ":%u",
                                          STR_ARG(evidence->cards->path), criterion->line);
    }
    return (CriterionProgress) { criterion->text, verdict.state, verdict.evidence };
}
