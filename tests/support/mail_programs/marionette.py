"""Marionette: how Mozilla's programs are driven from outside, by JSON over a socket.

Firefox Source Docs, "testing/marionette/Protocol": ``<length>:[0, <id>, <command>, <parameters>]`` is answered by
``<length>:[1, <id>, <error>, <result>]``.
"""

import base64
import json
import socket
from pathlib import Path
from typing import Any

#: WebDriver's names of keys that are no letters.
ENTER, ARROW_LEFT = "\ue007", "\ue012"


class MarionetteError(Exception):
    """The program refused a command; the message has its words and where in its code."""


class Marionette:
    """One session in the program's own windows (not in pages), which lasts until ``close``."""

    def __init__(self, port: int, seconds: float = 60) -> None:
        """Raise ConnectionRefusedError while nobody listens on ``port``."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self._said = self._socket.makefile("rb")
        self._id = 0
        self._read()  # it says which protocol it speaks
        self.ask("WebDriver:NewSession")
        self.ask("Marionette:SetContext", value="chrome")

    def ask(self, command: str, **parameters: Any) -> Any:
        """Give ``command`` and return its result.

        Raises:
            MarionetteError: it was refused, or its script threw something.

        """
        self._id += 1
        raw = json.dumps([0, self._id, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(raw), raw))
        _, _, error, result = self._read()
        if error:
            raise MarionetteError(f"{command}: {error['error']}: {error['message']}\n{error.get('stacktrace', '')}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def run(self, script: str, *args: Any) -> Any:
        """Run JavaScript with the program's own rights; a promise that it returns is waited for."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(args), sandbox="system", newSandbox=True)

    def type(self, text: str) -> None:
        """Press the keys of ``text``, a line's end by Enter, in the window that was switched to."""
        keys = [ENTER if letter == "\n" else letter for letter in text]
        presses = [{"type": way, "value": key} for key in keys for way in ("keyDown", "keyUp")]
        self.ask("WebDriver:PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": presses}])

    def picture(self, file: Path) -> None:
        """Write the window that was switched to as PNG."""
        file.write_bytes(base64.b64decode(self.ask("WebDriver:TakeScreenshot", full=True, hash=False)))

    def close(self) -> None:
        """Leave; the program runs on."""
        self._said.close()
        self._socket.close()

    def _read(self) -> Any:
        size = b""
        while (letter := self._said.read(1)) != b":":
            if not letter:
                raise MarionetteError("the program has closed the connection")
            size += letter
        return json.loads(self._said.read(int(size)))
