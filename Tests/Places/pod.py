# SPDX-License-Identifier: Apache-2.0
"""Writes container/pod.yaml as podman play kube can play it: folders of this machine, a token in place, the host's network.

    pod.py POD IMAGE FOLDER TOKEN PORT
"""

import re
import sys


def main(path, image, folder, token, port):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    kept = text[: text.index("      ports:\n")]
    kept = re.sub(r"image: .*", f"image: {image}", kept)
    kept = re.sub(r"valueFrom:\n(?: {12,}.*\n)+", f'value: "{token}"\n', kept)
    # With the host's network the server listens for this machine only, as bin/container publishes it.
    kept += f'        - {{name: MCP_HOST, value: 127.0.0.1}}\n        - {{name: MCP_PORT, value: "{port}"}}\n'
    names = ["sandbox", "logs", "temp", "data"]
    kept += "      volumeMounts:\n"
    for name in names:
        kept += f"        - {{name: {name}, mountPath: /app/{name}, readOnly: {str(name == 'data').lower()}}}\n"
    kept += "  volumes:\n"
    for name in names:
        kept += f"    - {{name: {name}, hostPath: {{path: {folder}/{name}, type: Directory}}}}\n"
    sys.stdout.write(kept.replace("spec:\n", "spec:\n  hostNetwork: true\n", 1))


if __name__ == "__main__":
    main(*sys.argv[1:])
