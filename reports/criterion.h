/*
 * What a criterion asks of the code, as far as its words tell.
 *
 * criterion_question() recognises the wordings of criterion.def, or takes the check that the
 * criterion names, and finds out which files it is about: those named in the text, everything
 * ("in any committed file", "anywhere in the repository"), or the card's own.
 */
#ifndef REPORTS_CRITERION_H
#define REPORTS_CRITERION_H

#include "analyzers/cards/cards.h"

typedef enum QuestionScope { SCOPE_CARD, SCOPE_PROJECT, SCOPE_NAMED } QuestionScope;

typedef struct Question {
    StrVec        rules; /* rules or families; "ported" is built in */
    QuestionScope scope;
    StrVec        named; /* SCOPE_NAMED: files and folders as the text has them */
} Question;

/* False: only a person can judge this one; `because` may then say why, or is empty. */
bool criterion_question(Arena *arena, const Criterion *criterion, Question *out, Str *because);

#endif
