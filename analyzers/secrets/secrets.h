/*
 * Postgres passwords in the text of files.
 *
 * secrets_scan() finds URLs such as postgresql+psycopg2://user:password@host/db, with
 * or without a driver, and judges the password: a placeholder (`***`, `<password>`,
 * `${PASSWORD}`, `changeme`) is none, a short pair on the machine itself (postgres:postgres
 * on localhost, as CI jobs have it) is SECRET_LOCAL, anything else is SECRET_REAL.
 * Placeholders are not reported at all.
 *
 * A Secret knows where the password is, never what it is: whoever prints a line asks
 * secrets_mask() first.
 */
#ifndef SECRETS_SECRETS_H
#define SECRETS_SECRETS_H

#include "base/str.h"

enum {
    SECRETS_MOST = 10 * 1000, /* of one text */
};

typedef enum SecretKind {
    SECRET_REAL,
    SECRET_LOCAL, /* a well-known pair for a server on the same machine */
} SecretKind;

typedef struct Secret {
    SecretKind kind;
    uint32_t   lo, hi;                   /* the URL, up to the host's end */
    uint32_t   password_lo, password_hi;
} Secret;
typedef Vec(Secret) SecretVec;

/* In order of the text; any bytes will do. */
SecretVec secrets_scan(Arena *arena, Str text);

/* The text with `***` for each password that secrets_scan() finds; the text itself if none. */
Str secrets_mask(Arena *arena, Str text);

#endif
