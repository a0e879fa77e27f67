/* Whatever the bytes: values or one line that names the file, and every place lies in the text. */
#include <stdlib.h>

#include "analyzers/config/config.h"
#include "analyzers/config/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

static void walk(const TomlValue *value, size_t size)
{
    hold(value->line >= 1 && value->line <= size + 1);
    hold(value->column >= 1 && value->column <= size + 1);
    for (size_t i = 0; i < value->entries.count; i++) {
        const TomlEntry *entry = &value->entries.items[i];
        hold(toml_find(value, entry->key) == entry->value);
        walk(entry->value, size);
    }
    for (size_t i = 0; i < value->items.count; i++)
        walk(value->items.items[i], size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena    *arena = arena_open();
    Str       text  = { (const char *)data, size };
    TomlValue root;
    Config    config;
    Error     why = { "" };

    if (toml_read(arena, STR("f.toml"), text, &root, &why)) {
        walk(&root, size);
        (void)config_parse(arena, STR("lite2pg.toml"), text, &config, &why);
    } else {
        hold(str_starts_with(str_of(why.message), STR("f.toml:")));
        hold(!strchr(why.message, '\n'));
    }
    arena_close(arena);
    return 0;
}
