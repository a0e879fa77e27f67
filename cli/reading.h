/*
 * The files of a project, read and parsed by several threads.
 *
 * A FileState is one file and what is known of it so far. Every stage looks at each file by
 * itself and writes into its FileState alone; the session then goes through them in the order
 * of their paths. So what comes out, refusals and their order included, is the same for any
 * number of threads.
 *
 * While the model is built the other threads have nothing to do: they parse ahead what is likely
 * to be needed next. A file that was parsed ahead is asleep all the same until it is woken, so
 * that nothing depends on how far they came.
 *
 * What is found lives as long as the Readers. Files of no interest cost a read and a search;
 * nothing of theirs is kept.
 */
#ifndef CLI_READING_H
#define CLI_READING_H

#include "analyzers/intake/prefilter.h"
#include "base/pool.h"
#include "cli/link.h"
#include "cli/wanted.h"

typedef enum Outcome {
    OUTCOME_ASLEEP,     /* read and put aside */
    OUTCOME_DECODED,    /* to be parsed */
    OUTCOME_PARSED,
    OUTCOME_UNREADABLE, /* these two: `why` */
    OUTCOME_UNFIT,
} Outcome;

typedef struct FileState {
    Str     path;
    Outcome outcome;
    bool    is_named; /* to be parsed whatever it holds */
    Hits    hits;
    Str     raw;   /* if it was to be kept: without NUL bytes and holding "postgres" */
    Words   words; /* of a file asleep, once they were asked for */
    Source *source;
    Module *module; /* of a file asleep: it was parsed ahead */
    Str     why;
    bool    is_told;
} FileState;
typedef Vec(FileState) FileStateVec;
typedef Vec(FileState *) FileRefVec;

typedef enum Keeping { KEEP_NOTHING, KEEP_POSTGRES } Keeping;

/* One thread's memory. */
typedef struct Reader {
    Arena *arena;
    Arena *scratch; /* one file */
} Reader;

typedef struct Readers {
    Str      root;
    Str      stdin_path, stdin_text; /* a file that is not read from disk; ptr NULL: none */
    unsigned jobs;
    Reader   readers[POOL_JOBS_LIMIT];
} Readers;

void readers_close(Readers *readers);

/* Reads and searches all; decodes those that mention a database, or are wanted. */
void files_read(Readers *readers, FileStateVec *files, Keeping keeping);

/* Reads one file for whoever wants its bytes: they live in `scratch`. */
bool bytes_read(const Readers *readers, Arena *scratch, Str path, Str *raw, Error *why);

/* Decodes those files asleep that use one of the carriers, or are wanted. */
void files_wake(Readers *readers, FileStateVec *files, const CarrierVec *carriers, const Wanted *wanted);

/* Begins to parse, on all threads but the caller's, files asleep that use one of the carriers; `files` and `carriers` stay
 * as they are until pool_stop(). NULL if there is but one thread. */
Pool *files_parse_ahead(Arena *arena, Readers *readers, FileStateVec *files, const CarrierVec *carriers);

/* Parses those that are decoded. */
void files_parse(Arena *arena, Readers *readers, const FileRefVec *files);

#endif
