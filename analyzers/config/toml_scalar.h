/*
 * TOML's strings, numbers and dates, from the way they are written to what they mean.
 *
 * Each function takes the text of one token as the grammar found it, quotes included. False:
 * TOML forbids this one though it has the right shape; `*wrong` then says why, to be put behind
 * the place.
 */
#ifndef CONFIG_TOML_SCALAR_H
#define CONFIG_TOML_SCALAR_H

#include "base/str.h"

bool toml_string_of(Arena *arena, Str token, Str *out, const char **wrong);
bool toml_integer_of(Arena *arena, Str token, int64_t *out, const char **wrong);
bool toml_float_of(Arena *arena, Str token, double *out, const char **wrong);
bool toml_date_is_real(Str token, const char **wrong);

#endif
