#include "reports/check_json.h"

#include "reports/json.h"

static json_t *position_json(const Source *source, uint32_t at)
{
    Position position = source_position(source, at);
    json_t  *out      = json_object();

    json_put(out, "line", json_count(position.line));
    json_put(out, "column", json_count(position.column));
    json_put(out, "offset", json_count(position.offset));
    return out;
}

static json_t *notes_json(Arena *arena, const FindingNoteVec *notes)
{
    json_t *out = json_array();

    vec_each(note, notes) {
        Position position = source_position(note->source, note->at);
        json_t  *item     = json_object();
        json_put(item, "path", json_text(arena, note->source->path));
        json_put(item, "line", json_count(position.line));
        json_put(item, "column", json_count(position.column));
        json_put(item, "message", json_text(arena, note->message));
        json_add(out, item);
    }
    return out;
}

static json_t *fix_json(Arena *arena, const FindingFix *fix)
{
    json_t *out = json_object();

    json_put(out, "safety", json_string(fix_safety_name(fix->safety)));
    json_put(out, "reason", json_text(arena, fix->reason));
    json_put(out, "title", json_text(arena, fix->title));
    return out;
}

static json_t *finding_json(Arena *arena, const Finding *finding)
{
    json_t *out = json_object();

    json_put(out, "rule", json_string(finding->rule->id));
    json_put(out, "card", json_text_or_null(arena, finding->card));
    json_put(out, "severity", json_string(severity_name(finding->severity)));
    json_put(out, "certainty", json_string(certainty_name(finding->certainty)));
    json_put(out, "path", json_text(arena, finding->source->path));
    json_put(out, "start", position_json(finding->source, finding->lo));
    json_put(out, "end", position_json(finding->source, finding->hi));
    json_put(out, "message", json_text(arena, finding->message));
    json_put(out, "notes", notes_json(arena, &finding->notes));
    json_put(out, "unit", json_text_or_null(arena, finding->unit));
    json_put(out, "fix", fix_json(arena, &finding->fix));
    json_put(out, "fingerprint", json_text(arena, finding->fingerprint));
    json_put(out, "baseline", json_false());
    return out;
}

/* One more for `key`. */
static void tally(json_t *counts, const char *key)
{
    json_put(counts, key, json_integer(json_integer_value(json_object_get(counts, key)) + 1));
}

static json_t *summary_json(Arena *arena, const CheckResult *result)
{
    json_t *out = json_object(), *rules = json_object(), *cards = json_object(),
           *safety = json_object();

    for (int i = FIX_SAFE; i <= FIX_MANUAL; i++)
        json_put(safety, fix_safety_name((FixSafety)i), json_integer(0));
    vec_each(at, result->findings) {
        const Finding *finding = *at;
        tally(rules, finding->rule->id);
        tally(cards, finding->card.len ? str_cstr(arena, finding->card) : "unassigned");
        tally(safety, fix_safety_name(finding->fix.safety));
    }
    json_put(out, "files", json_count(result->files));
    json_put(out, "findings", json_count(result->findings->count));
    json_put(out, "by_rule", rules);
    json_put(out, "by_card", cards);
    json_put(out, "by_safety", safety);
    return out;
}

Str check_json(Arena *arena, const CheckResult *result)
{
    OWN(json_t) document = json_document();
    json_t     *findings = json_array();

    vec_each(finding, result->findings)
        json_add(findings, finding_json(arena, *finding));
    json_put(document, "findings", findings);
    json_put(document, "summary", summary_json(arena, result));
    return json_written(arena, document);
}
