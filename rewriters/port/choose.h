/*
 * Which units are written, and what the files become.
 *
 * The caller says what he allows (unsafe units, certain cards or rules through a
 * filter, connections he answers for himself). A statement is written only if
 * every origin of its connections is switched in the same run, is configured, or
 * was answered for; an origin is switched only if a statement of its cluster is
 * written. Units whose edits meet are written one after the other, in rounds: a
 * round reads the project again. What is left behind is named with its reason.
 */
#ifndef REWRITERS_PORT_CHOOSE_H
#define REWRITERS_PORT_CHOOSE_H

#include "rewriters/port/port.h"

typedef struct ChooseOptions {
    bool allow_unsafe;
    bool assume_connections; /* --assume-connections, or the setting */
    bool (*wants)(const UnitPort *port, void *context); /* NULL: all */
    void  *context;
    const StrVec *files; /* every path of the project: for packages and free names */
} ChooseOptions;

typedef enum OriginKind { ORIGIN_CONNECT, ORIGIN_ANNOTATION } OriginKind;

typedef struct Origin {
    Place      place;
    OriginKind kind;
    bool       switched;   /* its provider is written in this run */
    bool       configured; /* the settings say it hands out SQLAlchemy connections */
    uint32_t   waiting;    /* SQL calls that would be written but for this origin */
} Origin;
typedef Vec(Origin) OriginVec;

/* A file as it shall be. */
typedef struct NewFile {
    const Module *module; /* NULL for a file that is made */
    Str           path;
    Str           before; /* in the analysed text (UTF-8) */
    Str           after;
} NewFile;
typedef Vec(NewFile) NewFileVec;

typedef struct Choice {
    bool      *applied; /* by unit */
    OriginVec  origins;
    NewFileVec files;   /* changed and made, by path */
    NoteVec    deferred; /* units that wait for the next round: they change what another one changes */
    NoteVec    notes;   /* files left alone although something was chosen: the text would not parse */
} Choice;

void port_choose(Arena *arena, const Ports *ports, const ChooseOptions *options, Choice *out);

#endif
