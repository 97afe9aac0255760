// SPDX-License-Identifier: Apache-2.0
// What Swift sees of the C target: the launcher's wire and the system calls that Swift cannot import.
#ifndef CONTAINER_MCP_LINUX_H
#define CONTAINER_MCP_LINUX_H

#include "cmcp_files.h"
#include "cmcp_launcher.h"
#include "cmcp_system.h"
#include "cmcp_wall.h"

#endif
