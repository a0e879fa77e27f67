/* Laws: secrets lie in order and inside the text, a password inside its URL; a masked text has none left. */
#include <stdlib.h>

#include "analyzers/secrets/secrets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena    *arena = arena_open();
    Str       text  = { (const char *)data, size };
    SecretVec found = secrets_scan(arena, text);
    uint32_t  last  = 0;

    vec_each(secret, &found) {
        hold(secret->lo >= last && secret->lo < secret->password_lo);
        hold(secret->password_lo < secret->password_hi && secret->password_hi < secret->hi && secret->hi <= size);
        last = secret->hi;
    }
    Str masked = secrets_mask(arena, text);
    hold(secrets_scan(arena, masked).count == 0);
    arena_close(arena);
    return 0;
}
