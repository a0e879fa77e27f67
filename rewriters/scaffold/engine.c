#include "rewriters/scaffold/engine.h"

static const char *const lines[] = {
#define LINE(text) text,
#include "rewriters/scaffold/engine_module.def"
#undef LINE
};

Str engine_module_text(Arena *arena, Str newline)
{
    Buf out = buf_new(arena);

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        buf_add(&out, str_of(lines[i]));
        buf_add(&out, newline);
    }
    return buf_str(&out);
}

bool engine_module_is(Str text)
{
    return str_contains(text, STR("def engine_for(")) && str_contains(text, STR("def committing("));
}
