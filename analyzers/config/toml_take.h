/*
 * Taking what one expects out of TOML.
 *
 * Whoever reads settings out of a TOML document knows which keys there may be and of which type.
 * Each take_…() gives the value or an error of one line that names the file, the line, the key,
 * what was expected and what stands there; take_unknown() says that a key is none, and which
 * known key it was probably meant to be. Outputs are untouched on failure.
 */
#ifndef CONFIG_TOML_TAKE_H
#define CONFIG_TOML_TAKE_H

#include "analyzers/config/toml.h"

/* A word of a closed list and what it stands for. */
typedef struct Word {
    const char *word;
    int         value;
} Word;

bool take_table(Str path, const TomlEntry *entry, const TomlValue **out, Error *why);
bool take_string(Str path, const TomlEntry *entry, Str *out, Error *why);
bool take_strings(Arena *arena, Str path, const TomlEntry *entry, StrVec *out, Error *why);
bool take_boolean(Str path, const TomlEntry *entry, bool *out, Error *why);
bool take_integer(Str path, const TomlEntry *entry, int64_t lo, int64_t hi, int64_t *out,
                  Error *why);
bool take_word(Str path, const TomlEntry *entry, const Word *words, size_t count, int *out,
               Error *why);

/* Always false. */
bool take_unknown(Str path, const TomlEntry *entry, const Str *known, size_t count, Error *why);

#endif
