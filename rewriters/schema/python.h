/*
 * Python expressions, laid out as Black lays them out.
 *
 * An expression is a text that stays as it is, or a call, or a list, of others. It is written on
 * one line where that has at most 88 characters, else with one item on each line. The text is
 * UTF-8 whatever bytes it is made of, and valid from Python 3.9 on. Everything lives in the arena.
 */
#ifndef REWRITERS_SCHEMA_PYTHON_H
#define REWRITERS_SCHEMA_PYTHON_H

#include "base/str.h"

typedef struct Py Py;

Py *py_text(Arena *arena, Str text);
Py *py_word(Arena *arena, const char *text);
Py *py_string(Arena *arena, Str value);             /* "value" */
Py *py_paragraph(Arena *arena, Str value);          /* in three quotes, with its own lines */
Py *py_call(Arena *arena, const char *callee);      /* callee() */
Py *py_list(Arena *arena);                          /* [] */
Py *py_strings(Arena *arena, const StrVec *values); /* ["a", "b"] */

Py *py_member(Py *call, const char *member);         /* call().member */

/* Adds to a call or a list, and gives that back. `keyword` NULL: by position. */
Py *py_add(Arena *arena, Py *to, const char *keyword, Py *item);

/* With a line end; `indent` is the number of blanks before it. */
void py_write(Buf *out, const Py *expression, unsigned indent);

/* A comment of one line. */
void py_comment(Buf *out, Str text, unsigned indent);

/* The same without bytes that are no UTF-8, which become U+FFFD. */
Str utf8_only(Arena *arena, Str text);

#endif
