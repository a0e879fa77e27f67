#include "rewriters/sql/to_char.h"

#include <stddef.h>

const char *to_char_pattern(char directive)
{
    switch (directive) {
    case 'd': return "DD";
    case 'f': return "SS.MS";
    case 'H': return "HH24";
    case 'j': return "DDD";
    case 'm': return "MM";
    case 'M': return "MI";
    case 'S': return "SS";
    case 'Y': return "YYYY";
    default: return NULL;
    }
}
