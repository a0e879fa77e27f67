/*
 * Cards out of the document a team writes them in: Markdown, or plain text of its shape.
 *
 * A card starts with a line `RM-4 — Title` (`:`, `-` or `–` do as well), with or without leading
 * `#`s; without, one of the fields below must follow at once, so that prose which mentions a card
 * does not start one. Its fields are lines `Name: value`, bold or bulleted or as headings:
 *
 *   Size, Phase, Owner, Title     one value; what stands in parentheses is prose
 *   Dependencies                  ids, lists, ranges (RM-4..7), prose between them; None
 *   Files, Scope                  a list; each item starts with a path, then prose
 *   Acceptance criteria           `- [ ] …`, `- [x] …`, one per line or several; plain bullets
 *   Supersedes                    ids and issue numbers; so do lines that say "… closed or merged
 *                                 into this card"
 *
 * A ticked criterion may end in "evidence: …". Where neither Files nor Scope names a path, the
 * body's sentences "Create PATH" and "Write PATH" do. All else is prose. Code blocks and HTML
 * comments are skipped.
 */
#ifndef CARDS_DOCUMENT_H
#define CARDS_DOCUMENT_H

#include "analyzers/cards/draft.h"

bool document_read(Arena *arena, Str path, Str text, CardDraftVec *out, CardNoteVec *notes,
                   Error *why);

#endif
