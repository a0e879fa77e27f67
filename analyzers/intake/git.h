/*
 * Asking git, through its own program.
 *
 * git is asked about the folder that is named, whatever GIT_DIR or a hook around us says
 * (only the index that a hook names stays), and in a way that runs nothing the repository
 * configures (no file system monitor). Its messages come in English.
 */
#ifndef ANALYZERS_INTAKE_GIT_H
#define ANALYZERS_INTAKE_GIT_H

#include "base/error.h"
#include "base/str.h"

/* The nearest folder, from `start` upwards, that holds `.git`; by the look of it, without git. */
bool git_root_find(Arena *arena, Str start, Str *root);

/* `git -C folder argument…`; the arguments end in NULL. The rest is as in run_program(). */
bool git_run(Arena *arena, Str folder, const char *const arguments[], Str input, Str *output,
             int *status, Error *why);

#endif
