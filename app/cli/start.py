"""Where the program begins: Ctrl-C is held back until there is somebody to answer it.

Loading the program takes some tenths of a second. A Ctrl-C that comes while it is loaded would end in a traceback;
held back, it reaches the door, which ends the command with its sentence.
"""

import signal


def main() -> None:
    """Load the program and run it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    from app.cli.main import main as run  # noqa: PLC0415  # Ctrl-C has to be held back before this

    run()
