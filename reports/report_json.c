#include "reports/report_json.h"

#include <jansson.h>
#include <stdlib.h>

#include "analyzers/intake/utf8.h"
#include "base/own.h"
#include "reports/printable.h"

OWN_BY(json_t, json_decref)

static json_t *made(json_t *value)
{
    if (!value)
        out_of_memory();
    return value;
}

static void set(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, made(value)) < 0)
        out_of_memory();
}

static void append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, made(value)) < 0)
        out_of_memory();
}

static json_t *text_of(Arena *arena, Str text)
{
    if (utf8_bad_at(text) != STR_NOT_FOUND)
        text = printable(arena, text);
    return json_stringn(text.len ? text.ptr : "", text.len);
}

static json_t *texts_of(Arena *arena, const StrVec *texts)
{
    json_t *array = made(json_array());

    for (size_t i = 0; i < texts->count; i++)
        append(array, text_of(arena, texts->items[i]));
    return array;
}

static json_t *calls_of(const CallCount *calls)
{
    json_t *object = made(json_object());

    set(object, "total", json_integer(calls->total));
    set(object, "ported", json_integer(calls->ported));
    set(object, "safe", json_integer(calls->safe));
    set(object, "unsafe", json_integer(calls->unsafe_));
    set(object, "manual", json_integer(calls->manual));
    return object;
}

static json_t *effort_of(const CardProgress *progress)
{
    json_t *object = made(json_object());

    set(object, "unit", json_string("minutes"));
    set(object, "left", json_integer((json_int_t)progress->effort_left));
    return object;
}

static void set_figures(json_t *object, const CardProgress *progress)
{
    set(object, "files", json_integer(progress->files));
    set(object, "callsites", calls_of(&progress->calls));
    set(object, "findings", json_integer(progress->findings));
    set(object, "percent", json_integer(progress->percent));
    set(object, "effort", effort_of(progress));
}

static json_t *criteria_of(Arena *arena, const CardProgress *progress)
{
    json_t *array = made(json_array());

    for (size_t i = 0; i < progress->criteria.count; i++) {
        const CriterionProgress *one    = &progress->criteria.items[i];
        json_t                  *object = made(json_object());
        set(object, "text", text_of(arena, one->text));
        set(object, "state", json_string(criterion_state_word(one->state)));
        set(object, "evidence", text_of(arena, one->evidence));
        append(array, object);
    }
    return array;
}

static json_t *card_json(Arena *arena, const CardProgress *progress)
{
    const Card *card   = progress->card;
    json_t     *object = made(json_object());

    set(object, "id", text_of(arena, card->id));
    set(object, "title", text_of(arena, card->title));
    set(object, "size", text_of(arena, card->size));
    set(object, "phase", text_of(arena, card->phase));
    set(object, "depends_on", texts_of(arena, &card->depends_on));
    set(object, "blocked_by", texts_of(arena, &progress->blocked_by));
    set(object, "owner", text_of(arena, card->owner));
    set_figures(object, progress);
    set(object, "criteria", criteria_of(arena, progress));
    return object;
}

static json_t *trend_of(Arena *arena, const TrendVec *trend)
{
    json_t *array = made(json_array());

    for (size_t i = 0; i < trend->count; i++) {
        json_t *object = made(json_object());
        set(object, "commit", text_of(arena, trend->items[i].commit));
        set(object, "date", text_of(arena, trend->items[i].date));
        set(object, "percent", json_integer(trend->items[i].percent));
        append(array, object);
    }
    return array;
}

static json_t *tool_json(void)
{
    json_t *object = made(json_object());

    set(object, "name", json_string("lite2pg"));
    set(object, "version", json_string(LITE2PG_VERSION));
    return object;
}

Str report_json(Arena *arena, const Progress *progress)
{
    OWN(json_t) root       = made(json_object());
    json_t     *cards      = made(json_array());
    json_t     *unassigned = made(json_object());

    for (size_t i = 0; i < progress->cards.count; i++)
        append(cards, card_json(arena, &progress->cards.items[i]));
    set_figures(unassigned, &progress->unassigned);

    set(root, "version", json_integer(1));
    set(root, "tool", tool_json());
    set(root, "cards", cards);
    set(root, "unassigned", unassigned);
    set(root, "trend", trend_of(arena, &progress->trend));

    char *dumped = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    if (!dumped)
        out_of_memory();
    Str out = str_format(arena, "%s\n", dumped);
    free(dumped);
    return out;
}
