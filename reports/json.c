#include "reports/json.h"

#include <stdlib.h>

#include "base/error.h"
#include "reports/printable.h"

json_t *json_text(Arena *arena, Str text)
{
    json_t *out = json_stringn(text.len ? text.ptr : "", text.len);

    if (out)
        return out;
    Str safe = printable(arena, text); /* no UTF-8 */
    out      = json_stringn(safe.ptr, safe.len);
    if (!out)
        out_of_memory();
    return out;
}

json_t *json_text_or_null(Arena *arena, Str text)
{
    return text.len ? json_text(arena, text) : json_null();
}

json_t *json_count(uint64_t count)
{
    return json_integer((json_int_t)count);
}

void json_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new_nocheck(object, key, value) < 0)
        out_of_memory();
}

void json_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) < 0)
        out_of_memory();
}

json_t *json_document(void)
{
    json_t *out = json_object(), *tool = json_object();

    json_put(tool, "name", json_string("lite2pg"));
    json_put(tool, "version", json_string(LITE2PG_VERSION));
    json_put(out, "version", json_integer(1));
    json_put(out, "tool", tool);
    return out;
}

Str json_written(Arena *arena, const json_t *document)
{
    char *text = json_dumps(document, JSON_INDENT(2));

    if (!text)
        out_of_memory();
    Str out = str_format(arena, "%s\n", text);
    free(text);
    return out;
}
