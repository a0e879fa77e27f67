/*
 * Cards as TOML: [[card]] tables, read and written.
 *
 *   [[card]]
 *   id = "RM-4"                      # the one key that must be there
 *   title = "…"
 *   phase = "2"                      # or a number
 *   size = "1.5 days"                # or a number of days
 *   depends_on = ["RM-1", "RM-3"]
 *   supersedes = ["#1552"]
 *   files = ["src/a.py", "src/billing/", "src/x_?.py"]
 *   owner = "…"
 *   criteria = [
 *     { text = "…", check = "rule, family or built-in", run = "command", done = "evidence" },
 *   ]
 *
 * `done` may also be true or false. What the writer writes, the reader reads as the same cards.
 */
#ifndef CARDS_CARD_TOML_H
#define CARDS_CARD_TOML_H

#include "analyzers/cards/draft.h"

bool card_toml_read(Arena *arena, Str path, Str text, CardDraftVec *out, Error *why);

Str cards_to_toml(Arena *arena, const Cards *cards);

#endif
