/*
 * What the user asked for, and the table of commands.
 *
 * commands.def has a line for each command, options.def one for each option;
 * options_read() turns the words after the command into Options, or says in one
 * line what is wrong with them and which word was probably meant.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/error.h"
#include "base/str.h"

typedef enum OptionId {
#define OPTION(id, key, name, argument, help) OPTION_##id,
#include "cli/options.def"
#undef OPTION
} OptionId;

#define OPT(id) (1u << OPTION_##id)

typedef enum ColorMode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorMode;
typedef enum Loudness { LOUDNESS_USUAL, LOUDNESS_QUIET, LOUDNESS_VERBOSE } Loudness;

typedef struct Command Command;

typedef struct Options {
    Arena         *arena;
    const Command *command;
    StrVec         words; /* paths, and what else is no option */
    ColorMode      color;
    Loudness       loudness;
    unsigned       jobs; /* threads; 0: as many as there are processors */
    bool           wants_help;
    bool           wants_version;
    uint32_t       given; /* OPT() bits */
    Str            format;
    Str            output;
    Str            stdin_filename;
    bool           to_both; /* no SQL that Postgres alone understands */
    StrVec         select, ignore, cards, schemas;
} Options;

/* Does the command's work; gives the exit status. */
typedef int CommandRun(const Options *options);

struct Command {
    const char *word;
    const char *arguments;
    uint32_t    options; /* OPT() bits */
    const char *formats; /* words with spaces between; the first is the default */
    const char *summary;
    CommandRun *run;
};

extern const Command commands[];
extern const size_t  command_count;

const Command *command_find(Str word); /* NULL if there is none */

/* `argv[0]` is the command (or the program, with `command` NULL); reads what follows it. */
bool options_read(Arena *arena, const Command *command, int argc, char **argv, Options *out,
                  int *used, Error *why);

Str options_help(Arena *arena, const Command *command); /* NULL: of the program */

static inline bool option_given(const Options *options, OptionId id)
{
    return options->given >> id & 1;
}

#define COMMAND(word, arguments, options, formats, summary) CommandRun run_##word;
#include "cli/commands.def"
#undef COMMAND

#endif
