/*
 * Findings for programs: one JSON object, version 1.
 *
 * Lines and columns count from 1, columns in characters; offsets are bytes of the file.
 * Passwords are nowhere in it, nor anything made from them.
 */
#ifndef REPORTS_CHECK_JSON_H
#define REPORTS_CHECK_JSON_H

#include "reports/check.h"

Str check_json(Arena *arena, const CheckResult *result);

#endif
