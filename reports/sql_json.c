#include "reports/sql_json.h"

#include <stdlib.h>

#include "reports/sql_outside.h"
#include "rules/finding.h"

static bool read_schema(const json_t *line, Str *schema, Error *why)
{
    const json_t *value = json_object_get(line, "schema");

    if (!value || json_is_null(value))
        return true;
    if (!json_is_string(value))
        return error_set(why, "\"schema\" is no string: it names a file, or is null");
    *schema = (Str) { json_string_value(value), json_string_length(value) };
    return true;
}

bool sql_request_read(Str line, SqlRequest *out, Error *why)
{
    json_error_t broken;

    *out = (SqlRequest) { 0 };
    if (str_trim(line).len == 0)
        return error_set(why, "this line is empty: no JSON object");
    out->line = json_loadb(line.len ? line.ptr : "", line.len, JSON_ALLOW_NUL | JSON_DECODE_ANY, &broken);
    if (!out->line)
        return error_set(why, "this is no JSON: %s at byte %d", broken.text, broken.position);
    if (!json_is_object(out->line))
        return error_set(why, "this is no JSON object; a line is {\"id\": …, \"sql\": …, \"schema\": …}");
    out->id             = json_object_get(out->line, "id");
    const json_t *value = json_object_get(out->line, "sql");
    if (!value)
        return error_set(why, "\"sql\" is missing");
    if (!json_is_string(value))
        return error_set(why, "\"sql\" is no string");
    out->sql = (Str) { json_string_value(value), json_string_length(value) };
    return read_schema(out->line, &out->schema, why);
}

void sql_request_close(SqlRequest *request)
{
    json_decref(request->line);
    *request = (SqlRequest) { 0 };
}

/* ASCII alone, so that a line is one for whoever splits the text: some take U+2028 for a line end. */
static Str written(Arena *arena, json_t *reply)
{
    char *text = json_dumps(reply, JSON_COMPACT | JSON_ENSURE_ASCII);

    if (!text)
        out_of_memory();
    Str out = str_format(arena, "%s\n", text);
    free(text);
    return out;
}

static void put_id(json_t *reply, const SqlRequest *request)
{
    json_put(reply, "id", request->id ? json_incref(request->id) : json_null());
}

static json_t *params_json(Arena *arena, const Translation *translation)
{
    json_t *out    = json_array();
    StrVec  params = translation_params(arena, translation);

    vec_each(name, &params)
        json_add(out, json_text_or_null(arena, *name));
    return out;
}

static json_t *remark_json(Arena *arena, const SqlRemark *remark)
{
    json_t *out = json_object();

    json_put(out, "code", json_string(remark->code));
    json_put(out, "message", json_text(arena, remark->message));
    json_put(out, "feature", json_string(remark->feature));
    return out;
}

/* TX-04, TX-05: no remark tells of these, as every statement with values has them. */
static void add_naming(Arena *arena, json_t *changes, const Translation *translation)
{
    Buf         names = buf_new(arena);
    const char *code  = "TX-04";

    vec_each(bind, &translation->binds) {
        Str mark = str_slice(translation->text, bind->lo, bind->hi);
        if (bind->clock || (mark.len == bind->name.len + 1 && str_starts_with(mark, STR(":"))
                            && str_ends_with(mark, bind->name)))
            continue;
        if (!str_is(mark, "?"))
            code = "TX-05";
        buf_format(&names, "%s" STR_FORMAT " is :" STR_FORMAT, names.len ? ", " : "", STR_ARG(mark),
                   STR_ARG(bind->name));
    }
    if (names.len)
        json_add(changes, remark_json(arena, &(SqlRemark) { .code = code, .feature = "named-bind",
                                                            .message = buf_str(&names) }));
}

static json_t *changes_json(Arena *arena, const Translation *translation)
{
    json_t *out = json_array();

    if (translation->target == SQL_TARGET_NONE)
        return out;
    add_naming(arena, out, translation);
    vec_each(remark, &translation->remarks)
        if (remark->changed)
            json_add(out, remark_json(arena, remark));
    return out;
}

/* Of a refused statement everything is one: nothing of it was changed after all. */
static json_t *findings_json(Arena *arena, const Translation *translation)
{
    json_t *out = json_array();

    vec_each(remark, &translation->remarks) {
        if (!remark_is_finding(remark) && translation->target != SQL_TARGET_NONE)
            continue;
        json_t *finding = remark_json(arena, remark);
        json_put(finding, "severity", json_string(severity_name(remark_severity(remark))));
        json_add(out, finding);
    }
    return out;
}

Str sql_reply(Arena *arena, const SqlRequest *request, const Translation *translation)
{
    OWN(json_t) reply = json_object();

    put_id(reply, request);
    json_put(reply, "sql", json_text(arena, translation_apply(arena, translation)));
    json_put(reply, "target", json_string(sql_target_name(translation->target)));
    json_put(reply, "verdict", json_string(sql_verdict_name(translation->verdict)));
    json_put(reply, "params", params_json(arena, translation));
    json_put(reply, "changes", changes_json(arena, translation));
    json_put(reply, "findings", findings_json(arena, translation));
    json_put(reply, "error", json_null());
    return written(arena, reply);
}

Str sql_reply_error(Arena *arena, const SqlRequest *request, const Error *why)
{
    OWN(json_t) reply = json_object();

    put_id(reply, request);
    json_put(reply, "sql", json_string(""));
    json_put(reply, "target", json_string(sql_target_name(SQL_TARGET_NONE)));
    json_put(reply, "verdict", json_string(sql_verdict_name(SQL_DECIDE)));
    json_put(reply, "params", json_array());
    json_put(reply, "changes", json_array());
    json_put(reply, "findings", json_array());
    json_put(reply, "error", json_text(arena, str_of(why->message)));
    return written(arena, reply);
}
