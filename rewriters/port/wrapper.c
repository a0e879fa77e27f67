/*
 * Wrappers: functions that hand their callers' SQL on (PY-35).
 */
#include "rewriters/port/work.h"

void port_passing(Work *work, Execute *execute)
{
    work_reason(work, VERDICT_MANUAL, "PY-35", work->module, execute->call->call, "the wrapper");
}

void port_wrapper_call(Work *work, Execute *execute)
{
    work_reason(work, VERDICT_MANUAL, "PY-35", work->module, execute->call->call,
                "`" STR_FORMAT "` hands its SQL on; port it together with all its callers", STR_ARG(execute->call->callee));
}
