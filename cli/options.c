#include "cli/options.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzers/config/nearest.h"

const Command commands[] = {
#define COMMAND(word, arguments, options, formats, summary) \
    { #word, arguments, options, formats, summary, run_##word },
#include "cli/commands.def"
#undef COMMAND
};

const size_t command_count = sizeof commands / sizeof *commands;

enum {
    KEY_COLOR = 1000,
    KEY_JOBS,
    KEY_HELP    = 'h',
    KEY_QUIET   = 'q',
    KEY_VERBOSE = 'v',
    KEY_VERSION = 'V'
};

static const struct argp_option common[] = {
    { "help", KEY_HELP, NULL, 0, "show this help", -1 },
    { "color", KEY_COLOR, "WHEN", 0,
      "auto (default), always or never; NO_COLOR in the environment is never", -1 },
    { "quiet", KEY_QUIET, NULL, 0, "no messages but errors", -1 },
    { "verbose", KEY_VERBOSE, NULL, 0, "say what is being done", -1 },
    { "jobs", KEY_JOBS, "N", 0,
      "read and parse with N threads (default: one for each processor, at most 8)", -1 },
};

static const struct argp_option version = {
    "version", KEY_VERSION, NULL, 0, "show the version", -1
};

static const struct argp_option choices[] = {
#define OPTION(id, key, name, argument, help) [OPTION_##id] = { name, key, argument, 0, help, 1 },
#include "cli/options.def"
#undef OPTION
};

enum {
    COMMON_COUNT = sizeof common / sizeof *common,
    CHOICE_COUNT = sizeof choices / sizeof *choices,
    ALL_COUNT    = COMMON_COUNT + CHOICE_COUNT + 2
};

const Command *command_find(Str word)
{
    for (size_t i = 0; i < command_count; i++)
        if (str_is(word, commands[i].word))
            return &commands[i];
    return NULL;
}

/* The options of a command, ended by an empty one. */
static void gather(const Command *command, struct argp_option out[ALL_COUNT])
{
    size_t count = 0;

    for (size_t i = 0; command && i < CHOICE_COUNT; i++)
        if (command->options >> i & 1)
            out[count++] = choices[i];
    for (size_t i = 0; i < COMMON_COUNT; i++)
        out[count++] = common[i];
    if (!command)
        out[count++] = version;
    out[count] = (struct argp_option) { 0 };
}

typedef struct Reading {
    Options                  *out;
    const struct argp_option *known;
    Error                    *why;
    bool                      is_done; /* with the words in front of the command */
    bool                      has_failed;
} Reading;

static error_t refuse(Reading *reading)
{
    reading->has_failed = true;
    return EINVAL;
}

static void add_words(Arena *arena, StrVec *words, const char *list)
{
    Str rest = str_of(list), word;

    while (str_cut(&rest, ',', &word))
        if (str_trim(word).len)
            vec_push(arena, words, str_copy(arena, str_trim(word)));
}

static error_t take_color(Reading *reading, const char *word)
{
    static const char *const modes[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"
    };

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(word, modes[i]) == 0) {
            reading->out->color = (ColorMode)i;
            return 0;
        }
    }
    error_set(reading->why, "--color %s: say auto, always or never", word);
    return refuse(reading);
}

static error_t take_jobs(Reading *reading, const char *word)
{
    char *end;
    long  jobs = strtol(word, &end, 10);

    if (*word && !*end && jobs >= 1 && jobs <= 1024) {
        reading->out->jobs = (unsigned)jobs;
        return 0;
    }
    error_set(reading->why, "--jobs %s: say a number from 1 to 1024", word);
    return refuse(reading);
}

static error_t take_format(Reading *reading, const char *word)
{
    const Command *command = reading->out->command;
    Str            rest    = str_of(command->formats), format;

    while (str_cut(&rest, ' ', &format)) {
        if (str_is(format, word)) {
            reading->out->format = format;
            return 0;
        }
    }
    error_set(reading->why, "%s knows no format %s; it knows %s", command->word, word,
              command->formats);
    return refuse(reading);
}

static error_t take_source(Reading *reading, const char *word)
{
    if (strcmp(word, "sqlite") == 0)
        return 0;
    error_set(reading->why, "--from %s: only sqlite is known", word);
    return refuse(reading);
}

static error_t take_target(Reading *reading, const char *word)
{
    reading->out->to_both = strcmp(word, "both") == 0;
    if (reading->out->to_both || strcmp(word, "postgres") == 0)
        return 0;
    error_set(reading->why, "--to %s: say postgres or both", word);
    return refuse(reading);
}

static error_t take_choice(Reading *reading, OptionId id, char *argument)
{
    Options *out = reading->out;

    out->given |= 1u << id;
    switch (id) {
    case OPTION_FORMAT:
    case OPTION_EMIT:
        return take_format(reading, argument);
    case OPTION_OUTPUT:
        out->output = str_of(argument);
        return 0;
    case OPTION_SELECT:
        add_words(out->arena, &out->select, argument);
        return 0;
    case OPTION_IGNORE:
        add_words(out->arena, &out->ignore, argument);
        return 0;
    case OPTION_CARD:
        add_words(out->arena, &out->cards, argument);
        return 0;
    case OPTION_STDIN_FILENAME:
        out->stdin_filename = str_of(argument);
        return 0;
    case OPTION_SCHEMA:
        vec_push(out->arena, &out->schemas, str_of(argument));
        return 0;
    case OPTION_FROM:
        return take_source(reading, argument);
    case OPTION_TO:
        return take_target(reading, argument);
    default:
        return 0; /* without argument: `given` says it */
    }
}

/* What is wrong with this word as an option; false if nothing is. */
static bool fault_of(Reading *reading, const char *word)
{
    Str    name  = str_of(word);
    Str    names[ALL_COUNT];
    size_t count = 0;

    if (name.len < 2 || name.ptr[0] != '-')
        return false;
    bool is_long = name.ptr[1] == '-';
    name         = str_slice(name, is_long ? 2 : 1, name.len);
    size_t equals = is_long ? str_find_char(name, '=') : STR_NOT_FOUND;
    if (equals != STR_NOT_FOUND)
        name.len = equals;
    for (const struct argp_option *option = reading->known; option->name; option++) {
        names[count++] = str_of(option->name);
        bool is_it = is_long ? str_is(name, option->name) : option->key == name.ptr[0];
        if (!is_it || (!is_long && name.len > 1 && !option->arg))
            continue;
        if (option->arg && equals == STR_NOT_FOUND)
            error_set(reading->why, "--%s needs a value: --%s %s", option->name, option->name,
                      option->arg);
        else if (!option->arg && equals != STR_NOT_FOUND)
            error_set(reading->why, "--%s takes no value", option->name);
        else
            return false;
        return true;
    }
    Str         near = is_long ? nearest_word(name, names, count) : STR("");
    const char *of   = reading->out->command ? reading->out->command->word : "lite2pg";
    if (near.len)
        error_set(reading->why, "%s has no option %s; did you mean --" STR_FORMAT "?", of, word,
                  STR_ARG(near));
    else
        error_set(reading->why, "%s has no option %s; `lite2pg %s%s--help` lists them", of, word,
                  reading->out->command ? of : "", reading->out->command ? " " : "");
    return true;
}

/* argp says only that something is wrong; the word is the one before its cursor, or in a group of
 * short options the one at it. */
static error_t explain(Reading *reading, const struct argp_state *state)
{
    if (reading->has_failed)
        return EINVAL;
    bool told = (state->next > 1 && fault_of(reading, state->argv[state->next - 1]))
             || (state->next < state->argc && fault_of(reading, state->argv[state->next]));
    if (!told)
        error_set(reading->why, "%s cannot be understood; see --help",
                  state->next < state->argc ? state->argv[state->next] : "the command line");
    return refuse(reading);
}

static error_t take(int key, char *argument, struct argp_state *state)
{
    Reading *reading = state->input;
    Options *out     = reading->out;

    switch (key) {
    case KEY_HELP:
        out->wants_help = true;
        return 0;
    case KEY_VERSION:
        out->wants_version = true;
        return 0;
    case KEY_COLOR:
        return take_color(reading, argument);
    case KEY_QUIET:
        out->loudness = LOUDNESS_QUIET;
        return 0;
    case KEY_VERBOSE:
        out->loudness = LOUDNESS_VERBOSE;
        return 0;
    case KEY_JOBS:
        return take_jobs(reading, argument);
    case ARGP_KEY_ARG:
        if (!out->command) /* the command: what follows is its affair */
            return ARGP_ERR_UNKNOWN;
        vec_push(out->arena, &out->words, str_of(argument));
        return 0;
    case ARGP_KEY_ERROR:
        return explain(reading, state);
    default:
        for (size_t i = 0; i < CHOICE_COUNT; i++)
            if (choices[i].key == key)
                return take_choice(reading, (OptionId)i, argument);
        return ARGP_ERR_UNKNOWN;
    }
}

bool options_read(Arena *arena, const Command *command, int argc, char **argv, Options *out,
                  int *used, Error *why)
{
    struct argp_option known[ALL_COUNT];
    Options            options = *out;
    Reading            reading = { .out = &options, .known = known, .why = why };
    struct argp        how     = { .options = known, .parser = take };
    unsigned flags = ARGP_NO_ERRS | ARGP_NO_EXIT | ARGP_NO_HELP | (command ? 0 : ARGP_IN_ORDER);

    gather(command, known);
    options.arena   = arena;
    options.command = command;
    if (command && *command->formats) {
        Str rest = str_of(command->formats);
        str_cut(&rest, ' ', &options.format);
    }
    *used         = argc;
    error_t error = argp_parse(&how, argc, argv, flags, used, &reading);
    if (reading.has_failed)
        return false;
    if (error && error != ARGP_ERR_UNKNOWN && error != EINVAL)
        return error_set(why, "the command line cannot be read: %s", strerror(error));
    *out = options;
    return true;
}

Str options_help(Arena *arena, const Command *command)
{
    struct argp_option known[ALL_COUNT];
    char              *text = NULL;
    size_t             len  = 0;
    Buf                doc  = buf_new(arena);
    FILE              *stream = open_memstream(&text, &len);

    if (!stream)
        out_of_memory();
    gather(command, known);
    if (command) {
        buf_format(&doc, "%c%s.", command->summary[0] & ~0x20, command->summary + 1);
        if (*command->formats)
            buf_format(&doc, "\vFormats: %s (the first is the default).", command->formats);
    } else {
        buf_add(&doc, STR("Ports Python code from sqlite3 to SQLAlchemy on Postgres.\v"));
        for (size_t i = 0; i < command_count; i++)
            buf_format(&doc, "  %-10s %s\n", commands[i].word, commands[i].summary);
        buf_add(&doc, STR("\n`lite2pg COMMAND --help` tells more of each. Exit status: 0 nothing "
                          "to report, 1 findings, "
                          "2 the job could not be done."));
    }
    buf_add_char(&doc, 0);
    const char *arguments = command ? command->arguments : "COMMAND [PATH...]";
    struct argp how       = { .options = known, .args_doc = arguments, .doc = doc.ptr };
    Str         name = command ? str_format(arena, "lite2pg %s", command->word) : STR("lite2pg");
    argp_help(&how, stream,
              ARGP_HELP_STD_HELP & ~(unsigned)ARGP_HELP_EXIT_OK & ~(unsigned)ARGP_HELP_BUG_ADDR,
              str_cstr(arena, name));
    fflush(stream);
    Str out = str_copy(arena, (Str) { text, len });
    fclose(stream);
    free(text);
    return out;
}
