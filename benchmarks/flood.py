"""One address asks for pages as fast as it gets them, over many connections: started by a stage of benchmarks.faults.

    python -m benchmarks.flood PORT ADDRESS CONNECTIONS PATH

Says "ready" once every connection is open, goes on until its input ends, then prints how often it was answered how.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter

_LONGEST = 1_000_000  # bytes of a page


async def _flood(port: int, address: str, connections: int, path: str) -> Counter[int]:
    seen, over = Counter[int](), asyncio.Event()
    asyncio.get_running_loop().run_in_executor(None, sys.stdin.read).add_done_callback(lambda _: over.set())
    said = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    tasks = [asyncio.create_task(_ask(port, address, said, seen)) for _ in range(connections)]
    print("ready", flush=True)
    await over.wait()
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return seen


async def _ask(port: int, address: str, said: bytes, seen: Counter[int]) -> None:
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0), limit=_LONGEST)
            while True:
                writer.write(said)
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-len"))
                await reader.readexactly(length)
                seen[int(head[9:12])] += 1
        except (OSError, asyncio.IncompleteReadError):
            seen[0] += 1
            await asyncio.sleep(0.05)


def main() -> int:
    """Flood until the input ends."""
    port, address, connections, path = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    print(json.dumps(asyncio.run(_flood(port, address, connections, path))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
