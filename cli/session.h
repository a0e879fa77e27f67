/*
 * One run over one project: settings, files, model and facts, read once.
 *
 * Every command that looks at a project opens a session and asks it. Files that
 * hold nothing of interest are read and forgotten; the others are parsed and
 * linked (link.h). `paths` narrows what is reported, not what is known: a file
 * that is named is judged with the whole project around it.
 *
 * What could be read is in the session even if other files could not: those stand
 * in `errors` (the exit status is 2 in the end) or, where nobody asked for them by
 * name, in `notes`. After session_open() everything is constant.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "analyzers/cards/cards.h"
#include "analyzers/config/config.h"
#include "analyzers/facts/unit.h"
#include "analyzers/intake/discover.h"
#include "cli/reading.h"
#include "rewriters/port/port.h"

/* How much of the project a command has to know. */
typedef enum SessionDepth {
    SESSION_CALLS,  /* callsites and units */
    SESSION_PORTS,  /* … the catalog, and the verdict of each unit */
} SessionDepth;

typedef enum SessionParse {
    PARSE_SQLITE,   /* a project without a word of sqlite is not parsed */
    PARSE_DATABASE, /* calls on SQLAlchemy's side are of interest, too */
    PARSE_NAMED,    /* … and a file the user names is parsed whatever it holds */
} SessionParse;

typedef enum SessionTexts { TEXTS_NONE, TEXTS_POSTGRES } SessionTexts;

typedef struct SessionOptions {
    StrVec       paths;          /* as given; empty: the project of the current folder */
    Str          stdin_filename; /* the name of what comes from standard input … */
    Str          stdin_text;
    bool         reads_stdin;    /* … if anything does */
    SessionDepth depth;
    SessionParse parse;
    unsigned     jobs;           /* threads; at least 1 */
    SessionTexts texts;          /* other files to keep: those that mention Postgres */
} SessionOptions;

/* A file of any kind, with what it holds. */
typedef struct TextFile {
    Str path;
    Str raw;
} TextFile;
typedef Vec(TextFile) TextFileVec;

typedef struct Session {
    Arena       *arena;
    Readers      readers; /* hold the files and their trees */
    Workers      workers; /* hold what is found out about them: the model, the ports, findings */
    Str          root;
    Config       config;
    Cards        cards; /* empty if none are configured */
    FoundVec     files; /* every Python file of the project, sorted by path */
    NoteVec      notes;
    NoteVec      errors;
    TextFileVec  texts; /* by path */
    Project      project;
    const Model *model;
    CallsiteVec  calls;
    Units        units;
    bool         is_partial; /* too large to be linked or followed to the end; a note says so */
    Catalog catalog;
    Ports   ports;
    bool selects_all;
    Map  selected; /* paths to report on */
} Session;

bool session_open(Arena *arena, const SessionOptions *options, Session *out, Error *why);
void session_close(Session *session);

/* Whether the user asked about this file. */
bool session_selects(const Session *session, Str path);

/* How many Python files the user asked about. */
size_t session_file_count(const Session *session);

/* The id of a file's card; empty if it has none. */
Str session_card(const Session *session, Str path);

/* The parsed module at a path; NULL if the file was not parsed. */
const Module *session_module(const Session *session, Str path);

/* Call indices by path and position: the order in which calls are reported. */
IndexVec session_calls(Arena *arena, const Session *session);

#endif
