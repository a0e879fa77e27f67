#include "rewriters/scaffold/engine.h"

typedef enum LineFor { FOR_ALL, FOR_BOUND, FOR_PLAIN } LineFor;

static const struct {
    LineFor     use;
    const char *text;
} lines[] = {
#define LINE(text) { FOR_ALL, text },
#define BOUND_LINE(text) { FOR_BOUND, text },
#define PLAIN_LINE(text) { FOR_PLAIN, text },
#include "rewriters/scaffold/engine_module.def"
#undef LINE
#undef BOUND_LINE
#undef PLAIN_LINE
};

Str engine_module_text(Arena *arena, Str newline, bool with_bound)
{
    Buf out = buf_new(arena);

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (lines[i].use == (with_bound ? FOR_PLAIN : FOR_BOUND))
            continue;
        buf_add(&out, str_of(lines[i].text));
        buf_add(&out, newline);
    }
    return buf_str(&out);
}

bool engine_module_has_bound(Str text)
{
    return str_contains(text, STR("def bound("));
}

bool engine_module_is(Str text)
{
    return str_contains(text, STR("def engine_for(")) && str_contains(text, STR("def committing("));
}
