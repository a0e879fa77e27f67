/*
 * The page of a rule: the comment on top of its file, read.
 *
 * Its first line is the rule's id. Paragraphs before `Bad:` say why; the lines indented
 * under `Bad:` and `Good:` are Python; the paragraphs after them say what the fix does
 * and how safe it is. Everything lives in the arena.
 */
#ifndef RULES_PAGE_H
#define RULES_PAGE_H

#include "base/str.h"

typedef struct Page {
    Str id;
    Str why;  /* paragraphs, with empty lines between */
    Str bad;  /* Python, dedented, each line with its line end */
    Str good;
    Str fix;
} Page;

/* False if the comment is no page: `out` then holds what could be read. */
bool page_read(Arena *arena, Str comment, Page *out);

#endif
