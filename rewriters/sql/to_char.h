/* strftime()'s directives in the words of Postgres' to_char() (lang_datefunc; Postgres manual 9.8). */
#ifndef REWRITERS_SQL_TO_CHAR_H
#define REWRITERS_SQL_TO_CHAR_H

/* "MI" for 'M'; NULL for what to_char() has no pattern for, and for what is no directive of SQLite 3.40. */
const char *to_char_pattern(char directive);

#endif
