/*
 * Which encoding a Python file is in, and the way into UTF-8 and back.
 *
 * Python takes the word of a coding line (PEP 263). Encodings other than UTF-8 go
 * through the C library's iconv, and only if every ASCII byte means itself there:
 * what is written into such a file is ASCII nearly always, and line ends must be
 * found in the bytes as in the text.
 */
#ifndef ANALYZERS_INTAKE_ENCODING_H
#define ANALYZERS_INTAKE_ENCODING_H

#include "base/error.h"
#include "base/str.h"

/* The name in the coding line, which is one of the first two lines; false if there is none. */
bool coding_find(Str raw, Str *name);

/* Is it one of Python's names for UTF-8? */
bool encoding_is_utf8(Str name);

/* `path` is for the line that says what is wrong; `name` is as the coding line has it. */
bool encoding_decode(Arena *arena, Str path, Str name, Str raw, Str *text, Error *why);
bool encoding_encode(Arena *arena, Str path, Str name, Str text, Str *raw, Error *why);

#endif
