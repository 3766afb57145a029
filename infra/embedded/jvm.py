"""How our two Java programs are run.

Shape: `jvm(java, heap_mib, temporary)` -> the command line up to the program.
Source: the manual page of `java`; measured in docs/embedded.md.
"""

import os
from pathlib import Path

from infra.embedded.java import Java


def command(java: Java, heap_mib: int, temporary: Path) -> tuple[str, ...]:
    return (
        str(java.executable),
        f"-Xmx{heap_mib}m",
        "-XX:+UseSerialGC",  # No threads and no memory besides the heap; pauses stay short at this size.
        f"-Djava.io.tmpdir={temporary}",
        "-Dfile.encoding=UTF-8",
        "-Duser.timezone=UTC",
    )


def environment() -> dict[str, str]:
    """Nothing of ours leaks into the servers: JAVA_TOOL_OPTIONS and the like could change them."""
    return {"LC_ALL": "C", "PATH": os.defpath}
