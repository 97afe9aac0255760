# SPDX-License-Identifier: Apache-2.0
"""The same three requests on the Python SDK's high-level server: ping, tools/list, and a tool that reads 1 KB."""
import pathlib
import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("benchmark")
workspace = pathlib.Path(sys.argv[2])


@server.tool()
def file_read(path: str) -> dict:
    """Reads a file."""
    file = workspace / path
    return {"content": file.read_text(), "size": file.stat().st_size, "success": True}


if __name__ == "__main__":
    server.run(transport="streamable-http", host="127.0.0.1", port=int(sys.argv[1]), json_response=True)
