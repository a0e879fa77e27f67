/*
 * Foreign handles that close themselves.
 *
 * `OWN(FILE) file = fopen(…);` is closed when its scope ends, whichever way it
 * ends. OWN_BY declares the closing function of a type once.
 */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <stdio.h>

#define OWN(Type) __attribute__((cleanup(own_close_##Type))) Type *

#define OWN_BY(Type, close)                              \
    static inline void own_close_##Type(Type **handle)   \
    {                                                    \
        if (*handle)                                     \
            close(*handle);                              \
    }

OWN_BY(FILE, fclose)

#endif
