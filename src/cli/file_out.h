/* file_out — the whole file or none: written beside its name, then renamed over it. */
#ifndef CLI_FILE_OUT_H
#define CLI_FILE_OUT_H

#include "cli/cli.h"

struct status file_out(struct cli *cli, const char *path, const char *bytes, size_t len);

#endif
