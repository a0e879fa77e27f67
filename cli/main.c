#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "analyzers/config/nearest.h"
#include "cli/output.h"

static int no_such_command(const char *word)
{
    Str words[64];

    for (size_t i = 0; i < command_count; i++)
        words[i] = str_of(commands[i].word);
    Str near = nearest_word(str_of(word), words, command_count);
    if (near.len)
        message("there is no command %s; did you mean " STR_FORMAT "?", word, STR_ARG(near));
    else
        message("there is no command %s; `lite2pg --help` lists them", word);
    return STATUS_FAILED;
}

static int show_text(const Options *options, Str text)
{
    return result_write(options, text, STATUS_CLEAN);
}

static int run(Arena *arena, int argc, char **argv)
{
    Options options = { .arena = arena };
    Error   why;
    int     at = argc;

    if (!options_read(arena, NULL, argc, argv, &options, &at, &why))
        return failed(&why);
    if (options.wants_help)
        return show_text(&options, options_help(arena, NULL));
    if (options.wants_version)
        return show_text(&options, STR("lite2pg " LITE2PG_VERSION "\n"));
    if (at >= argc) {
        message("no command given; `lite2pg --help` lists them");
        return STATUS_FAILED;
    }
    const Command *command = command_find(str_of(argv[at]));
    if (!command)
        return no_such_command(argv[at]);
    int used;
    if (!options_read(arena, command, argc - at, argv + at, &options, &used, &why))
        return failed(&why);
    if (options.wants_help)
        return show_text(&options, options_help(arena, command));
    return command->run(&options);
}

int main(int argc, char **argv)
{
    Arena *arena = arena_open();

    signal(SIGPIPE, SIG_DFL); /* who stops reading us ends us, without a word */
    int status = run(arena, argc, argv);
    arena_close(arena);
    return status;
}
