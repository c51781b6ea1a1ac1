/* probes — what machines ask of the server: alive, ready, how much; and the description of the API. */
#ifndef WEB_PROBES_H
#define WEB_PROBES_H

#include "web/web.h"

extern const struct route probe_routes[];
void metrics_write(struct text *out);

#endif
