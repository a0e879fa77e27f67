/* `rules` and `explain`: the list of rules, and a rule's page. */
#include "analyzers/config/nearest.h"
#include "cli/output.h"
#include "reports/json.h"
#include "rules/finding.h"
#include "rules/page.h"
#include "rules/registry.h"

static Page page_of(Arena *arena, const RegisteredRule *entry)
{
    Page page;

    if (!page_read(arena, str_of(entry->page), &page))
        bug("rule %s has an incomplete page", entry->rule->id);
    return page;
}

static json_t *rule_json(Arena *arena, const RegisteredRule *entry)
{
    Page    page = page_of(arena, entry);
    json_t *out  = json_object();

    json_put(out, "rule", json_string(entry->rule->id));
    json_put(out, "family", json_text(arena, rule_family(entry->rule)));
    json_put(out, "summary", json_string(entry->rule->summary));
    json_put(out, "severity", json_string(severity_name(entry->rule->severity)));
    json_put(out, "why", json_text(arena, page.why));
    json_put(out, "bad", json_text(arena, page.bad));
    json_put(out, "good", json_text(arena, page.good));
    json_put(out, "fix", json_text(arena, page.fix));
    return out;
}

static Str list_json(Arena *arena)
{
    OWN(json_t) document = json_document();
    json_t     *rules    = json_array();

    for (size_t i = 0; i < rule_count; i++)
        json_add(rules, rule_json(arena, &rule_registry[i]));
    json_put(document, "rules", rules);
    return json_written(arena, document);
}

static Str list_text(Arena *arena)
{
    Buf out = buf_new(arena);

    for (size_t i = 0; i < rule_count; i++) {
        const Rule *rule = rule_registry[i].rule;
        buf_format(&out, "%-32s %-8s %s\n", rule->id, severity_name(rule->severity), rule->summary);
    }
    return buf_str(&out);
}

static Str list_markdown(Arena *arena)
{
    Buf out = buf_new(arena);

    buf_add(&out, STR("| rule | severity | finds |\n| --- | --- | --- |\n"));
    for (size_t i = 0; i < rule_count; i++) {
        const Rule *rule = rule_registry[i].rule;
        buf_format(&out, "| `%s` | %s | %s |\n", rule->id, severity_name(rule->severity),
                   rule->summary);
    }
    return buf_str(&out);
}

int run_rules(const Options *options)
{
    Arena *arena = options->arena;

    if (options->words.count) {
        message("rules takes no arguments; `lite2pg explain RULE` shows one");
        return STATUS_FAILED;
    }
    Str text = str_is(options->format, "json")     ? list_json(arena)
             : str_is(options->format, "markdown") ? list_markdown(arena)
                                                   : list_text(arena);
    return result_write(options, text, STATUS_CLEAN);
}

/* -- explain --------------------------------------------------------------------------------- */

static void add_indented(Buf *out, const char *head, Str code)
{
    Str line;

    buf_format(out, "\n%s\n", head);
    code = str_trim(code);
    while (str_cut(&code, '\n', &line))
        buf_format(out, "%s" STR_FORMAT "\n", line.len ? "    " : "", STR_ARG(line));
}

static Str page_text(Arena *arena, const RegisteredRule *entry)
{
    Page page = page_of(arena, entry);
    Buf  out  = buf_new(arena);

    buf_format(&out, "%s (%s): %s\n\n" STR_FORMAT "\n", entry->rule->id,
               severity_name(entry->rule->severity), entry->rule->summary, STR_ARG(page.why));
    add_indented(&out, "Bad:", page.bad);
    add_indented(&out, "Good:", page.good);
    buf_format(&out, "\n" STR_FORMAT "\n", STR_ARG(page.fix));
    return buf_str(&out);
}

static Str page_markdown(Arena *arena, const RegisteredRule *entry)
{
    Page page = page_of(arena, entry);

    return str_format(arena,
                      "# `%s`\n\n*%s*: %s.\n\n" STR_FORMAT "\n\n**Bad**\n\n```python\n" STR_FORMAT
                      "```\n\n**Good**\n\n```python\n" STR_FORMAT "```\n\n" STR_FORMAT "\n",
                      entry->rule->id, severity_name(entry->rule->severity), entry->rule->summary,
                      STR_ARG(page.why), STR_ARG(page.bad), STR_ARG(page.good), STR_ARG(page.fix));
}

static Str page_json(Arena *arena, const RegisteredRule *entry)
{
    OWN(json_t) document = json_document();

    json_put(document, "explanation", rule_json(arena, entry));
    return json_written(arena, document);
}

static int no_such_rule(const Options *options, Str word)
{
    Str *known = arena_array(options->arena, Str, rule_count);

    for (size_t i = 0; i < rule_count; i++)
        known[i] = str_of(rule_registry[i].rule->id);
    Str near = nearest_word(word, known, rule_count);
    if (near.len)
        message("there is no rule " STR_FORMAT "; did you mean " STR_FORMAT "?", STR_ARG(word),
                STR_ARG(near));
    else
        message("there is no rule " STR_FORMAT "; `lite2pg rules` lists them", STR_ARG(word));
    return STATUS_FAILED;
}

int run_explain(const Options *options)
{
    Arena *arena = options->arena;

    if (options->words.count != 1) {
        message("explain needs one rule: lite2pg explain params/qmark-placeholder");
        return STATUS_FAILED;
    }
    const RegisteredRule *entry = rule_find(options->words.items[0]);
    if (!entry)
        return no_such_rule(options, options->words.items[0]);
    Str text = str_is(options->format, "json")     ? page_json(arena, entry)
             : str_is(options->format, "markdown") ? page_markdown(arena, entry)
                                                   : page_text(arena, entry);
    return result_write(options, text, STATUS_CLEAN);
}
